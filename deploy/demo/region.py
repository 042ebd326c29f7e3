"""The sample region: one municipality, three schools, thirty persons; all of them invented. Others are loaded alike."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from deploy.demo.client import Person

FILE = Path(__file__).with_name("region.json")
PASSWORD = "marshrut-2026"  # noqa: S105 - printed for the visitor of a demonstration on loopback
IN_SCHOOL = {"teacher", "tutor", "school_administrator", "school_coordinator", "school_curator"}
ORGANISED = ("family_name", "given_name", "patronymic", "email", "position", "service_years", "category", "school")


@dataclass(frozen=True, slots=True)
class Region:
    """What was loaded: ids by the person's short name."""

    municipality: str
    ids: dict[str, UUID]
    emails: dict[str, str]


def sample() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def load(
    administrator: Person,
    told: Callable[[int, int], None] = lambda done, total: None,
    region: dict[str, Any] | None = None,
    keyed: Callable[[str], str] = lambda _: str(uuid4()),
) -> Region:
    """Register everybody through the people service; told(done, total) after each person.

    The same *region* under keys of its own making is registered once, however often this is called.
    """
    region = region or sample()
    municipality, parents = region["municipality"], {}
    for each in (municipality, *region.get("municipalities", ())):
        organised = {"kind": "municipality", "parent": None, **each}
        administrator.do("people", "/organisations", organised, keyed(each["code"]))
    for school in region["schools"]:
        organised = {"kind": "school", "parent": municipality["code"], **school}
        parents[school["code"]] = organised["parent"]
        administrator.do("people", "/organisations", organised, keyed(school["code"]))
    ids = {}
    for number, person in enumerate(region["persons"], start=1):
        about = {field: person[field] for field in ORGANISED if person[field] not in (None, "")}
        registered = administrator.do("people", "/persons", {**about, "password": PASSWORD}, keyed(person["key"]))
        ids[person["key"]] = UUID(registered["id"])
        at = person.get("municipality") or parents.get(person["school"], municipality["code"])
        for role in person["roles"]:
            path = f"/persons/{registered['id']}/grants"
            administrator.do("people", path, grant(role, person, at), keyed(f"{person['key']}/{role}"))
        told(number, len(region["persons"]))
    return Region(municipality["code"], ids, {person["key"]: person["email"] for person in region["persons"]})


def grant(role: str, person: dict[str, Any], municipality: str) -> dict[str, str]:
    """The role with its scope: a school, the municipality, or the whole region."""
    if role in IN_SCHOOL:
        return {"role": role, "municipality": municipality, "school": person["school"]}
    return {"role": role, "municipality": municipality} if role == "municipal_coordinator" else {"role": role}
