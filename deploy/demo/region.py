"""The sample region: one municipality, three schools, thirty persons; all of them invented."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

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


def load(administrator: Person, told: Callable[[int, int], None] = lambda done, total: None) -> Region:
    """Register everybody through the people service; told(done, total) after each person."""
    region = sample()
    municipality = region["municipality"]
    administrator.do("people", "/organisations", {"kind": "municipality", "parent": None, **municipality})
    for school in region["schools"]:
        parent = {"kind": "school", "parent": municipality["code"]}
        administrator.do("people", "/organisations", {**parent, **school})
    ids = {}
    for number, person in enumerate(region["persons"], start=1):
        about = {field: person[field] for field in ORGANISED if person[field] not in (None, "")}
        registered = administrator.do("people", "/persons", {**about, "password": PASSWORD})
        ids[person["key"]] = UUID(registered["id"])
        for role in person["roles"]:
            administrator.do("people", f"/persons/{registered['id']}/grants", grant(role, person, municipality["code"]))
        told(number, len(region["persons"]))
    return Region(municipality["code"], ids, {person["key"]: person["email"] for person in region["persons"]})


def grant(role: str, person: dict[str, Any], municipality: str) -> dict[str, str]:
    """The role with its scope: a school, the municipality, or the whole region."""
    if role in IN_SCHOOL:
        return {"role": role, "municipality": municipality, "school": person["school"]}
    return {"role": role, "municipality": municipality} if role == "municipal_coordinator" else {"role": role}
