"""The rules of the navigator: who proposes and who decides, revisions, and how texts are compared."""

from datetime import date
from typing import Any

import msgspec
import pytest

from services.routes.domain.resource import decider as d
from services.routes.domain.resource import records as r
from services.routes.domain.resource.view import view
from services.routes.domain.route import adjusting
from services.routes.domain.route.records import Activity, PickedResource, Term
from services.routes.domain.track import TrackUnavailable
from services.routes.domain.words import words
from shared.domain import Personal, Refusal
from tests.routes import catalogue as c
from tests.routes import path as p
from tests.story import Story

RESOURCE = Story(d.resource)
PROPOSED = r.ResourceProposed(entry=c.COURSE, municipality="m-ust", proposer=p.OTHER, at=p.NOW)
INCLUDED = r.ResourceIncluded(entry=c.COURSE, municipality="m-ust", at=p.NOW)
OWN = r.ResourceIncluded(entry=c.COURSE, municipality="", at=p.NOW)
REVISED = r.ResourceRevised(entry=c.LONGER, revision=2, municipality="", at=p.NOW)
REASON = Personal(subject=p.OTHER, text=c.decline.reason)
DECLINED = r.ResourceDeclined(municipality="m-ust", reason=REASON, at=p.NOW)
WITHDRAWN = r.ResourceWithdrawn(municipality="", at=p.NOW)


def entry(**changes: Any) -> r.Entry:
    changed: r.Entry = p.but(c.COURSE, **changes)
    return changed


def test_2_8_2_10_and_2_8_1_3_a_municipality_proposes_and_the_centre_includes():
    RESOURCE.when(c.propose).then(PROPOSED)
    RESOURCE.given(PROPOSED).when(c.propose).then()
    RESOURCE.given(PROPOSED).when(c.include).then(INCLUDED)
    RESOURCE.given(PROPOSED, INCLUDED).when(c.include).then()


def test_2_8_1_the_centre_declines_with_a_reason():
    RESOURCE.given(PROPOSED).when(c.decline).then(DECLINED)
    RESOURCE.given(PROPOSED, DECLINED).when(c.decline).then()


def test_2_8_1_7_the_centre_publishes_of_its_own_and_withdraws():
    RESOURCE.when(c.publish).then(OWN)
    RESOURCE.given(OWN).when(c.publish).then()
    RESOURCE.given(OWN).when(c.withdraw).then(WITHDRAWN)
    RESOURCE.given(OWN, WITHDRAWN).when(c.withdraw).then()


def test_2_8_1_6_the_centre_publishes_its_teaching_materials_too():
    material = entry(kind="material")
    RESOURCE.when(p.but(c.publish, entry=material)).then(p.but(OWN, entry=material))


def test_1_3_a_revision_has_the_next_number_and_an_equal_one_is_none():
    RESOURCE.given(OWN).when(c.revise).then(REVISED)
    RESOURCE.given(OWN, REVISED).when(c.revise).then()
    back = p.but(c.revise, entry=c.COURSE)
    RESOURCE.given(OWN, REVISED).when(back).then(p.but(REVISED, entry=c.COURSE, revision=3))


