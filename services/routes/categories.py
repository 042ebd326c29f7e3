"""The kinds of streams this service keeps; routes are decided under the published policies."""

from typing import Any, get_args

from services.routes.domain import priority, track
from services.routes.domain.policy import Policies
from services.routes.domain.route import facts
from services.routes.domain.route.decider import route
from services.routes.domain.route.rules import Command
from services.routes.domain.route.state import State
from services.routes.domain.route.view import view
from services.routes.policies import read_policies
from services.routes.settings import RoutesSettings
from shared.store.types import Category

Routes = Category[Command, State, facts.Fact]


def routes(policies: Policies) -> Routes:
    return Category(name="route", decider=route(policies), facts=get_args(facts.Fact), view=view)


TRACKS: Category[track.Command, track.State, track.Event] = Category(
    name="track", decider=track.track, facts=(track.TrackPublished, track.TrackClosed), view=track.view
)
PRIORITIES: Category[priority.Command, priority.State, priority.Event] = Category(
    name="priority", decider=priority.priority, facts=(priority.PrioritiesSet,), view=priority.view
)


def every(routes: Routes) -> tuple[Category[Any, Any, Any], ...]:
    return (routes, TRACKS, PRIORITIES)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own; policies as the environment says."""
    settings = RoutesSettings()
    return every(routes(read_policies(settings.policies, settings.time_zone)))
