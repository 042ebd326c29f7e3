"""OneRoster 1.2 CSV (1EdTech, CSV binding 1.2.1): manifest, orgs, users and roles; the rest is passed over.

Children and parents are never read further than their role. What the standard has no column for comes in metadata.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from services.people.domain.person.facts import MUNICIPAL_ROLES, SCHOOL_ROLES
from services.people.importing.cells import Reader, read_details
from services.people.importing.roster import Fault, ImportRejected, Place, Role, Roster, Worker
from services.people.importing.tables import MANIFEST, Row, Table

VERSIONS: Final = {"1.2"}
FILES: Final = ("orgs", "users", "roles")
NEEDED: Final = {
    "orgs.csv": ("sourcedId", "name", "type"),
    "users.csv": ("sourcedId", "givenName", "familyName", "email"),
    "roles.csv": ("userSourcedId", "role", "orgSourcedId"),
}
KINDS: Final = {"school": "school", "district": "municipality", "local": "municipality"}
ROLES: Final = {
    "teacher": "teacher",
    "counselor": "teacher",  # the school's psychologist is a teacher by the law
    "principal": "school_administrator",
    "siteAdministrator": "school_administrator",
    "districtAdministrator": "municipal_coordinator",
    "ext:tutor": "tutor",
    "ext:schoolCoordinator": "school_coordinator",
    "ext:schoolCurator": "school_curator",
    "ext:methodist": "methodist",
}
USER: Final = {  # our columns by theirs
    "family_name": "familyName",
    "given_name": "givenName",
    "patronymic": "middleName",
    "email": "email",
    "phone": "phone",
    "key": "sourcedId",
    "position": "metadata.position",
    "service_years": "metadata.serviceYears",
    "category": "metadata.category",
    "attestation": "metadata.attestation",
    "workplace": "metadata.workplace",
    "since": "beginDate",
    "until": "endDate",
    "code": "identifier",
    "name": "name",
}


@dataclass(slots=True)
class Found:
    """What the tables refer to each other by."""

    roster: Roster
    places: dict[str, Place] = field(default_factory=dict)  # by sourcedId
    roles: dict[str, list[Role]] = field(default_factory=lambda: defaultdict(list))  # by the user's sourcedId


def roster_of(tables: dict[str, Table]) -> Roster:
    """Raises ImportRejected when a file or column is missing; single rows that are wrong become faults."""
    told = read_manifest(tables[MANIFEST])
    present = {name: tables[f"{name}.csv"] for name in FILES if told.get(f"file.{name}", "absent") != "absent"}
    found = Found(Roster(columns=dict(USER)))
    if "orgs" in present:
        read_orgs(present["orgs"], found)
    if "roles" in present:
        for row in present["roles"].rows:
            read_role(row, present["roles"], found)
    if "users" in present:
        for row in present["users"].rows:
            read_user(row, present["users"], found)
    return found.roster


def read_manifest(table: Table) -> dict[str, str]:
    if not {"propertyName", "value"} <= set(table.headings):
        raise ImportRejected([Fault(MANIFEST, 1, "propertyName", "Нужны столбцы propertyName и value.")])
    told = {row.cells.get("propertyName", ""): row.cells.get("value", "") for row in table.rows}
    if told.get("oneroster.version") not in VERSIONS:
        detail = "Принимается OneRoster версии 1.2."
        raise ImportRejected([Fault(MANIFEST, 0, "oneroster.version", detail)])
    return told


def columns_of(table: Table) -> None:
    missing = [name for name in NEEDED[table.name] if name not in table.headings]
    if missing:
        raise ImportRejected([Fault(table.name, 1, name, "Такого столбца нет.") for name in missing])


def deleted(row: Row) -> bool:
    return row.cells.get("status") == "tobedeleted"


def read_orgs(table: Table, found: Found) -> None:
    columns_of(table)
    kept = [row for row in table.rows if row.cells.get("type") in KINDS]
    found.roster.passed_over += len(table.rows) - len(kept)
    codes = {
        row.cells.get("sourcedId", ""): row.cells.get("identifier") or row.cells.get("sourcedId", "") for row in kept
    }
    kinds = {row.cells.get("sourcedId", ""): KINDS[row.cells["type"]] for row in kept}
    for row in kept:
        where = table.at(row)
        before = len(found.roster.faults)
        cells = Reader(row.cells, where, found.roster.faults, lambda ours: USER.get(ours, ours))
        if deleted(row):
            cells.wrong("status", "Организацию нельзя удалить импортом: у неё есть история.")
        own = row.cells.get("sourcedId", "")
        code = cells.get("code") if row.cells.get("identifier") else cells.need("sourcedId", "code")
        name, parent = cells.need("name"), row.cells.get("parentSourcedId", "")
        is_school = kinds[own] == "school"
        if is_school and kinds.get(parent) != "municipality":
            cells.wrong("parentSourcedId", "Школе нужна вышестоящая организация вида district или local.")
        if len(found.roster.faults) > before:
            continue
        place = Place(
            kind="school" if is_school else "municipality",
            code=code,
            name=name,
            parent=codes[parent] if is_school else None,
            where=where,
        )
        found.places[own] = place
        found.roster.places.append(place)


def read_role(row: Row, table: Table, found: Found) -> None:
    if not found.roles and row is table.rows[0]:
        columns_of(table)
    role = ROLES.get(row.cells.get("role", ""))
    if role is None:
        found.roster.passed_over += 1
        return
    cells = Reader(row.cells, table.at(row), found.roster.faults, lambda ours: USER.get(ours, ours))
    user = row.cells.get("userSourcedId")
    if not user:
        cells.wrong("userSourcedId", "Заполните это поле.")
        return
    place = found.places.get(row.cells.get("orgSourcedId", ""))
    municipality = place.code if place and place.kind == "municipality" else place.parent if place else None
    school = place.code if place and place.kind == "school" else None
    if role in SCHOOL_ROLES and school is None:
        cells.wrong("orgSourcedId", "Школы с таким sourcedId нет в orgs.csv.")
        return
    if role in MUNICIPAL_ROLES and municipality is None:
        cells.wrong("orgSourcedId", "Муниципалитета с таким sourcedId нет в orgs.csv.")
        return
    made = Role(
        role=role,
        municipality=municipality if role in SCHOOL_ROLES | MUNICIPAL_ROLES else None,
        school=school if role in SCHOOL_ROLES else None,
        since=cells.day("since"),
        until=cells.day("until"),
        gone=deleted(row),
    )
    if made.since and made.until and made.until < made.since:
        cells.wrong("until", "Последний день роли раньше первого.")
    first = row.cells.get("roleType") == "primary"  # its school is where the person works
    found.roles[user].insert(0, made) if first else found.roles[user].append(made)


def read_user(row: Row, table: Table, found: Found) -> None:
    if row is table.rows[0]:
        columns_of(table)
    roles = found.roles.get(row.cells.get("sourcedId", ""), [])
    if not roles:
        found.roster.passed_over += 1
        return
    before = len(found.roster.faults)
    where = table.at(row)
    cells = Reader(row.cells, where, found.roster.faults, lambda ours: USER.get(ours, ours))
    away = deleted(row) or row.cells.get("enabledUser", "").casefold() == "false"
    details = read_details(cells)
    key = cells.need("key")
    if len(found.roster.faults) > before:
        return
    home = next((each for each in roles if each.school and not each.gone), None)
    made = Worker(
        key=f"code {key}",
        details=details,
        municipality=home.municipality if home else None,
        school=home.school if home else None,
        roles=tuple(with_gone(each) for each in roles) if away else tuple(roles),
        where=where,
    )
    found.roster.workers.append(made)


def with_gone(role: Role) -> Role:
    return Role(role=role.role, municipality=role.municipality, school=role.school, gone=True)
