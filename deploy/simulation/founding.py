"""What a region has before its year begins: organisations, people with their roles and consents, tracks, priorities
and instruments."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from uuid import NAMESPACE_URL, UUID, uuid5

from deploy.simulation.notebook import Notebook, now
from deploy.simulation.offices import Offices
from deploy.simulation.region import DIRECTIONS, TRACKS, Region, School, Somebody, municipality_name
from services.diagnostics import library
from services.diagnostics.domain.instrument import Instrument
from services.people.domain import organisation
from services.people.domain.person import cabinet, consents, facts, roles
from services.routes.themes import NewDirection, NewPriorities, NewTrack
from shared.http.tokens import Grant, Person

ADMINISTRATOR = Person(id=UUID(int=0x1036), grants=(Grant(role="administrator"),))
CONSENT = sha256("Согласие на обработку персональных данных".encode()).hexdigest()
TEST, OTHER_SCALE = 1, 2  # versions of the test: the second is calibrated anew and shares no anchor with the first


def names(region: Region, what: str) -> UUID:
    """The namespace of what is made in one part of the region."""
    return uuid5(NAMESPACE_URL, f"iom:simulation:{region.seed}:{what}")


@cache
def instruments() -> tuple[Instrument, ...]:
    """Those of the service, and a second edition of the test."""
    found = library.read_instruments()
    first = next(each for each in found if each.kind == "test")
    items = tuple(replace(item, anchor=False) for item in first.items)
    return (*found, replace(first, version=OTHER_SCALE, calibration=f"{first.calibration}-anew", items=items))


def edition(version: int) -> Instrument:
    return next(each for each in instruments() if each.kind == "test" and each.version == version)


def founded(region: Region, at: datetime) -> Notebook:
    """The regional centre and the municipalities, as every school finds them."""
    book = Notebook()
    offices = Offices(book, names(region, "founding"))
    now(library.publish(offices.executor, instruments(), at))
    for n, code in enumerate(region.municipalities):
        offices.register(
            organisation.RegisterOrganisation(
                kind="municipality", code=code, name=municipality_name(n), parent=None, at=at
            ),
            ADMINISTRATOR,
        )
    hire(offices, region, region.regional_staff, None, at)
    for code, title in TRACKS.items():
        now(offices.themes.publish(NewTrack(code=code, title=title), offices.envelope(region.centre.token, at)))
    for code, coordinator in region.municipal.items():
        for year in range(at.year, at.year + 3):
            directions = tuple(NewDirection(code=each, title=title) for each, title in DIRECTIONS.items())
            wish = NewPriorities(municipality=code, year=year, directions=directions, basis="План муниципалитета")
            now(offices.themes.prioritise(wish, offices.envelope(coordinator.token, at)))
    return book


def opened(offices: Offices, region: Region, school: School, at: datetime) -> None:
    """The school with its staff."""
    offices.register(
        organisation.RegisterOrganisation(
            kind="school", code=school.code, name=school.name, parent=school.municipality, at=at
        ),
        ADMINISTRATOR,
    )
    hire(offices, region, school.staff, school, at)


def hire(offices: Offices, region: Region, staff: Iterable[Somebody], school: School | None, at: datetime) -> None:
    for one in staff:
        told = region.told(one)
        details = facts.Details(
            family_name=told["family_name"],
            given_name=told["given_name"],
            patronymic=told["patronymic"],
            email=told["email"],
            phone=None,
            position=told["position"],
            service_years=told["service_years"],
            category=told["category"] or None,
        )
        place = {"municipality": school.municipality, "school": school.code} if school else {}
        registered = cabinet.Register(
            person=one.id, details=details, municipality=place.get("municipality"), school=place.get("school"), at=at
        )
        offices.people(one.id, registered, ADMINISTRATOR)
        for each in one.grants:
            offices.people(one.id, roles.GrantRole(grant=granted(each), at=at), ADMINISTRATOR)
        offices.people(one.id, consents.GiveConsent(document=CONSENT, at=at), one.token)


def granted(held: Grant) -> facts.Grant:
    return facts.Grant(role=held.role, municipality=held.municipality or None, school=held.school or None)
