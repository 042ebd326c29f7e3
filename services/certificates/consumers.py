"""What certificates listens to on the broker: completed routes."""

from collections.abc import Callable, Iterable

from services.certificates import codes, reactions
from services.certificates.categories import CERTIFICATES
from services.certificates.domain.certificate import certificate_id
from services.certificates.subscribed import RouteCompleted
from shared.bus.hearing import Hearing, Wish
from shared.store.types import Heard


def hearings(new_code: Callable[[], str] = codes.new_code) -> tuple[Hearing, ...]:
    """A second hearing brings another code, and the decider drops it with the whole wish: nothing is granted twice."""

    def on_completed(promise: RouteCompleted, heard: Heard) -> Iterable[Wish]:
        command = reactions.grant(promise, new_code())
        if command is not None:
            yield Wish(category=CERTIFICATES, id=certificate_id(promise.route_id), command=command)

    return (Hearing(reads=RouteCompleted, react=on_completed),)
