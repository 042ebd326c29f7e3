"""Who may read a route and in which part they act, judged from the route and the access token alone."""

from collections.abc import Collection

from services.routes.domain.route.records import Actor, Whose
from services.routes.domain.route.state import Absent, Nominated, Route, State
from shared.http.problems import Forbidden, NotFound
from shared.http.tokens import Grant, Person

SCHOOL = frozenset({"school_administrator", "school_coordinator", "school_curator"})
READERS = SCHOOL | {"municipal_coordinator", "regional_centre", "auditor"}
PARTS = frozenset({"tutee", "tutor", "methodist"})  # one is these in a route, never by a grant


def granted(person: Person, roles: Collection[str], whose: Whose) -> Grant | None:
    """The grant by which the person holds one of these roles at the route's school."""
    return person.role_at(frozenset(roles) - PARTS, whose.municipality, whose.school)


def parts(person: Person, state: State) -> list[str]:
    """What the person is in this very route. A tutor without the tutee's consent is a stranger (p. 3.1.2)."""
    match state:
        case Nominated(whose=whose):
            return ["tutee"] if whose.tutee == person.id else []
        case Route(whose=whose, company=company):
            held = {
                "tutee": whose.tutee == person.id,
                "methodist": person.id in company.methodists,
                "tutor": state.tutor == person.id and not state.on_hold,
            }
            return [part for part, is_held in held.items() if is_held]
        case _:
            return []


def visible(person: Person, state: State) -> Whose:
    """Whose route it is; raises NotFound for somebody who may not know of it."""
    match state:
        case Absent():
            raise NotFound
        case Nominated(whose=whose) | Route(whose=whose):
            by_grant = granted(person, READERS, whose)
            if by_grant is None and not parts(person, state):
                raise NotFound
            return whose


def readable(person: Person, state: State) -> bool:
    try:
        visible(person, state)
    except NotFound:
        return False
    return True


def acting(person: Person, state: State, who: Collection[str]) -> tuple[Actor, Grant | None]:
    """The part or the grant by which the person gives a command; raises Forbidden when they have none."""
    whose = visible(person, state)
    own = next((part for part in parts(person, state) if part in who), None)
    if own is not None:
        return Actor(person=person.id, role=own), None
    grant = granted(person, who, whose)
    if grant is None:
        raise Forbidden
    return Actor(person=person.id, role=grant.role), grant


def opening(person: Person, whose: Whose, nominating: Collection[str]) -> tuple[Actor, Grant | None]:
    """As `acting`, for a route that is not there yet: one's own, or nominated by the teacher's school."""
    if person.id == whose.tutee:
        at_home = [each for each in person.grants if each.school]
        if at_home and not any(each.covers(whose.municipality, whose.school) for each in at_home):
            raise Forbidden
        return Actor(person=person.id, role="tutee"), None
    grant = granted(person, nominating, whose)
    if grant is None:
        raise Forbidden
    return Actor(person=person.id, role=grant.role), grant


def at_school(person: Person, municipality: str, school: str) -> None:
    """Raises NotFound for somebody who may not know of what the school does."""
    if person.role_at(READERS, municipality, school) is None:
        raise NotFound


def at_municipality(person: Person, municipality: str) -> None:
    """Raises NotFound for somebody who may not know of what the whole municipality does."""
    if person.role_at(READERS - SCHOOL, municipality, "") is None:
        raise NotFound


def by_grant(person: Person, who: Collection[str], municipality: str, school: str = "") -> tuple[Actor, Grant]:
    """The grant by which the person gives a command at a place; raises Forbidden when there is none."""
    grant = person.role_at(who, municipality, school)
    if grant is None:
        raise Forbidden
    return Actor(person=person.id, role=grant.role), grant


def looking(person: Person, roles: Collection[str] = READERS) -> tuple[tuple[str, str, str], ...]:
    """Where the person may look, whosever move it is: (any side, municipality, school)."""
    return tuple(("", municipality, school) for municipality, school in person.places(roles))


def moving(person: Person) -> tuple[tuple[str, str, str], ...]:
    """Where the next move is the person's own: (side, municipality, school)."""
    sides = {"school": SCHOOL, "municipality": {"municipal_coordinator"}, "centre": {"regional_centre"}}
    return tuple(
        (side, municipality, school) for side, roles in sides.items() for municipality, school in person.places(roles)
    )
