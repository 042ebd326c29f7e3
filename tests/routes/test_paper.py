"""Routes kept on paper: registered with their dates, moved, closed, and kept as long as the policy says."""

from datetime import UTC, date, datetime

import pytest

from services.routes import texts
from services.routes.domain import paper as pa
from services.routes.domain.policy import Policies
from services.routes.domain.route.adjusting import ExtensionTooLong
from services.routes.domain.route.designing import TermTooLong
from services.routes.domain.route.records import Term
from services.routes.domain.route.rules import EndBeforeStart, InTheFuture
from services.routes.domain.route.running import OutsideTerm
from tests.problems import problem
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.story import Story

NOW = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)
PAPER = pa.paper(p.POLICIES)
TERM = Term(start=date(2025, 9, 1), end=date(2026, 5, 31))
REGISTER = pa.RegisterPaper(whose=p.WHOSE, tutor=p.BORIS, model="school", term=TERM, place="шкаф 3", at=NOW)
MOVE = pa.MovePaperEnd(end=date(2026, 8, 31), at=NOW)
CLOSE = pa.ClosePaper(on=date(2026, 6, 1), achieved=True, today=date(2026, 9, 14), at=NOW)
BODY = {"teacher_id": str(p.ANNA), "model": "school", "start": "2025-09-01", "end": "2026-05-31", "place": "шкаф 3"}


def after(*commands) -> Story:
    told: list[object] = []
    for command in commands:
        told += PAPER.decide(command, PAPER.fold(told))
    return Story(PAPER).given(*told)


def test_2_7_a_paper_route_is_registered_with_its_dates():
    after().when(REGISTER).then(
        pa.PaperRegistered(whose=p.WHOSE, tutor=p.BORIS, model="school", term=TERM, place=p.annas("шкаф 3"), at=NOW)
    )
    after(REGISTER).when(REGISTER).then()
    after(REGISTER).when(p.but(REGISTER, place="шкаф 4")).refused(pa.PaperRegisteredOtherwise)
    after(REGISTER, CLOSE).when(REGISTER).refused(pa.PaperRegisteredOtherwise)


def test_2_7_and_1_9_a_paper_route_lasts_at_most_a_year():
    last = p.but(REGISTER, term=p.but(TERM, end=date(2026, 9, 1)))
    assert after().when(last)._outcome()
    after().when(p.but(REGISTER, term=p.but(TERM, end=date(2026, 9, 2)))).refused(TermTooLong)
    after().when(p.but(REGISTER, term=p.but(TERM, end=date(2025, 8, 31)))).refused(EndBeforeStart)


def test_1_10_and_1_11_its_last_day_moves_within_eighteen_months():
    after(REGISTER).when(MOVE).then(pa.PaperEndMoved(end=MOVE.end, at=NOW))
    after(REGISTER, MOVE).when(MOVE).then()
    after(REGISTER).when(p.but(MOVE, end=date(2027, 3, 1))).then(pa.PaperEndMoved(end=date(2027, 3, 1), at=NOW))
    after(REGISTER).when(p.but(MOVE, end=date(2027, 3, 2))).refused(ExtensionTooLong)
    after(REGISTER).when(p.but(MOVE, end=date(2025, 8, 31))).refused(EndBeforeStart)


def test_4_4_a_closed_paper_route_is_kept_as_many_years_as_the_policy_says():
    after(REGISTER).when(CLOSE).then(pa.PaperClosed(on=CLOSE.on, achieved=True, kept_until=date(2029, 6, 1), at=NOW))
    five = pa.paper(Policies(versions=(p.but(p.POLICY, paper_years=5),), zone="UTC"))
    assert five.decide(CLOSE, PAPER.fold(after(REGISTER).past))[0].kept_until == date(2031, 6, 1)
    after(REGISTER, CLOSE).when(CLOSE).then()
    after(REGISTER, CLOSE).when(p.but(CLOSE, achieved=False)).refused(pa.PaperEnded)
    after(REGISTER, CLOSE).when(MOVE).refused(pa.PaperEnded)


def test_4_4_only_what_is_registered_is_closed_and_not_before_it_happened():
    after().when(CLOSE).refused(pa.PaperUnknown)
    after().when(MOVE).refused(pa.PaperUnknown)
    after(REGISTER).when(p.but(CLOSE, on=date(2026, 9, 15))).refused(InTheFuture)
    after(REGISTER).when(p.but(CLOSE, on=date(2025, 8, 31))).refused(OutsideTerm)


async def test_2_7_every_route_can_be_printed_with_its_five_sections(walk, somebody):
    await walk.opened()
    await walk.prepared()
    await walk.anna.do(walk.at("request"), {"text": "<b>освоить</b> & применить"})
    half = (await walk.anna.get(walk.at("print"))).text
    assert [half.count(title) for title in texts.SECTIONS] == [1] * 5
    assert "&lt;b&gt;освоить&lt;/b&gt; &amp; применить" in half
    await walk.planned(await walk.diagnosed())
    await walk.started()
    await walk.done()
    await walk.assessed()
    await walk.concluded()
    answer = await walk.boris.get(walk.at("print"))
    assert answer.headers["content-type"].startswith("text/html")
    wanted = ("научиться составлять критерии", "семинар; муниципальный; 01.10.2026 — 02.10.2026", "приказ № 12")
    wanted += ("критерии нужны до урока", "(открытый урок)", "уверенно", "задача достигнута", "14.09.2026 — 31.05.2027")
    for text in (*wanted, *texts.INFORMATION, *texts.SIGNATURES):
        assert text in answer.text, text
    stranger = somebody(p.OTHER, "school_curator", municipality="m-ust", school="s-012")
    await problem(stranger.get(walk.at("print")), 404, "not-found")


@pytest.fixture
async def curator(somebody):
    return somebody(p.OTHER, "school_curator", **PLACE)


async def test_4_1_the_curator_keeps_the_paper_routes_of_the_school(curator, anna, somebody):
    id = (await curator.do("/paper-routes", BODY | PLACE))["id"]
    await curator.do(f"/paper-routes/{id}/term", {"end": "2026-08-31"})
    await curator.do(f"/paper-routes/{id}/closing", {"closed_on": "2026-08-31", "achieved": True})
    (row,) = (await curator.see("/paper-routes"))["items"]
    assert (row["ends"], row["closed_on"], row["kept_until"]) == ("2026-08-31", "2026-08-31", "2029-08-31")
    assert (await curator.see("/paper-routes?kept_until=2029-08-30"))["items"] == []
    assert len((await curator.see("/paper-routes?kept_until=2029-08-31"))["items"]) == 1
    seen = await anna.see(f"/paper-routes/{id}")
    assert (seen["place"], seen["term"]["end"], seen["achieved"], seen["version"]) == ("шкаф 3", "2026-08-31", True, 3)
    stranger = somebody(p.METHODIST, "school_curator", municipality="m-ust", school="s-012")
    assert (await stranger.see("/paper-routes"))["items"] == []
    await problem(stranger.get(f"/paper-routes/{id}"), 404, "not-found")
    await problem(stranger.post(f"/paper-routes/{id}/term", {"end": "2026-08-31"}), 404, "not-found")
    await problem(anna.post(f"/paper-routes/{id}/term", {"end": "2026-08-31"}), 403, "forbidden")
