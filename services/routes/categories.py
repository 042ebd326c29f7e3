"""The one kind of streams this service keeps, under the policy it was started with."""

from typing import get_args

from services.routes.domain.policy import Policy
from services.routes.domain.route import facts
from services.routes.domain.route.decider import route
from services.routes.domain.route.rules import Command
from services.routes.domain.route.state import State
from services.routes.domain.route.view import view
from shared.store.types import Category

Routes = Category[Command, State, facts.Fact]


def routes(policy: Policy) -> Routes:
    return Category(name="route", decider=route(policy), facts=get_args(facts.Fact), view=view)
