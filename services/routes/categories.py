"""The kinds of streams this service keeps; most are decided under the published policies."""

from typing import Any, get_args

from services.routes.domain import allowance, paper, priority, support, track
from services.routes.domain.application import decider as application
from services.routes.domain.application import facts as application_facts
from services.routes.domain.application import state as application_state
from services.routes.domain.policy import Policies
from services.routes.domain.resource import decider as resource
from services.routes.domain.resource import records as resource_records
from services.routes.domain.resource import view as resource_view
from services.routes.domain.route import facts
from services.routes.domain.route.decider import route
from services.routes.domain.route.state import State
from services.routes.domain.route.view import view
from services.routes.domain.rule import Command
from services.routes.domain.school_list import decider as school_list
from services.routes.domain.school_list import facts as list_facts
from services.routes.domain.school_list import state as list_state
from services.routes.policies import read_policies
from services.routes.settings import RoutesSettings
from shared.store.types import Category

Routes = Category[Command, State, facts.Fact]
Lists = Category[Command, list_state.State, list_facts.Fact]
Applications = Category[Command, application_state.State, application_facts.Fact]
Supports = Category[Command, support.State, support.Fact]


def routes(policies: Policies) -> Routes:
    return Category(name="route", decider=route(policies), facts=get_args(facts.Fact), view=view)


def lists(policies: Policies) -> Lists:
    return Category(
        name="school_list",
        decider=school_list.school_list(policies),
        facts=get_args(list_facts.Fact),
        view=list_state.view,
    )


def applications(policies: Policies) -> Applications:
    return Category(
        name="application",
        decider=application.application(policies),
        facts=get_args(application_facts.Fact),
        view=application_state.view,
    )


def supports(policies: Policies) -> Supports:
    return Category(name="support", decider=support.support(policies), facts=get_args(support.Fact), view=support.view)


TRACKS: Category[track.Command, track.State, track.Event] = Category(
    name="track", decider=track.track, facts=(track.TrackPublished, track.TrackClosed), view=track.view
)
PRIORITIES: Category[priority.Command, priority.State, priority.Event] = Category(
    name="priority", decider=priority.priority, facts=(priority.PrioritiesSet,), view=priority.view
)
RESOURCES: Category[resource.Command, resource_records.State, resource_records.Event] = Category(
    name="resource",
    decider=resource.resource,
    facts=get_args(resource_records.Event),
    view=resource_view.view,
)


ALLOWANCES: Category[allowance.AllowModels, allowance.Allowance, allowance.ModelsAllowed] = Category(
    name="allowance", decider=allowance.allowance, facts=(allowance.ModelsAllowed,), view=allowance.view
)
Papers = Category[paper.Command, paper.State, paper.Event]


def papers(policies: Policies) -> Papers:
    return Category(name="paper", decider=paper.paper(policies), facts=get_args(paper.Event), view=paper.view)


def every(policies: Policies) -> tuple[Category[Any, Any, Any], ...]:
    asking = (lists(policies), applications(policies), supports(policies))
    return (routes(policies), *asking, papers(policies), TRACKS, PRIORITIES, ALLOWANCES, RESOURCES)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own; policies as the environment says."""
    settings = RoutesSettings()
    return every(read_policies(settings.policies, settings.time_zone))
