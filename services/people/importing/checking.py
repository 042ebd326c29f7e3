"""A roster held against itself and against what is known: only a file without a fault is written at all."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from services.people.credentials import Credentials
from services.people.domain.organisation import NAMES
from services.people.importing.roster import MOST_FAULTS, Fault, ImportRejected, Place, Roster, Worker
from shared.store.types import Store

PLACES = "SELECT kind, code, name, parent FROM organisations"
IMPORTED = "SELECT row_key, person_id, digests FROM imported_rows WHERE row_key = ANY ($1::bytea[])"
REGISTERED = "SELECT id FROM persons WHERE id = ANY ($1::uuid[])"
PAGE = 10_000
AT_A_STRETCH = 200
DIGEST = 8  # bytes of each field's

FIELDS = (
    *("family_name", "given_name", "patronymic", "email", "phone", "position", "service_years", "category"),
    *("workplace", "attestation", "school", "roles"),
)


@dataclass(slots=True)
class Planned:
    """A worker whose row is new or has changed. `changed` are the fields that differ from the last import."""

    worker: Worker
    person: UUID
    row_key: bytes
    mark: bytes
    digests: bytes
    changed: frozenset[str]
    registered: bool
    invited: bool = False  # somebody signs in with this address already


@dataclass(slots=True)
class Plan:
    places: list[Place] = field(default_factory=list)
    workers: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    passed_over: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    person: UUID
    digests: bytes


class Checking:
    """Reads what is known of a file's rows, a page at a time."""

    def __init__(self, store: Store, credentials: Credentials) -> None:
        self._store = store
        self._credentials = credentials

    async def plan(self, roster: Roster) -> Plan:
        """Raises ImportRejected with everything that is wrong."""
        plan = Plan(passed_over=roster.passed_over)
        places = await self._store.fetch(PLACES)
        known = {(row["kind"], row["code"]): row for row in places}
        plan.places = check_places(roster, known)
        check_workers(roster, {*known, *((each.kind, each.code) for each in plan.places)})
        if roster.faults:  # before anybody's address is looked up
            raise ImportRejected(roster.faults)
        await self._plan_workers(roster, plan)
        if roster.faults:
            raise ImportRejected(roster.faults)
        return plan

    async def _plan_workers(self, roster: Roster, plan: Plan) -> None:
        keys = {id(each): self._credentials.fingerprint(f"row {each.key}".encode()) for each in roster.workers}
        marks = {id(each): self._credentials.mark(each.details.email) for each in roster.workers}
        imported = await self._imported(keys.values())
        owners = {each.email: each for each in await self._owners(marks.values())}
        registered = await self._registered([each.person for each in owners.values()])
        named = {known.person: key for key, known in imported.items()}
        for number, worker in enumerate(roster.workers):
            if number % AT_A_STRETCH == 0:
                await asyncio.sleep(0)  # others are served in between
            key, mark = keys[id(worker)], marks[id(worker)]
            before, owner = imported.get(key), owners.get(mark)
            real = owner if owner and (owner.person in registered or before) else None
            person = before.person if before else real.person if real else uuid5(NAMES, f"imported {key.hex()}")
            if real and (real.person != person or named.get(person, key) != key):
                detail = "Этот адрес сейчас принадлежит другому человеку."
                roster.faults.append(worker.where.fault(roster.columns["email"], detail))
                continue
            digests = self._digests(worker)
            if before and before.digests == digests:
                plan.unchanged += 1
                continue
            changed = differing(before.digests, digests) if before else frozenset(FIELDS)
            known = bool(before or real)
            secret = bool(owner and owner.has_password)
            plan.workers.append(Planned(worker, person, key, mark, digests, changed, known, secret))

    def _digests(self, worker: Worker) -> bytes:
        values: dict[str, Any] = {name: getattr(worker.details, name, None) for name in FIELDS}
        values |= {"school": worker.school, "roles": worker.roles}
        return b"".join(self._credentials.fingerprint(f"{name} {values[name]!r}".encode())[:DIGEST] for name in FIELDS)

    async def _imported(self, keys: Collection[bytes]) -> dict[bytes, Imported]:
        rows = [row for page in pages(keys) for row in await self._store.fetch(IMPORTED, page)]
        return {bytes(row["row_key"]): Imported(row["person_id"], bytes(row["digests"])) for row in rows}

    async def _owners(self, marks: Collection[bytes]) -> list[Any]:
        return [owner for page in pages(marks) for owner in await self._credentials.owners(page)]

    async def _registered(self, persons: Collection[UUID]) -> set[UUID]:
        return {row["id"] for page in pages(persons) for row in await self._store.fetch(REGISTERED, page)}


def pages(values: Collection[Any]) -> list[list[Any]]:
    every = list(values)
    return [every[start : start + PAGE] for start in range(0, len(every), PAGE)]


def differing(before: bytes, after: bytes) -> frozenset[str]:
    return frozenset(
        name
        for n, name in enumerate(FIELDS)
        if before[n * DIGEST : (n + 1) * DIGEST] != after[n * DIGEST : (n + 1) * DIGEST]
    )


def check_places(roster: Roster, known: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[Place]:
    """Those that are new or have another name, each once, municipalities first."""
    wanted: dict[tuple[str, str], Place] = {}
    for place in roster.places:
        key = place.kind, place.code
        first = wanted.setdefault(key, place)
        if (first.name, first.parent) != (place.name, place.parent):
            detail = f"Организация с кодом {place.code} уже описана в строке {first.where.row} иначе."
            roster.faults.append(place.where.fault("", detail))
        old = known.get(key)
        if old and old["parent"] != place.parent:
            detail = f"Школа {place.code} числится в муниципалитете {old['parent']}."
            roster.faults.append(place.where.fault(roster.columns.get("municipality_code", ""), detail))
    changed = [place for key, place in wanted.items() if key not in known or known[key]["name"] != place.name]
    municipalities = {code for kind, code in {*known, *wanted} if kind == "municipality"}
    for place in changed:
        if place.kind == "school" and place.parent not in municipalities:
            detail = f"Муниципалитета {place.parent} нет: укажите его название."
            roster.faults.append(place.where.fault(roster.columns.get("municipality", ""), detail))
    return sorted(changed, key=lambda place: place.kind)


def check_workers(roster: Roster, places: Collection[tuple[str, str]]) -> None:
    keys: dict[str, Worker] = {}
    emails: dict[str, Worker] = {}
    for worker in roster.workers:
        fault = worker.where.fault
        email = worker.details.email.casefold()
        if (first := keys.setdefault(worker.key, worker)) is not worker:
            column = "email" if worker.key.startswith("email ") else "key"
            detail = f"Этот человек уже есть в строке {first.where.row}."
            roster.faults.append(fault(roster.columns[column], detail))
        elif (first := emails.setdefault(email, worker)) is not worker:
            detail = f"Этот адрес уже указан в строке {first.where.row}."
            roster.faults.append(fault(roster.columns["email"], detail))
        for kind, code in {("school", worker.school), *((k, c) for r in worker.roles for k, c in places_of(r))}:
            if code and (kind, code) not in places:
                column = "school" if kind == "school" else "municipality"
                detail = f"Организации с кодом {code} нет: укажите её название."
                roster.faults.append(fault(roster.columns.get(column, ""), detail))


def places_of(role: Any) -> list[tuple[str, str | None]]:
    return [("school", role.school), ("municipality", role.municipality)]


def shown(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda each: (each.file, each.row))[:MOST_FAULTS]
