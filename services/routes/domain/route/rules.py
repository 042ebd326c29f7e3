"""What the stages share: the form of a route's rule, and the refusals of every stage."""

from datetime import date, datetime
from typing import Final, TypeAlias
from uuid import UUID

from services.routes.domain.policy import Policy
from services.routes.domain.route.facts import Fact
from services.routes.domain.route.facts.opening import StageEntered
from services.routes.domain.route.records import Actor
from services.routes.domain.route.state import Absent, Completed, Nominated, Route, State, Withdrawn
from services.routes.domain.rule import Command as Command
from services.routes.domain.rule import NotYourPart as NotYourPart
from services.routes.domain.rule import Rule as AnyRule
from services.routes.domain.rule import only as only
from shared.domain import Personal, Refusal

Rule: TypeAlias = AnyRule[State, Fact]
TUTEE = only("tutee")
SCHOOL: Final = frozenset({"school_administrator", "school_coordinator", "school_curator"})


def agreers(policy: Policy) -> frozenset[str]:
    return policy.agreeing


class RouteUnknown(Refusal):
    """There is no such route yet."""

    clause = "1.6"


class InvitationNotAccepted(Refusal):
    """A nomination becomes a route only when the teacher accepts the invitation."""

    clause = "1.6"


class RouteEnded(Refusal):
    """The route is completed or withdrawn, and what happened to it does not change any more."""

    clause = "1.12"


class OnlyTuteeDecides(Refusal):
    """Content, forms, pace and dates are the tutee's own; in the regional model the tutor does not write them."""

    clause = "1.5"


class ConsentNeeded(Refusal):
    """In the regional model the appointed tutor works with the route only after the tutee's consent."""

    clause = "3.1.2"


class UnknownTask(Refusal):
    """The route has no such task."""

    clause = "2.5"


class UnknownActivity(Refusal):
    """The route has no such activity."""

    clause = "2.5"


class EndBeforeStart(Refusal):
    """A term ends on the day it starts or later."""

    clause = "1.9"


class InTheFuture(Refusal):
    """What is told as done lies in the future."""

    clause = "2.5"


class RouteNotStarted(Refusal):
    """This belongs to carrying the route out, and it has not been started."""

    clause = "2.3"


def live(state: State) -> Route:
    """The route, if it is one and has not ended."""
    match state:
        case Absent():
            raise RouteUnknown
        case Nominated():
            raise InvitationNotAccepted
        case Route(phase=Completed() | Withdrawn()):
            raise RouteEnded
        case Route():
            return state


def written_by_tutee(route: Route, by: Actor) -> None:
    """p. 1.5; in the school model tutor and tutee draft together (p. 3.2.2)."""
    if by.role == "tutor" and route.model != "school":
        raise OnlyTuteeDecides


def consented(route: Route) -> None:
    if route.on_hold:
        raise ConsentNeeded


def private(route: Route, text: str) -> Personal:
    """A text of or about the tutee."""
    return Personal(subject=route.whose.tutee, text=text)


def stage(route: Route, number: int, at: datetime) -> list[Fact]:
    """The fact that the route enters a stage of p. 2.3, unless it is there or beyond."""
    return [StageEntered(stage=number, at=at)] if route.stage < number else []


def in_order(start: date, end: date) -> None:
    if end < start:
        raise EndBeforeStart


def known_tasks(route: Route, tasks: tuple[UUID, ...]) -> None:
    if not set(tasks) <= route.plan.tasks.keys():
        raise UnknownTask