REFUSED = [
    ("1.3", (), p.but(c.publish, entry=entry(forms=())), d.ResourceIncomplete),
    ("1.3", (), p.but(c.publish, entry=entry(audience=())), d.ResourceIncomplete),
    ("1.3", (), p.but(c.propose, entry=entry(provider="")), d.ResourceIncomplete),
    (
        "1.3",
        (),
        p.but(c.publish, entry=entry(dates=Term(start=date(2026, 12, 2), end=date(2026, 12, 1)))),
        d.ResourceDatesReversed,
    ),
    ("1.3", (), p.but(c.propose, today=date(2026, 12, 19)), d.ResourceOver),
    ("1.3", (PROPOSED,), p.but(c.include, today=date(2026, 12, 19)), d.ResourceOver),
    ("1.3", (PROPOSED,), p.but(c.propose, entry=c.LONGER), d.ResourceExists),
    ("1.3", (PROPOSED,), c.publish, d.ResourceExists),
    ("1.3", (), c.include, d.ResourceUnknown),
    ("1.3", (), c.decline, d.ResourceUnknown),
    ("1.3", (), c.revise, d.ResourceUnknown),
    ("1.3", (), c.withdraw, d.ResourceUnknown),
    ("2.8.1", (PROPOSED, DECLINED), c.include, d.ProposalDecided),
    ("2.8.1", (PROPOSED, DECLINED), p.but(c.decline, reason="по другой причине"), d.ProposalDecided),
    ("2.8.1", (PROPOSED, INCLUDED), c.decline, d.ProposalDecided),
    ("2.8.1", (OWN, WITHDRAWN), c.include, d.ProposalDecided),
    ("2.8.1", (PROPOSED,), c.revise, d.NotInCatalogue),
    ("2.8.1", (PROPOSED,), c.withdraw, d.NotInCatalogue),
    ("2.8.1", (OWN, WITHDRAWN), c.revise, d.NotInCatalogue),
    ("3.1.5", (), p.but(c.publish, entry=entry(track="closed"), track_open=False), TrackUnavailable),
    ("3.1.5", (OWN,), p.but(c.revise, entry=entry(track="closed"), track_open=False), TrackUnavailable),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}-{type(case[2]).__name__}-{case[3].__name__}")
def test_1_3_and_2_8_1_the_navigator_says_no(case: Any):
    clause, past, command, rule = case
    RESOURCE.given(*past).when(command).refused(rule)
    assert rule.clause == clause


def test_every_refusal_of_the_navigator_has_its_story():
    known = {thing for thing in vars(d).values() if isinstance(thing, type) and issubclass(thing, Refusal)}
    assert {rule for *_, rule in REFUSED} == known - {Refusal}


def test_3_1_5_an_entry_keeps_the_track_that_was_closed_since():
    tracked = p.but(OWN, entry=entry(track="rural"))
    longer = p.but(c.LONGER, track="rural")
    command = p.but(c.revise, entry=longer, track_open=False)
    RESOURCE.given(tracked).when(command).then(p.but(REVISED, entry=longer))


def test_1_3_and_2_8_5_a_picked_resource_is_kept_with_its_revision():
    (told,) = p.after(*p.PLANNED).when(c.plan_picked)._outcome()
    assert (told.activity.resource, told.activity.hours) == (PickedResource(id=c.RESOURCE, revision=2), 36)
    change = adjusting.Adjust(**p.TUTEE, reason="request", added_activities=(c.NEW,))
    proposed, _ = p.after(*p.STARTED).when(change)._outcome()
    assert proposed.activity == told.activity
    again = p.but(c.plan_picked, offered=p.but(c.OFFERED, listed=False))
    p.after(*p.PLANNED, c.plan_picked).when(again).then()  # planned before it was withdrawn


def test_an_activity_stored_before_there_was_a_navigator_is_read_as_ever():
    old = msgspec.to_builtins(p.activity)
    del old["resource"], old["hours"]
    assert msgspec.convert(old, Activity) == p.activity


def test_an_odd_history_changes_nothing():
    for fact in (DECLINED, REVISED, WITHDRAWN):
        assert d.resource.fold([fact]) == r.Absent()
    assert d.resource.fold([PROPOSED, REVISED, WITHDRAWN]) == d.resource.fold([PROPOSED])


def test_the_row_never_tells_why_a_proposal_was_declined():
    (row,) = view(p.ACTIVITY, 2, d.resource.fold([PROPOSED, DECLINED]))
    assert "reason" not in row.values
    assert row.values["status"] == "declined"
    assert not any(isinstance(value, Personal) for value in row.values.values())


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Критерии «Оценивания» — 2026!", "критерии оценивания 2026"),
        ("крите\u200bрии, кри\u00adтерии", "критерии критерии"),
        ("\u202eкритерии\u202c", "критерии"),
        ("Ёлка и ещё ёж", "елка и еще еж"),
        ("уче\u0301ник и и\u0306од", "ученик и йод"),
        ("👩‍🏫 урок_мастерства", "урок мастерства"),
        ("ＦＵＬＬ ﬁne", "full fine"),
        ("\x00\u2028— 🙂", ""),
    ],
)
def test_texts_are_compared_by_what_is_read(written: str, compared: str):
    assert words(written) == compared
    assert words(compared) == compared
