"""The stages joined into the one decider of a route, under the policy in force at the moment of the command."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.routes.domain.policy import Policies
from services.routes.domain.route import (
    accompanying,
    adjusting,
    advising,
    agreeing,
    concluding,
    deadlines,
    designing,
    diagnosing,
    opening,
    preparing,
    reflecting,
    running,
)
from services.routes.domain.route.evolve import evolve
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.rules import Command, Rule
from services.routes.domain.route.state import Absent, State
from services.routes.domain.rule import ruled
from shared.domain import Decider

RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        **opening.RULES,
        **preparing.RULES,
        **diagnosing.RULES,
        **designing.RULES,
        **agreeing.RULES,
        **running.RULES,
        **adjusting.RULES,
        **reflecting.RULES,
        **concluding.RULES,
        **advising.RULES,
        **accompanying.RULES,
        **deadlines.RULES,
    }
)


def route(policies: Policies) -> Decider[Command, State, Fact]:
    return ruled(RULES, policies, Absent(), evolve)
