"""What must hold of every history, read from the facts themselves and never by asking a decider.

A law looks at one stream's history and tells what is wrong in it, in words; one law looks at all certificates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from services.routes.domain.calendar import add_months
from shared.store.types import Recorded

History = Sequence[Recorded[Any]]
Law = Callable[[History], Iterator[str]]

YEAR, LONGEST = 12, 18  # months: pp. 1.9, 1.10 and 1.14
AFTER_THE_END = {"next_steps_planned"}  # p. 4.2
SCHOOL = {"school_administrator", "school_coordinator", "school_curator"}
EXPERTS = SCHOOL | {"methodist"}  # p. 1.13 a
DRAFTS = {"task_set", "route_described", "term_planned", "activity_planned", "product_chosen", "presentation_chosen"}


def kind(fact: Recorded[Any]) -> str:
    return fact.kind.partition(".")[2]


def positions(history: History, *kinds: str) -> list[int]:
    return [n for n, fact in enumerate(history) if kind(fact) in kinds]


def versions_are_dense(history: History) -> Iterator[str]:
    if [fact.version for fact in history] != list(range(1, len(history) + 1)):
        yield "a version is missing or double"


def time_goes_forward(history: History) -> Iterator[str]:
    times = [fact.recorded_at for fact in history]
    if times != sorted(times):
        yield "a fact is older than the one before it"


def begins_and_ends_once(history: History) -> Iterator[str]:
    """pp. 1.6, 1.12: nothing happens before there is a route, and only next steps after it."""
    begun = positions(history, "route_nominated", "route_opened")
    if not begun or begun[0] != 0:
        yield "it does not begin with a nomination or an opening"
    ends = positions(history, "route_completed", "route_withdrawn")
    if ends and any(kind(fact) not in AFTER_THE_END for fact in history[ends[0] + 1 :]):
        yield "something happened after the end"


def nominated_becomes_a_route_by_acceptance(history: History) -> Iterator[str]:
    """p. 1.6"""
    opened = positions(history, "route_opened")
    before = history[: opened[0]] if opened else history
    allowed = {"route_nominated", "route_invited", "invitation_declined", "stage_entered"}
    if any(kind(fact) not in allowed for fact in before):
        yield "somebody worked on a route that the teacher had not accepted"
    if opened and history[opened[0]].context.role != "tutee":
        yield "somebody else than the teacher opened it"


def stages_are_in_order(history: History) -> Iterator[str]:
    """p. 2.3"""
    stages = [fact.event.stage for fact in history if kind(fact) == "stage_entered"]
    if stages != sorted(set(stages)):
        yield "a stage was entered twice or out of turn"


def the_plan_rests_on_something(history: History) -> Iterator[str]:
    """pp. 2.4, 2.8.3: first a diagnosis, a tutor and the school's yes, then what needs them."""
    grounds = ("diagnostic_result_recorded", "deficit_recorded", "difficulty_recorded", "request_recorded")
    for later, earlier in (
        ("route_submitted", grounds),
        ("term_planned", ("tutor_appointed",)),
        ("route_agreed", ("route_submitted",)),
        ("route_started", ("route_agreed",)),
    ):
        found, needed = positions(history, later), positions(history, *earlier)
        if found and (not needed or needed[0] > found[0]):
            yield f"{later} without {' or '.join(earlier)}"
    if any(history[n].context.role not in SCHOOL for n in positions(history, "route_agreed", "conclusion_agreed")):
        yield "somebody else agreed for the school"


def terms_hold(history: History) -> Iterator[str]:
    """pp. 1.9, 1.10: a year from the start; extended, at most eighteen months."""
    started: date | None = None
    for fact in history:
        event, what = fact.event, kind(fact)
        if what == "term_planned" and not event.term.start <= event.term.end <= add_months(event.term.start, YEAR):
            yield "a planned term is longer than a year"
        if what == "route_started":
            started = event.term.start
            if event.term.end > add_months(started, YEAR):
                yield "it was started for longer than a year"
        if what == "route_adjusted" and event.change.end and started and event.change.end > add_months(started, YEAR):
            yield "an adjustment went beyond the year"


def no_route_beyond_eighteen_months(history: History) -> Iterator[str]:
    started = [fact.event.term.start for fact in history if kind(fact) == "route_started"]
    for fact in history:
        if kind(fact) in ("route_adjusted", "route_extended") and (
            not started or fact.event.end > add_months(started[0], LONGEST)
        ):
            yield "it goes on beyond its start and eighteen months"


