"""A command is run once, on what is true now, whoever else is writing."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.store import KeyReused, StaleVersion, Store
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from tests.store.parcel import Move, Moved, NotSent, Parcel, Send, Sent, SentAlready, append, context, heard, parcel


@pytest.fixture
def executor(store: Store) -> Executor:
    return Executor(store)


async def run(executor: Executor, id: UUID, command: object, **how: Any) -> Any:
    return await executor.execute(parcel, id, command, context(), **how)


async def test_a_command_becomes_facts_and_a_state(executor: Executor) -> None:
    id = uuid4()
    sent = await run(executor, id, Send(place="Ust"))
    moved = await run(executor, id, Move(place="Bor"))
    assert (sent.version, sent.repeated, [fact.event for fact in sent.facts]) == (1, False, [Sent(place="Ust")])
    assert (moved.id, moved.version, moved.state) == (id, 2, Parcel(places=("Ust", "Bor")))
    assert await executor.state(parcel, id) == (Parcel(places=("Ust", "Bor")), 2)
    assert [fact.version for fact in await executor.history(parcel, id)] == [1, 2]


async def test_a_refusal_writes_nothing(executor: Executor) -> None:
    id = uuid4()
    with pytest.raises(NotSent):
        await run(executor, id, Move(place="Bor"), receipt=(uuid4(), b"f"))
    assert await executor.state(parcel, id) == (Parcel(), 0)


async def test_a_wish_that_is_true_already_writes_nothing(executor: Executor) -> None:
    id = uuid4()
    await run(executor, id, Send(place="Ust"))
    outcome = await run(executor, id, Move(place="Ust"))
    assert (outcome.version, outcome.facts, outcome.repeated) == (1, [], False)


async def test_a_repeated_command_has_its_first_outcome(executor: Executor, store: Store) -> None:
    id, receipt = uuid4(), (uuid4(), b"body")
    first = await run(executor, id, Send(place="Ust"), receipt=receipt)
    await run(executor, id, Move(place="Bor"))
    for again in (executor, Executor(store)):  # this process, and one that knows nothing yet
        repeat = await run(again, id, Send(place="Ust"), receipt=receipt)
        assert (repeat.id, repeat.version, repeat.repeated) == (id, 1, True)
        assert [msgspec.structs.replace(fact, position=None) for fact in repeat.facts] == first.facts


async def test_a_repeat_that_names_a_new_stream_has_the_first_ones_outcome(executor: Executor) -> None:
    id, receipt = uuid4(), (uuid4(), b"body")
    await run(executor, id, Send(place="Ust"), receipt=receipt)
    other = uuid4()
    repeat = await run(executor, other, Send(place="Ust"), receipt=receipt)
    assert (repeat.id, repeat.repeated) == (id, True)
    assert await executor.history(parcel, other) == []


async def test_a_repeat_with_a_version_is_not_stale(executor: Executor) -> None:
    id, receipt = uuid4(), (uuid4(), b"body")
    await run(executor, id, Send(place="Ust"))
    for repeated in (False, True):
        outcome = await run(executor, id, Move(place="Bor"), expected=1, receipt=receipt)
        assert (outcome.version, outcome.repeated) == (2, repeated)


async def test_a_wish_that_was_true_already_is_remembered(executor: Executor) -> None:
    id, receipt = uuid4(), (uuid4(), b"body")
    await run(executor, id, Send(place="Ust"))
    await run(executor, id, Move(place="Ust"), receipt=receipt)
    await run(executor, id, Move(place="Bor"))
    repeat = await run(executor, id, Move(place="Ust"), receipt=receipt)
    assert (repeat.version, repeat.facts, repeat.repeated) == (1, [], True)


@pytest.mark.parametrize("command", [Send(place="Bor"), Move(place="Bor"), Move(place="Ust")])
async def test_a_key_serves_one_request(executor: Executor, command: object) -> None:
    id, key = uuid4(), uuid4()
    await run(executor, id, Send(place="Ust"), receipt=(key, b"body"))
    with pytest.raises(KeyReused):
        await run(executor, id, command, receipt=(key, b"another body"))
    assert len(await executor.history(parcel, id)) == 1


async def test_a_repeated_message_has_no_second_effect(executor: Executor) -> None:
    id = uuid4()
    await run(executor, id, Send(place="Ust"))
    await run(executor, id, Move(place="Bor"), heard=heard())
    await run(executor, id, Move(place="Ust"))
    outcome = await run(executor, id, Move(place="Bor"), heard=heard())
    assert (outcome.version, outcome.repeated) == (3, True)


async def test_a_message_that_was_refused_is_refused_for_ever(executor: Executor, store: Store) -> None:
    id = uuid4()
    with pytest.raises(NotSent):
        await run(executor, id, Move(place="Bor"), heard=heard())
    await run(executor, id, Send(place="Ust"))
    for each in (executor, Executor(store)):
        outcome = await run(each, id, Move(place="Bor"), heard=heard())
        assert (outcome.version, outcome.facts, outcome.repeated) == (1, [], True)
    assert await executor.state(parcel, id) == (Parcel(places=("Ust",)), 1)


async def test_a_copy_of_a_message_that_had_its_effect_is_not_refused(executor: Executor) -> None:
    id = uuid4()
    await run(executor, id, Send(place="Ust"), heard=heard())
    outcome = await run(executor, id, Send(place="Ust"), heard=heard())
    assert (outcome.version, outcome.facts, outcome.repeated) == (1, [], True)


async def test_another_message_is_judged_anew(executor: Executor) -> None:
    id = uuid4()
    with pytest.raises(NotSent):
        await run(executor, id, Move(place="Bor"), heard=heard())
    await run(executor, id, Send(place="Ust"))
    assert (await run(executor, id, Move(place="Bor"), heard=heard("m-2"))).version == 2


async def test_a_refusal_without_a_message_is_judged_anew(executor: Executor) -> None:
    id, receipt = uuid4(), (uuid4(), b"body")
    with pytest.raises(NotSent):
        await run(executor, id, Move(place="Bor"), receipt=receipt)
    await run(executor, id, Send(place="Ust"))
    assert (await run(executor, id, Move(place="Bor"), receipt=receipt)).version == 2


async def test_what_nothing_comes_of_is_settled_without_a_fact(executor: Executor, store: Store) -> None:
    told = msgspec.structs.replace(heard(), stream=f"route-{uuid4()}", version=4)
    for _ in range(2):
        await executor.settle(told, context())
    assert await executor.heard_up_to(told.stream) == 4
    id = uuid4()
    assert (await run(executor, id, Send(place="Ust"), heard=told)).version == 1, "given back, it has its effect"


@pytest.mark.parametrize("expected", [0, 2])
async def test_a_stale_version_is_refused(executor: Executor, expected: int) -> None:
    id = uuid4()
    await run(executor, id, Send(place="Ust"))
    with pytest.raises(StaleVersion):
        await run(executor, id, Move(place="Bor"), expected=expected)


async def test_another_process_facts_are_seen(executor: Executor, store: Store) -> None:
    id = uuid4()
    other = Executor(store)
    await run(executor, id, Send(place="Ust"))
    await run(other, id, Move(place="Bor"))
    assert (await run(executor, id, Move(place="Ust"))).version == 3
    assert (await run(other, id, Move(place="Bor"), expected=3)).version == 4
    assert (await run(executor, id, Move(place="Bor"))).facts == []
    with pytest.raises(SentAlready):
        await run(executor, id, Send(place="Ust"))


async def test_an_old_state_says_no_only_after_a_look(executor: Executor, store: Store) -> None:
    id = uuid4()
    await executor.state(parcel, id)  # at hand from now on: nothing was sent
    await store.append(append(parcel.stream(id), Sent(place="Ust")))
    assert (await run(executor, id, Move(place="Bor"))).version == 2


class Reads:
    """A store that counts how often a stream is read."""

    def __init__(self, store: Store) -> None:
        self._store, self.count = store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def read(self, stream: str, after: int = 0, limit: int | None = None) -> list[Any]:
        self.count += 1
        return await self._store.read(stream, after, limit)


async def test_a_new_stream_is_begun_without_a_read(store: Store) -> None:
    reads = Reads(store)
    outcome = await run(Executor(reads), uuid4(), Send(place="Ust"))  # type: ignore[arg-type]
    assert (outcome.version, reads.count) == (1, 0)


async def test_an_unmet_stream_that_is_not_new_is_read_before_the_answer(store: Store) -> None:
    id = uuid4()
    await run(Executor(store), id, Send(place="Ust"))
    reads = Reads(store)
    stranger = Executor(reads)  # type: ignore[arg-type]
    moved = await run(stranger, id, Move(place="Bor"))
    assert (moved.version, moved.state, reads.count) == (2, Parcel(places=("Ust", "Bor")), 1)
    with pytest.raises(SentAlready):
        await run(Executor(store), id, Send(place="Elsewhere"))
    assert (await stranger.state(parcel, id))[1] == 2


async def test_commands_that_race_all_have_their_effect(store: Store) -> None:
    id = uuid4()
    executors = [Executor(store) for _ in range(3)]
    await run(executors[0], id, Send(place="Ust"))
    outcomes = await asyncio.gather(*(run(executors[n % 3], id, Move(place=str(n))) for n in range(9)))
    assert sorted(outcome.version for outcome in outcomes) == list(range(2, 11))


async def test_one_key_pressed_many_times_at_once_has_one_effect(store: Store) -> None:
    id, receipt = uuid4(), (uuid4(), b"body")
    executors = [Executor(store) for _ in range(4)]
    outcomes = await asyncio.gather(*(run(one, id, Send(place="Ust"), receipt=receipt) for one in executors))
    assert sorted(outcome.repeated for outcome in outcomes) == [False, True, True, True]
    assert {outcome.version for outcome in outcomes} == {1}


async def test_a_state_with_personal_texts_is_kept_for_a_minute_at_most() -> None:
    now = 0.0
    store = MemoryStore([parcel])
    executor = Executor(store, clock=lambda: now)
    id = uuid4()
    await run(executor, id, Send(place="Ust"))
    first = (await executor.state(parcel, id))[0]
    now = 59.0
    assert (await executor.state(parcel, id))[0] is first
    now = 61.0
    again = (await executor.state(parcel, id))[0]
    assert (again, again is first) == (first, False)


async def test_states_are_kept_for_the_last_streams_only(store: Store) -> None:
    executor = Executor(store, cached_states=2)
    ids = [uuid4() for _ in range(4)]
    for id in ids:
        await run(executor, id, Send(place="Ust"))
    assert len(executor._states) == 2
    assert [(await run(executor, id, Move(place="Bor"))).version for id in ids] == [2, 2, 2, 2]


async def test_rows_follow_the_state() -> None:
    store = MemoryStore([parcel])
    id = uuid4()
    await Executor(store).execute(parcel, id, Send(place="Ust"), context())
    assert store.rows == list(parcel.view(id, 1, Parcel(places=("Ust",))))
    await store.append(append(parcel.stream(id), Moved(place="Bor")))
