"""The stages joined into the one decider of a route, under the policy in force at the moment of the command."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.routes.domain.policy import Policies
from services.routes.domain.route import accompanying, designing, diagnosing, preparing, reflecting, running
from services.routes.domain.route.evolve import evolve
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.rules import Command, Rule
from services.routes.domain.route.state import Absent, State
from services.routes.domain.rule import ruled
from shared.domain import Decider

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        **preparing.RULES,
        **diagnosing.RULES,
        **designing.RULES,
        **running.RULES,
        **reflecting.RULES,
        **accompanying.RULES,
    }
)


def route(policies: Policies) -> Decider[Command, State, Fact]:
    return ruled(RULES, policies, Absent(), evolve)
