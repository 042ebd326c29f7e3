"""What the service's clock finds at every stage: the last day near or passed (p. 1.9)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.deadlines import DeadlineNeared, RouteOverdue
from services.routes.domain.route.rules import Command, Rule, live, only
from services.routes.domain.route.state import Concluded, State
from shared.domain import Refusal, message


@message
class RemindOfDeadline(Command):
    """The service's clock found the last day near."""

    today: date


@message
class MarkOverdue(Command):
    """The service's clock found the last day passed."""

    today: date


class NotOverdue(Refusal):
    """The last day has not passed."""

    clause = "1.9"


def remind(command: RemindOfDeadline, state: State, policy: Policy) -> list[Fact]:
    """Once for each of the policy's distances, and again after the last day has moved."""
    route = live(state)
    run = route.run
    if run is None or command.today > run.term.end:
        return []
    left = (run.term.end - command.today).days
    near = [days for days in policy.reminders if left <= days]
    told = run.reminded[1] if run.reminded and run.reminded[0] == run.term.end else None
    if not near or (told is not None and told <= min(near)):
        return []
    return [DeadlineNeared(whose=route.whose, planned_end=run.term.end, days=min(near), at=command.at)]


def mark_overdue(command: MarkOverdue, state: State, _: Policy) -> list[Fact]:
    """A mark and a notice, never an end; once for each last day."""
    route = live(state)
    run = route.run
    if run is None or command.today <= run.term.end:
        raise NotOverdue
    if run.overdue_since == run.term.end or isinstance(route.phase, Concluded):
        return []
    return [RouteOverdue(whose=route.whose, planned_end=run.term.end, at=command.at)]


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        RemindOfDeadline: Rule("1.9", remind, only("service")),
        MarkOverdue: Rule("1.9", mark_overdue, only("service")),
    }
)
