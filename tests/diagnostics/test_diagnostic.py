"""A diagnostic is a set of procedures that gives a level per competency (clause 1.3)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.diagnostics.categories import APPRAISALS, CATEGORIES, DIAGNOSTICS, IMPORTS
from services.diagnostics.domain.appraisal import Conclude
from services.diagnostics.domain.diagnostic import diagnostic, diagnostic_id, standings
from services.diagnostics.domain.outside import import_id
from services.diagnostics.domain.scoring import sheet
from services.diagnostics.following import catch_up
from services.diagnostics.gathering import gather
from services.diagnostics.library import read_conduct
from services.diagnostics.settings import DiagnosticsSettings
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from tests.diagnostics.examples import (
    ANNA,
    BORIS,
    CONDUCT,
    LATER,
    RUBRIC,
    TODAY,
    VERA,
    arrange,
    finding,
    taking_over,
)
from tests.diagnostics.test_appraisal import rate
from tests.diagnostics.test_judging import context, take
from tests.story import Story

story = Story(diagnostic)
ZONE = DiagnosticsSettings().time_zone


def noted(*commands):
    state = diagnostic.initial
    for command in commands:
        state = diagnostic.fold(diagnostic.decide(command, state), state)
    return state


def standing(*commands):
    [found] = standings(noted(*commands))
    return found


def test_1_3_what_a_procedure_gave_is_noted_once():
    [fact] = diagnostic.decide(finding(1), diagnostic.initial)
    story.given(fact).when(finding(1)).then()
    story.given(fact).when(finding(1, level="другой")).then()  # the first word on a procedure stands


def test_1_3_the_procedure_that_comes_first_in_the_policy_stands():
    found = standing(finding(1, "interview", "низкий"), finding(2, "test", "высокий"), finding(3, "pupils", "средний"))
    assert (found.level, found.kind, found.finding) == ("высокий", "test", UUID(int=2))
    other = replace(finding(4, "own_work", "средний"), precedence=("own_work", "test"))
    assert standing(finding(2, "test", "высокий"), other).level == "средний"


def test_1_3_of_two_of_a_kind_the_later_stands():
    earlier = finding(2, "test", "низкий", TODAY - timedelta(days=1))
    assert standing(finding(1, "test", "высокий"), earlier).level == "высокий"


def test_1_3_self_diagnosis_is_never_mixed_with_anything():
    alone = standing(finding(1, "self", "высокий"))
    assert (alone.level, alone.self_level) == (None, "высокий")
    beside = standing(finding(1, "self", "высокий"), finding(2, "interview", "низкий"))
    assert (beside.level, beside.self_level) == ("низкий", "высокий")
    forced = replace(finding(3, "self", "высокий"), precedence=("self",))
    assert standing(forced).level is None  # whatever the policy says
    assert "self" not in CONDUCT.precedence


def test_initial_and_final_strangers_and_routes_are_kept_apart():
    whose = finding(1).whose
    others = [replace(whose, purpose="final"), replace(whose, person=VERA), replace(whose, route=None)]
    assert len({diagnostic_id(each) for each in [whose, *others]}) == 4


@pytest.fixture
def store():
    return MemoryStore(CATEGORIES)


async def test_1_3_every_kind_of_procedure_reaches_the_diagnostic_once(store):
    executor = Executor(store)
    await take(executor, UUID(int=11), "initial", "aaaab")
    id = UUID(int=12)
    conclude = Conclude(form=sheet(RUBRIC, "initial"), conduct=CONDUCT, by=BORIS, at=LATER)
    for command in (arrange, rate(BORIS, "pyy"), rate(VERA, "ypy"), conclude):
        await executor.execute(APPRAISALS, id, command, context())
    await executor.execute(IMPORTS, import_id(taking_over.results), taking_over, context())
    for _ in range(2):
        await catch_up(store, executor, gather(CONDUCT, ZONE))
        await store.move_checkpoint("diagnostics.gathering", 0)  # as after a crash
    state, version = await executor.state(DIAGNOSTICS, diagnostic_id(finding(1).whose))
    assert version == 3
    assert {(each.finding.source, each.finding.kind) for each in state.findings} == {
        ("session", "test"),
        ("appraisal", "observation"),
        ("import", "interview"),
    }
    found = {each.competency: (each.level, each.kind) for each in standings(state)}
    assert found == {"informational": ("высокий", "test"), "communicative": ("высокий", "observation")}
    assert {each.finding.held_on for each in state.findings} == {date(2026, 9, 1)}
    assert {each.whose.person for each in state.findings} == {ANNA}


def test_a_shelf_without_a_conduct_goes_by_the_shipped_one(tmp_path):
    assert read_conduct(tmp_path) == CONDUCT
    (tmp_path / "conduct.json").write_text('{"version": 7}')
    with pytest.raises(ValueError, match=r"conduct\.json"):
        read_conduct(tmp_path)
