"""A grant becomes one paper, whenever its holder can be named and whatever is killed on the way."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from services.certificates import paper, queries
from services.certificates.categories import CERTIFICATES
from services.certificates.codes import new_code
from services.certificates.domain.certificate import Grant, Issued, Revoke, Valid, Void, certificate_id
from services.certificates.domain.number import is_number
from services.certificates.people import Holder, HolderUnknown
from services.certificates.printing import Press, Printer
from shared.domain import Personal
from shared.http.directory import DirectoryUnavailable
from shared.store.execute import Executor
from shared.store.postgres import PostgresStore
from shared.store.types import Context
from tests.certificates.examples import GROUNDS, NAME, NOON, revoke

PRESS = Press(issuer="ЦНППМ", public_url="https://iom.example/", time_zone=ZoneInfo("Asia/Irkutsk"))
TODAY = datetime(2026, 12, 31, 23, tzinfo=UTC)


class People:
    """A directory that is away, knows somebody or knows nobody, as the test wishes."""

    def __init__(self) -> None:
        self.away = False
        self.names: dict[UUID, str | None] = {}
        self.asked = 0

    async def holder(self, person: UUID) -> Holder:
        self.asked += 1
        if self.away:
            raise DirectoryUnavailable("ConnectError")
        name = self.names.get(person, NAME)
        if name is None:
            raise HolderUnknown("people knows no such person")
        return Holder(name=name, workplace="МАОУ «СОШ № 11»")


def context(command_name: str = "grant") -> Context:
    return Context(
        actor=None,
        role="service",
        scope="service:certificates",
        command=uuid4(),
        command_name=command_name,
        causation="message-1",
        correlation="walk-1",
        occurred_at=NOON,
    )


async def grant(executor: Executor, route: int = 1, holder: int = 2) -> UUID:
    grounds = replace(GROUNDS, route=UUID(int=route), holder=UUID(int=holder))
    id = certificate_id(grounds.route)
    await executor.execute(CERTIFICATES, id, Grant(grounds=grounds, code=new_code(), at=NOON), context())
    return id


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def printer(store: PostgresStore, executor: Executor, people: People) -> Printer:
    return Printer(store, executor, people, PRESS, clock=lambda: TODAY)


async def valid(executor: Executor, id: UUID) -> Valid:
    state, _ = await executor.state(CERTIFICATES, id)
    assert isinstance(state, Valid)
    return state


async def test_a_grant_is_printed_with_name_number_and_date(
    store: PostgresStore, executor: Executor, printer: Printer
) -> None:
    id = await grant(executor)
    assert await printer.print_waiting() == 1
    state = await valid(executor, id)
    pdf = await queries.document(store, state.document.sha256)
    assert pdf is not None
    said = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert paper.fingerprint(pdf) == state.document.sha256
    assert is_number(state.document.number)
    for part in (NAME, state.document.number, state.code, "20 ноября 2026 г."):
        assert part in said


async def test_the_fact_tells_what_caused_it(executor: Executor, printer: Printer) -> None:
    id = await grant(executor)
    await printer.print_waiting()
    granted, issued = await executor.history(CERTIFICATES, id)
    assert isinstance(issued.event, Issued)
    assert issued.context.causation == str(granted.id)
    assert issued.context.correlation == "walk-1"


async def test_nothing_is_printed_twice(executor: Executor, printer: Printer, people: People) -> None:
    id = await grant(executor)
    await printer.print_waiting()
    first = await valid(executor, id)
    people.names[first.grounds.holder] = "Новая Фамилия"
    assert await printer.print_waiting() == 0
    assert not await printer.print_one(id)
    assert await valid(executor, id) == first


async def test_two_printers_at_once_make_one_certificate_and_one_number_each(
    store: PostgresStore, people: People
) -> None:
    executors = [Executor(store) for _ in range(3)]
    ids = [await grant(executors[0], route=n) for n in range(1, 9)]
    printers = [Printer(store, each, people, PRESS, clock=lambda: TODAY) for each in executors]
    made = await asyncio.gather(*(each.print_waiting() for each in printers))
    states = [await valid(executors[0], id) for id in ids]
    assert sum(made) == len(ids)
    assert sorted(state.document.number[5:11] for state in states) == [f"{n:06d}" for n in range(1, 9)]
    assert len(await store.fetch("SELECT FROM documents")) == len(ids)


async def test_while_people_is_away_grants_wait_and_are_printed_later(
    store: PostgresStore, executor: Executor, printer: Printer, people: People
) -> None:
    people.away = True
    id = await grant(executor)
    with pytest.raises(DirectoryUnavailable):
        await printer.print_waiting()
    assert await queries.waiting(store, [], 10) == [id]
    people.away = False
    assert await printer.print_waiting() == 1
    assert await queries.waiting(store, [], 10) == []


async def test_one_person_that_nobody_knows_does_not_stop_the_others(
    executor: Executor, printer: Printer, people: People
) -> None:
    await grant(executor, route=1, holder=66)
    known = await grant(executor, route=2, holder=67)
    people.names[UUID(int=66)] = None
    assert await printer.print_waiting() == 1
    assert await valid(executor, known)
    asked = people.asked
    assert await printer.print_waiting() == 0
    assert people.asked == asked  # passed over for a while, not asked for again at once


@pytest.mark.parametrize("point", ["_number", "_keep"])
async def test_killed_after_any_step_the_next_printer_finishes_with_the_same_number(
    point: str, store: PostgresStore, executor: Executor, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await grant(executor)
    await grant(executor, route=2)
    dying = Printer(store, Executor(store), people, PRESS, clock=lambda: TODAY)
    monkeypatch.setattr(dying, point, then_die(getattr(dying, point)))
    with pytest.raises(Killed):
        await dying.print_one(id)
    await Printer(store, executor, people, PRESS).print_waiting()
    assert (await valid(executor, id)).document.number.startswith("2026-000001-")
    assert len(await store.fetch("SELECT FROM documents WHERE certificate_id = $1", id)) == 1


async def test_a_certificate_revoked_while_it_waited_is_not_printed(
    store: PostgresStore, executor: Executor, printer: Printer
) -> None:
    id = await grant(executor)
    await executor.execute(CERTIFICATES, id, revoke, context("revoke"))
    assert await printer.print_waiting() == 0
    assert await store.fetch("SELECT FROM documents") == []


async def test_a_revoked_certificate_keeps_its_bytes(
    store: PostgresStore, executor: Executor, printer: Printer
) -> None:
    id = await grant(executor)
    await printer.print_waiting()
    before = await queries.document(store, (await valid(executor, id)).document.sha256)
    await executor.execute(CERTIFICATES, id, Revoke(reason="Ошибка", at=TODAY), context("revoke"))
    state, _ = await executor.state(CERTIFICATES, id)
    assert isinstance(state, Void)
    assert state.document is not None
    assert await queries.document(store, state.document.sha256) == before


async def test_a_destroyed_key_forgets_the_name_in_the_facts(
    store: PostgresStore, executor: Executor, printer: Printer
) -> None:
    id = await grant(executor)
    await printer.print_waiting()
    await store.keys.destroy(GROUNDS.holder)
    state, _ = await Executor(store).state(CERTIFICATES, id)
    assert isinstance(state, Valid)
    assert state.name == Personal(subject=GROUNDS.holder, text=None)


class Killed(BaseException):
    """Not an Exception: nothing tidies up after a kill."""


def then_die(step: Callable[..., object]) -> Callable[..., object]:
    async def stepping(*args: object) -> object:
        await step(*args)  # type: ignore[misc]
        raise Killed

    return stepping
