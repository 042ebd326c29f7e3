"""A running suite with people whose pages are worth looking at: a finished route, a new one, and who has none yet."""

from dataclasses import dataclass
from typing import Any, Final

import httpx

from deploy.demo.client import Person, until
from deploy.demo.region import PASSWORD, load, sample
from deploy.demo.walk import Walk, consent_to_processing, gather, notices, story
from deploy.suite import Suite

FINISHED, NEW = "teacher", "teacher2"  # what the sample region calls them
INVITED: Final = {
    "family_name": "Лебедев",
    "given_name": "Борис",
    "patronymic": "Ильич",
    "phone": "+7 900 123-45-67",
    "email": "boris.lebedev@iom.example",
    "password": "совсем новый пароль",
}


@dataclass(frozen=True, slots=True)
class World:
    """What the tests may know of it; `personal` is what no address may ever show."""

    portal: str
    finished: str  # routes, by their ids
    new: str
    check_page: str
    emails: dict[str, str]
    personal: frozenset[str]
    director: Person

    def invitation(self) -> str:
        """A fresh code, as the school hands it over."""
        place = {"school": story()["school"], "roles": ["teacher"]}
        return str(self.director.do("people", "/invitations", place)["code"])


def peopled(suite: Suite, http: httpx.Client) -> World:
    services = {name: suite.url(name) for name in suite.names}
    administrator = Person(services, http).sign_in(suite.secrets.admin_email, suite.secrets.admin_password)
    region = load(administrator, region=few())
    walk = gather(services, http, region)
    for step in walk.story["steps"]:
        if step.get("act") != "await_letters":
            walk.take(step)
    until(lambda: [each for each in notices(walk.hero) if each["topic"] == "certificate_issued.holder"], "the notice")
    newcomer = Person(services, http).sign_in(region.emails[NEW], PASSWORD)
    return World(
        portal=services["portal"],
        finished=walk.route,
        new=opened(walk, newcomer),
        check_page=walk.certificate["verification"],
        emails=region.emails,
        personal=personal(),
        director=walk.people["director1"],
    )


def few() -> dict[str, Any]:
    """The sample region with nobody who plays no part: passwords are slow to register, on purpose."""
    region, told = sample(), story()
    cast = {FINISHED, NEW, *(step["who"] for step in told["steps"])}
    cast |= {name.removeprefix("@") for step in told["steps"] for name in step.get("body", {}).values() if named(name)}
    return region | {"persons": [person for person in region["persons"] if person["key"] in cast]}


def named(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("@")


def opened(walk: Walk, teacher: Person) -> str:
    consent_to_processing(teacher)
    body = {"municipality": walk.kept["place.municipality"], "school": walk.kept["place.school"], "medium": "ais"}
    return str(teacher.do("routes", "/routes", {**body, "teacher_id": str(teacher.id)})["id"])


def personal() -> frozenset[str]:
    kept = ("family_name", "given_name", "patronymic", "email")
    words = {person[name] for person in sample()["persons"] for name in kept}
    return frozenset({*words, *INVITED.values(), PASSWORD} - {""})
