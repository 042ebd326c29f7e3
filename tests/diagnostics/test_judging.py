"""The service follows its own log: instruments are published once, every scored final session gets its verdict once."""

import logging
from dataclasses import replace
from uuid import UUID, uuid4

import msgspec
import pytest

from services.diagnostics.categories import CATEGORIES, COMPARISONS, INSTRUMENTS, SESSIONS
from services.diagnostics.domain.authoring_facts import Published
from services.diagnostics.domain.comparison import DynamicsJudged, comparison_id
from services.diagnostics.domain.dynamics import Judgement, Result
from services.diagnostics.domain.instrument import Option, instrument_id
from services.diagnostics.domain.scoring import sheet
from services.diagnostics.domain.session import Answer, Assign, Start, Submit
from services.diagnostics.domain.session_facts import ItemAnswered, SessionAssigned
from services.diagnostics.following import catch_up
from services.diagnostics.judging import judge
from services.diagnostics.library import publish, read_instruments, read_policy
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from shared.store.types import Context
from tests.diagnostics.examples import ANNA, CODES, ITEMS, LATER, NOON, POLICY, ROUTE, TASK, TINY


@pytest.fixture
def store():
    return MemoryStore(CATEGORIES)


@pytest.fixture
def executor(store):
    return Executor(store)


def context():
    return Context(
        actor=ANNA,
        role="teacher",
        scope="own",
        command=uuid4(),
        command_name="test",
        causation=None,
        correlation="walk-1",
        occurred_at=NOON,
    )


async def take(executor, session: UUID, purpose, answers: str, **task):
    commands = [
        Assign(task=replace(TASK, purpose=purpose, **task), at=NOON),
        Start(at=NOON),
        *(Answer(item=code, option=option, at=NOON) for code, option in zip(CODES, answers, strict=True)),
        Submit(sheet=sheet(TINY, purpose), at=LATER),
    ]
    for command in commands:
        await executor.execute(SESSIONS, session, command, context())


async def verdicts(executor, person=ANNA):
    history = await executor.history(COMPARISONS, comparison_id(ROUTE, person, "tiny", "test"))
    return [fact for fact in history if isinstance(fact.event, DynamicsJudged)]


async def test_1_13_a_final_session_is_judged_once_whatever_is_read_again(store, executor):
    await take(executor, UUID(int=11), "initial", "bbbbb")
    await take(executor, UUID(int=12), "final", "aaaaa")
    await catch_up(store, executor, judge(POLICY))
    await store.move_checkpoint("diagnostics.judging", 0)  # as after a crash between the verdict and the checkpoint
    await catch_up(store, executor, judge(POLICY))
    [judged] = await verdicts(executor)
    assert judged.event.judgement.verdict == "improved"
    assert judged.event.judgement.z == "2.381"
    assert judged.context.correlation == "walk-1"
    assert judged.context.role == "service"
    assert judged.context.causation is not None


async def test_a_session_without_a_route_is_compared_with_nothing(store, executor):
    await take(executor, UUID(int=11), "initial", "bbbbb", route=None)
    await catch_up(store, executor, judge(POLICY))
    assert not [fact for fact in await store.read_log(0) if fact.kind.startswith("comparison.")]


async def test_a_stranger_who_claims_the_route_does_not_become_its_start(store, executor):
    stranger = UUID(int=99)
    await take(executor, UUID(int=10), "initial", "aaaaa", person=stranger)
    await take(executor, UUID(int=11), "initial", "bbbbb")
    await take(executor, UUID(int=12), "final", "aaaaa")
    await catch_up(store, executor, judge(POLICY))
    [judged] = await verdicts(executor)
    assert judged.event.initial.session == UUID(int=11)
    assert await verdicts(executor, stranger) == []


async def test_a_later_initial_session_does_not_replace_the_first(store, executor):
    await take(executor, UUID(int=11), "initial", "aaaaa")
    await take(executor, UUID(int=13), "initial", "bbbbb")
    await take(executor, UUID(int=12), "final", "aaaaa")
    await catch_up(store, executor, judge(POLICY))
    [judged] = await verdicts(executor)
    assert judged.event.judgement.verdict == "no_reliable_change"


async def test_1_3_instruments_are_published_once(store, executor):
    shelf = read_instruments()
    await publish(executor, shelf, NOON)
    await publish(executor, shelf, LATER)
    assert len(await store.read_log(0)) == len(shelf) == 2


async def test_1_3_a_changed_file_under_an_old_version_is_refused_and_said(store, executor, caplog):
    await publish(executor, [TINY], NOON)
    easier = replace(TINY, items=(replace(ITEMS[0], difficulty="-3"), *ITEMS[1:]))
    with caplog.at_level(logging.ERROR):
        await publish(executor, [easier, replace(easier, version=2)], LATER)
    assert "tiny version 1 was changed" in caplog.text
    state, _ = await executor.state(INSTRUMENTS, instrument_id("tiny", 1))
    assert state == Published(instrument=TINY, at=NOON)
    state, _ = await executor.state(INSTRUMENTS, instrument_id("tiny", 2))
    assert state.instrument.items[0].difficulty == "-3"


def test_the_shipped_test_measures_start_and_end_on_one_scale():
    instrument = next(each for each in read_instruments() if each.code == "meta-2026")
    forms = [instrument.form(purpose) for purpose in ("initial", "final")]
    assert [len(form) for form in forms] == [25, 25]
    shared = {item.code for item in forms[0] if item.anchor} & {item.code for item in forms[1] if item.anchor}
    assert len(shared) / 25 > float(read_policy().anchor_share)
    keys = [item.key for item in instrument.items]
    assert max(keys.count(option) for option in "abcd") <= 10


def test_a_file_that_does_not_fit_is_named(tmp_path):
    (tmp_path / "torn.v1.json").write_text('{"code": "torn"}')
    with pytest.raises(ValueError, match=r"torn\.v1\.json"):
        read_instruments(tmp_path)


@pytest.mark.parametrize("each", read_instruments(), ids=lambda each: f"{each.code}.v{each.version}")
def test_an_instrument_survives_the_way_to_disk(each):
    assert msgspec.json.decode(msgspec.json.encode(each), type=type(each)) == each


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (SessionAssigned, {"task": msgspec.to_builtins(TASK), "at": "2026-09-01T12:00:00Z"}),
        (ItemAnswered, {"item": "i1", "option": "a", "at": "2026-09-01T12:00:00Z"}),
        (
            Result,
            {
                "session": str(ROUTE),
                "kind": "test",
                "calibration": "c1",
                "theta": "0",
                "se": "1",
                "items": [],
                "anchors": [],
            },
        ),
        (Judgement, {"verdict": "improved", "obstacle": "", "z": "2.000", "shared_anchors": []}),
        (Option, {"code": "a", "text": "Верно"}),
    ],
)
def test_what_was_stored_in_the_first_days_is_still_read(kind, stored):
    assert msgspec.json.decode(msgspec.json.encode(stored), type=kind)
