"""A route kept on paper (p. 2.7): the school registers it with its dates and knows until when it is kept (p. 4.4)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.routes.domain.calendar import add_months, add_years
from services.routes.domain.policy import Policies, Policy, RightUnder
from services.routes.domain.route.adjusting import ExtensionTooLong
from services.routes.domain.route.designing import at_most_a_year
from services.routes.domain.route.records import Model, Term, Whose
from services.routes.domain.route.rules import InTheFuture, in_order
from services.routes.domain.route.running import OutsideTerm
from shared.domain import Decider, Personal, Refusal, Row, message


@message
class RegisterPaper:
    """`place` is where the folder stands."""

    whose: Whose
    tutor: UUID | None
    model: Model
    term: Term
    place: str
    at: datetime


@message
class MovePaperEnd:
    """The tutee adjusted or extended the route; on paper both are a new last day."""

    end: date
    at: datetime


@message
class ClosePaper:
    """`achieved` is what the conclusion says of the route's task."""

    on: date
    achieved: bool
    today: date
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class PaperRegistered:
    whose: Whose
    tutor: UUID | None
    model: Model
    term: Term
    place: Personal
    at: datetime


@message
class PaperEndMoved:
    end: date
    at: datetime


@message
class PaperClosed:
    on: date
    achieved: bool
    kept_until: date
    at: datetime


@message
class Unregistered: ...


@message
class Open:
    whose: Whose
    tutor: UUID | None
    model: Model
    term: Term
    place: Personal


@message
class Closed:
    was: Open
    on: date
    achieved: bool
    kept_until: date


Command = RegisterPaper | MovePaperEnd | ClosePaper
Event = PaperRegistered | PaperEndMoved | PaperClosed
State = Unregistered | Open | Closed


class PaperUnknown(Refusal):
    """No paper route is registered here."""

    clause = "2.7"


class PaperRegisteredOtherwise(Refusal):
    """This paper route is registered with other words or dates."""

    clause = "2.7"


class PaperEnded(Refusal):
    """The paper route is closed, and what happened to it does not change any more."""

    clause = "4.4"


def paper(policies: Policies) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> list[Event]:
        policy = policies.at(command.at)
        match command:
            case RegisterPaper():
                return register(command, state, policy)
            case MovePaperEnd():
                return move(command, state, policy)
            case ClosePaper():
                return close(command, state, policy)

    return Decider(initial=Unregistered(), decide=decide, evolve=evolve)


def register(command: RegisterPaper, state: State, policy: Policy) -> list[Event]:
    registered = PaperRegistered(
        whose=command.whose,
        tutor=command.tutor,
        model=command.model,
        term=command.term,
        place=Personal(subject=command.whose.tutee, text=command.place),
        at=command.at,
    )
    match state:
        case Unregistered():
            at_most_a_year(command.term.start, command.term.end, policy)
            return [registered]
        case Open() if evolve(Unregistered(), registered) == state:
            return []
        case _:
            raise PaperRegisteredOtherwise


def going(state: State) -> Open:
    match state:
        case Unregistered():
            raise PaperUnknown
        case Closed():
            raise PaperEnded
        case Open():
            return state


def move(command: MovePaperEnd, state: State, policy: Policy) -> list[Event]:
    term = going(state).term
    in_order(term.start, command.end)
    if command.end > add_months(term.start, policy.months_in_all(offered=False)):
        raise ExtensionTooLong
    return [] if command.end == term.end else [PaperEndMoved(end=command.end, at=command.at)]


def close(command: ClosePaper, state: State, policy: Policy) -> list[Event]:
    match state:
        case Closed(on=command.on, achieved=command.achieved):
            return []
    if command.on < going(state).term.start:
        raise OutsideTerm
    if command.on > command.today:
        raise InTheFuture
    kept_until = add_years(command.on, policy.paper_years)
    return [PaperClosed(on=command.on, achieved=command.achieved, kept_until=kept_until, at=command.at)]


def evolve(state: State, event: Event) -> State:
    match event, state:
        case PaperRegistered(), _:
            return Open(whose=event.whose, tutor=event.tutor, model=event.model, term=event.term, place=event.place)
        case PaperEndMoved(), Open(whose=whose, tutor=tutor, model=model, term=term, place=place):
            return Open(whose=whose, tutor=tutor, model=model, term=Term(start=term.start, end=event.end), place=place)
        case PaperClosed(), Open():
            return Closed(was=state, on=event.on, achieved=event.achieved, kept_until=event.kept_until)
        case _:
            return state


RULES: Final[Mapping[type, RightUnder]] = MappingProxyType(
    {
        RegisterPaper: RightUnder(clause="2.7", who=lambda policy: policy.keeping),
        MovePaperEnd: RightUnder(clause="1.11", who=lambda policy: policy.keeping),
        ClosePaper: RightUnder(clause="4.4", who=lambda policy: policy.keeping),
    }
)


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Open():
            yield Row(table="paper_routes", values=_row(id, version, state))
        case Closed(was=was):
            ended = {"closed_on": state.on, "achieved": state.achieved, "kept_until": state.kept_until}
            yield Row(table="paper_routes", values=_row(id, version, was) | ended)


def _row(id: UUID, version: int, route: Open) -> dict[str, object]:
    return {
        "id": id,
        "version": version,
        "tutee_id": route.whose.tutee,
        "municipality": route.whose.municipality,
        "school": route.whose.school,
        "tutor_id": route.tutor,
        "model": route.model,
        "starts": route.term.start,
        "ends": route.term.end,
        "closed_on": None,
        "achieved": None,
        "kept_until": None,
    }
