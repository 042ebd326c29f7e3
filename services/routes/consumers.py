"""What routes listens to on the broker: scored sessions, levels found otherwise, and judged dynamics."""

from collections.abc import Iterable

from services.routes import reactions
from services.routes.categories import Routes
from services.routes.subscribed import DynamicsJudged, LevelsFound, SessionScored
from shared.bus.hearing import Hearing, Wish
from shared.store.types import Heard


def hearings(routes: Routes) -> tuple[Hearing, ...]:
    def on_scored(promise: SessionScored, _: Heard) -> Iterable[Wish]:
        if promise.route_id is not None:
            yield Wish(category=routes, id=promise.route_id, command=reactions.record_result(promise))

    def on_found(promise: LevelsFound, _: Heard) -> Iterable[Wish]:
        if promise.route_id is not None:
            yield Wish(category=routes, id=promise.route_id, command=reactions.record_levels(promise))

    def on_judged(promise: DynamicsJudged, _: Heard) -> Iterable[Wish]:
        yield Wish(category=routes, id=promise.route_id, command=reactions.record_dynamics(promise))

    return (
        Hearing(reads=SessionScored, react=on_scored),
        Hearing(reads=LevelsFound, react=on_found),
        Hearing(reads=DynamicsJudged, react=on_judged),
    )
