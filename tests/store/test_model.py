"""Any mix of appends, repeats, positions, reads and crashes against the real database, beside a plain model of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from shared.store import Appended, Heard, Receipt, Repeated, StaleVersion
from shared.store.keys import KeyRing
from shared.store.lane import Lane
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from tests.store.parcel import Moved, append, heard, parcel, receipt, stream

T = TypeVar("T")

STREAMS, KEYS, MESSAGES = 4, 4, 3
LEASE = timedelta(seconds=0.05)
KILL_SQL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()"""


class Stored(RuleBasedStateMachine):
    """The store of one database; each run has streams, keys and messages of its own, and goes on in the same log."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._runner = asyncio.Runner()
        self._numbers = count()
        self._streams = [stream() for _ in range(STREAMS)]
        self._keys: list[Receipt] = [receipt() for _ in range(KEYS)]
        self._messages: list[Heard] = [heard(f"m-{uuid4()}") for _ in range(MESSAGES)]
        self._facts: dict[str, list[tuple[UUID, str]]] = {name: [] for name in self._streams}
        self._answers: dict[UUID, bytes] = {}
        self._heard: set[tuple[str, str]] = set()
        self._log: list[UUID] = []
        self._open()
        self._begin = int(self._do(lambda: self._store.fetch("SELECT count(*) AS n FROM log"))[0]["n"])
        self._sequencers = [self._sequencer(), self._sequencer()]

    def _do(self, work: Callable[[], Awaitable[T]]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(20):
                return await work()

        return self._runner.run(bounded())

    def _open(self) -> None:
        self._store = PostgresStore(self._url, [parcel], KeyRing(bytes(32)))
        self._do(self._store.open)

    def _sequencer(self) -> Sequencer:
        return Sequencer(self._store, Signer("model", bytes(32)), "tests/model", lease=LEASE, batch=3)

    @rule(
        place=st.integers(0, STREAMS - 1),
        facts=st.integers(0, 3),
        expected=st.sampled_from(["any", "right", "zero", "ahead", "behind"]),
        key=st.none() | st.integers(0, KEYS - 1),
        message=st.none() | st.integers(0, MESSAGES - 1),
        dies=st.sampled_from(["", "", "", "before", "after"]),
    )
    def append(self, place: int, facts: int, expected: str, key: int | None, message: int | None, dies: str) -> None:
        name, version = self._streams[place], len(self._facts[self._streams[place]])
        wish = append(
            name,
            *(Moved(place=str(next(self._numbers))) for _ in range(facts)),
            expected={"any": None, "right": version, "zero": 0, "ahead": version + 1, "behind": version - 1}[expected],
            receipt=None if key is None else replace(self._keys[key], result=str(next(self._numbers)).encode()),
            heard=None if message is None else self._messages[message],
        )
        if not facts and wish.receipt is None and wish.heard is None:
            return  # nothing to remember it by
        with losing(dies):
            done = self._do(lambda: self._tried(wish))
        wanted = self._judged(wish, version)
        if not (isinstance(wanted, Appended) and dies == "after" and not facts):
            assert type(done) is type(wanted), (done, wanted)
        if isinstance(wanted, Appended):
            self._keep(wish, done)
        elif isinstance(wanted, Repeated):
            assert done == wanted

    async def _tried(self, wish: Any) -> Any:
        try:
            return await self._store.append(wish)
        except StaleVersion as stale:
            return stale

    def _judged(self, wish: Any, version: int) -> Appended | Repeated | StaleVersion:
        if wish.receipt and wish.receipt.id in self._answers:
            return Repeated(result=self._answers[wish.receipt.id])
        if wish.heard and (wish.heard.message, wish.stream) in self._heard:
            return Repeated(result=b"")
        if wish.expected not in (None, version):
            return StaleVersion()
        return Appended(version=version + len(wish.facts), facts=[])

    def _keep(self, wish: Any, done: Any) -> None:
        if isinstance(done, Appended):
            assert done.version == len(self._facts[wish.stream]) + len(wish.facts)
        if wish.facts:
            self._facts[wish.stream] += [(fact.id, fact.event.place) for fact in done.facts]
        if wish.receipt:
            self._answers[wish.receipt.id] = wish.receipt.result
        if wish.heard:
            self._heard.add((wish.heard.message, wish.stream))

    @rule(which=st.integers(0, 1))
    def give_positions(self, which: int) -> None:
        waiting = sum(map(len, self._facts.values())) - len(self._log)
        placed = self._do(self._sequencers[which].step)
        assert placed in {0, min(3, waiting)}, "a step places as much as it may, or leaves it to the other"
        self._read_log()

    @rule(after=st.integers(0, 20), limit=st.integers(1, 5))
    def read_on(self, after: int, limit: int) -> None:
        page = self._do(lambda: self._store.read_log(self._begin + after, limit))
        assert [fact.id for fact in page] == self._log[after : after + limit]

    @rule()
    def lose_every_connection(self) -> None:
        async def kill() -> None:
            connection = await asyncpg.connect(self._url)
            await connection.execute(KILL_SQL)
            await connection.close()

        self._do(kill)
        for one in self._sequencers:  # it would notice at its next step, and that step would be lost
            one._drop()

    @rule(which=st.integers(0, 1))
    def replace_a_sequencer(self, which: int) -> None:
        """Its process died with the lease; another one takes it when it has run out."""
        self._sequencers[which]._drop()
        self._store.listeners.remove(self._sequencers[which].wake)
        self._sequencers[which] = self._sequencer()

    @rule()
    def restart(self) -> None:
        for old in self._sequencers:
            self._do(old.stop)
        self._do(self._store.close)
        self._open()
        self._sequencers = [self._sequencer(), self._sequencer()]

    @invariant()
    def streams_are_as_written(self) -> None:
        for name, wanted in self._facts.items():
            read = self._do(lambda name=name: self._store.read(name))  # type: ignore[misc]
            assert [(fact.id, fact.event.place) for fact in read] == wanted
            assert [fact.version for fact in read] == list(range(1, len(wanted) + 1))

    @invariant()
    def first_answers_are_kept(self) -> None:
        for kept in self._keys:
            found = self._do(lambda kept=kept: self._store.receipt(kept.id))  # type: ignore[misc]
            assert (found.result if found else None) == self._answers.get(kept.id)

    def _read_log(self) -> None:
        page = self._do(lambda: self._store.read_log(self._begin + len(self._log)))
        assert all(fact.position == n for n, fact in enumerate(page, self._begin + len(self._log) + 1))
        self._log += [fact.id for fact in page]
        written = {id for facts in self._facts.values() for id, _ in facts}
        assert len(set(self._log)) == len(self._log), "a fact has two positions"
        assert set(self._log) <= written, "a fact that nobody wrote has a position"
        for facts in self._facts.values():
            placed = [id for id in self._log if id in dict(facts)]
            assert placed == [id for id, _ in facts][: len(placed)], "a stream's facts are out of order"

    def teardown(self) -> None:
        try:
            self._do(self._everything_placed)
            self._read_log()
            assert len(self._log) == sum(map(len, self._facts.values()))
        finally:
            for one in self._sequencers:
                self._do(one.stop)
            self._do(self._store.close)
            self._runner.close()

    async def _everything_placed(self) -> None:
        while await self._store.fetch("SELECT FROM pending LIMIT 1"):
            for one in self._sequencers:
                await one.step()


@contextmanager
def losing(when: str) -> Iterator[None]:
    """The connection of the next append dies *when*: before the database hears of it, or after it has committed."""
    ask, died = Lane.ask, not when
    with pytest.MonkeyPatch.context() as patch:

        async def dying(lane: Lane, sql: str, values: Sequence[Any]) -> Any:
            nonlocal died
            if died or "INSERT INTO facts" not in sql:
                return await ask(lane, sql, values)
            died = True
            if when == "after":
                await ask(lane, sql, values)
            lane.drop()
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

        patch.setattr(Lane, "ask", dying)
        yield
    assert died, "no append came by here"


def test_the_store_is_what_its_model_says(migrated: str) -> None:
    run_state_machine_as_test(
        lambda: Stored(migrated),
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