def completed_is_judged(history: History) -> Iterator[str]:
    """p. 1.12: a presented product with an expert's assessment, and/or the final diagnostics."""
    for end in positions(history, "route_completed"):
        before = history[:end]
        presented = bool(positions(before, "product_presented"))
        assessed = any(fact.event.assessment.role in EXPERTS for fact in before if kind(fact) == "product_assessed")
        if not (presented and assessed) and not positions(before, "dynamics_recorded"):
            yield "it was completed without anything to judge it by"


def concluded_per_task(history: History) -> Iterator[str]:
    """p. 2.8.4: one verdict for each task, and the school's yes before the completion."""
    tasks: set[Any] = set()
    drafted = agreed = None
    for fact in history:
        match kind(fact):
            case "task_set":
                tasks.add(fact.event.task)
            case "task_dropped":
                tasks.discard(fact.event.task)
            case "route_adjusted":
                tasks = tasks - set(fact.event.change.dropped_tasks) | set(fact.event.change.added_tasks)
            case "conclusion_drafted":
                drafted, agreed = fact.event.conclusion, None
                if {verdict.task for verdict in drafted.verdicts} != tasks:
                    yield "a conclusion has not one verdict for each task"
            case "conclusion_agreed":
                agreed = drafted
            case "route_completed" if agreed is None:
                yield "it was completed without an agreed conclusion"


def the_tutee_writes(history: History) -> Iterator[str]:
    """p. 1.5; in the school model the tutor drafts too (p. 3.2.2)."""
    regional = False
    for fact in history:
        if kind(fact) == "model_chosen":
            regional = fact.event.model == "regional"
        allowed = {"tutee"} if regional else {"tutee", "tutor"}
        if kind(fact) in DRAFTS and fact.context.role not in allowed:
            yield f"{fact.context.role} wrote the plan"


def the_tutor_is_consented_to(history: History) -> Iterator[str]:
    """p. 3.1.2: in the regional model nobody acts as tutor without the teacher's consent."""
    regional, consented = False, None
    for fact in history:
        match kind(fact):
            case "model_chosen":
                regional, consented = fact.event.model == "regional", fact.event.tutor
            case "consent_given":
                consented = fact.event.tutor
            case "consent_required" | "consent_withdrawn":
                consented = None
        if regional and fact.context.role == "tutor" and fact.context.actor != consented:
            yield "a tutor acted without the teacher's consent"


def a_certificate_is_earned(history: History) -> Iterator[str]:
    """p. 4.3"""
    for fact in history:
        if kind(fact) == "route_completed":
            earned = fact.event.medium == "ais" and fact.event.tasks_achieved > 0
            if fact.event.certificate_due != earned:
                yield "a certificate is due that was not earned, or the other way round"


def serials_are_dense(history: History) -> Iterator[str]:
    """A year's register gives 1, 2, 3 …, and each certificate once."""
    entered = [fact.event for fact in history]
    if [event.serial for event in entered] != list(range(1, len(entered) + 1)):
        yield "a serial number is missing or double"
    if len({event.certificate for event in entered}) < len(entered):
        yield "a certificate stands twice in the register"


def one_certificate_per_route(granted: Sequence[Any], due: Sequence[Any]) -> Iterator[str]:
    """p. 4.3, over a whole region: the routes that certificates were granted to, and those that earned one."""
    if len(set(granted)) < len(granted):
        yield "one_certificate_per_route: a route has two certificates"
    if set(granted) != set(due):
        yield "one_certificate_per_route: a certificate is missing, or was granted to a route that earned none"


ROUTE_LAWS: Final[tuple[Law, ...]] = (
    begins_and_ends_once,
    nominated_becomes_a_route_by_acceptance,
    stages_are_in_order,
    the_plan_rests_on_something,
    terms_hold,
    no_route_beyond_eighteen_months,
    completed_is_judged,
    concluded_per_task,
    the_tutee_writes,
    the_tutor_is_consented_to,
    a_certificate_is_earned,
)
LAWS: Final[Mapping[str, tuple[Law, ...]]] = {  # by the category of the stream; "" for all
    "": (versions_are_dense, time_goes_forward),
    "route": ROUTE_LAWS,
    "register": (serials_are_dense,),
}


def broken(stream: str, history: History) -> Iterator[str]:
    """Every law that one stream's history breaks."""
    for law in (*LAWS[""], *LAWS.get(stream.partition("-")[0], ())):
        yield from (f"{law.__name__}: {stream}: {what}" for what in law(history))
