"""Stage 4 of p. 2.3, implementation: adjustment and extension of a started route (pp. 1.10, 1.11)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.calendar import add_months
from services.routes.domain.policy import Policy
from services.routes.domain.route.agreeing import TasksMissing
from services.routes.domain.route.designing import TaskInUse, founded
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.adjusting import (
    ActivityProposed,
    AdjustmentReturned,
    AdjustmentSubmitted,
    RouteAdjusted,
    RouteExtended,
    TaskProposed,
)
from services.routes.domain.route.mentoring import paired
from services.routes.domain.route.picking import Offered, fits
from services.routes.domain.route.records import Activity, Change, Reason
from services.routes.domain.route.rules import TUTEE, Command, Rule, UnknownTask, agreers, in_order, private
from services.routes.domain.route.running import known, running
from services.routes.domain.route.state import Route, Run, State
from shared.domain import Refusal, message


@message
class NewTask:
    id: UUID
    text: str
    bases: tuple[UUID, ...]
    competencies: tuple[str, ...]


@message
class NewActivity:
    activity: Activity
    title: str
    organiser: str
    form: str
    expected: str = ""
    offered: Offered | None = None
    mentored: int = 0


@message
class Adjust(Command):
    """What it leaves out stays as it is."""

    reason: Reason
    end: date | None = None
    added_tasks: tuple[NewTask, ...] = ()
    dropped_tasks: tuple[UUID, ...] = ()
    added_activities: tuple[NewActivity, ...] = ()
    dropped_activities: tuple[UUID, ...] = ()

    @property
    def change(self) -> Change:
        return Change(
            end=self.end,
            added_tasks=tuple(task.id for task in self.added_tasks),
            dropped_tasks=self.dropped_tasks,
            added_activities=tuple(new.activity.id for new in self.added_activities),
            dropped_activities=self.dropped_activities,
        )


@message
class AgreeAdjustment(Command): ...


@message
class ReturnAdjustment(Command):
    reason: str


@message
class Extend(Command):
    end: date


class ActivityAlreadyDone(Refusal):
    """What has taken place is not taken out of the route."""

    clause = "1.11"


class NothingToAdjust(Refusal):
    """The adjustment changes nothing."""

    clause = "1.11"


class AdjustmentPending(Refusal):
    """An adjustment waits for the school's agreement; one at a time."""

    clause = "1.11"


class NoAdjustmentPending(Refusal):
    """There is no adjustment that waits for the school's agreement."""

    clause = "1.11"


class BelongsToExtension(Refusal):
    """A last day past the first year is an extension, not an adjustment."""

    clause = "1.10"


class BelongsToAdjustment(Refusal):
    """A last day inside the first year is an adjustment, not an extension."""

    clause = "1.11"


class ExtensionTooShort(Refusal):
    """An extension moves the last day later."""

    clause = "1.10"


class ExtensionTooLong(Refusal):
    """A route is extended by at most six months past its first year."""

    clause = "1.10"


def adjust(command: Adjust, state: State, policy: Policy) -> list[Fact]:
    """p. 1.11: what the policy names waits for the school's fresh agreement, the rest holds at once."""
    route, run = running(state)
    if run.pending is not None:
        raise AdjustmentPending
    if command.end == run.term.end and command.change.parts == {"dates"}:
        return []
    if not command.change.parts:
        raise NothingToAdjust
    sound_dates(command.end, run, policy)
    sound_tasks(command, route)
    sound_activities(command, route, policy)
    proposed = [*proposed_tasks(command, route), *proposed_activities(command, route)]
    if command.change.parts & policy.fresh_agreement:
        submitted = AdjustmentSubmitted(whose=route.whose, reason=command.reason, change=command.change, at=command.at)
        return [*proposed, submitted]
    return [*proposed, adjusted(route, run, command.reason, command.change, command)]


def sound_dates(end: date | None, run: Run, policy: Policy) -> None:
    if end is None:
        return
    in_order(run.term.start, end)
    if end > add_months(run.counted_from, policy.longest_months):
        raise BelongsToExtension


def sound_tasks(command: Adjust, route: Route) -> None:
    if not set(command.dropped_tasks) <= route.plan.tasks.keys():
        raise UnknownTask
    for task in command.added_tasks:
        founded(route, task.bases)
    if len(route.plan.tasks) + len(command.added_tasks) == len(set(command.dropped_tasks)):
        raise TasksMissing
    kept = [doing for id, doing in route.plan.activities.items() if id not in command.dropped_activities]
    if any(set(doing.activity.tasks) & set(command.dropped_tasks) for doing in kept):
        raise TaskInUse


def sound_activities(command: Adjust, route: Route, policy: Policy) -> None:
    for id in command.dropped_activities:
        if known(route, id).done_on is not None:
            raise ActivityAlreadyDone
    tasks = (route.plan.tasks.keys() | {task.id for task in command.added_tasks}) - set(command.dropped_tasks)
    for new in command.added_activities:
        if not set(new.activity.tasks) <= tasks:
            raise UnknownTask
        in_order(new.activity.planned.start, new.activity.planned.end)
        fits(new.activity, new.offered)
        paired(route, new.activity, new.mentored, policy)


def proposed_tasks(command: Adjust, route: Route) -> list[Fact]:
    return [
        TaskProposed(
            task=new.id,
            bases=new.bases,
            competencies=new.competencies,
            text=private(route, new.text),
            at=command.at,
        )
        for new in command.added_tasks
    ]


def proposed_activities(command: Adjust, route: Route) -> list[Fact]:
    return [
        ActivityProposed(
            activity=new.activity,
            title=private(route, new.title),
            organiser=private(route, new.organiser),
            form=private(route, new.form),
            expected=private(route, new.expected),
            at=command.at,
        )
        for new in command.added_activities
    ]


def adjusted(route: Route, run: Run, reason: Reason, change: Change, command: Command) -> RouteAdjusted:
    end = change.end or run.term.end
    return RouteAdjusted(whose=route.whose, reason=reason, change=change, end=end, at=command.at)


def agree_adjustment(command: AgreeAdjustment, state: State, _: Policy) -> list[Fact]:
    route, run = running(state)
    if run.pending is None:
        raise NoAdjustmentPending
    return [adjusted(route, run, run.pending.reason, run.pending.change, command)]


def return_adjustment(command: ReturnAdjustment, state: State, _: Policy) -> list[Fact]:
    route, run = running(state)
    if run.pending is None:
        raise NoAdjustmentPending
    return [AdjustmentReturned(whose=route.whose, reason=private(route, command.reason), at=command.at)]


def extend(command: Extend, state: State, policy: Policy) -> list[Fact]:
    """pp. 1.10 and 1.14: past the first year, and within the months both give together."""
    route, run = running(state)
    if command.end == run.term.end:
        return []
    if command.end <= add_months(run.counted_from, policy.longest_months):
        raise BelongsToAdjustment
    if command.end < run.term.end:
        raise ExtensionTooShort
    if command.end > add_months(run.counted_from, policy.months_in_all(offered=run.offer_accepted)):
        raise ExtensionTooLong
    return [RouteExtended(whose=route.whose, end=command.end, at=command.at)]


RULES: Final[Mapping[type, Rule]] = MappingProxyType(
    {
        Adjust: Rule("1.11", adjust, TUTEE, ("2.8.5.9",)),
        AgreeAdjustment: Rule("1.11", agree_adjustment, agreers, ("2.8.3.5",)),
        ReturnAdjustment: Rule("1.11", return_adjustment, agreers, ("2.8.3.5",)),
        Extend: Rule("1.10", extend, TUTEE),
    }
)
