"""The regional centre writes an instrument; a colleague reviews it; then it is published, and one day retired."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.diagnostics.domain.authoring import (
    Approve,
    Draft,
    NotApproved,
    NotInReview,
    NotPublished,
    OwnDraft,
    Publish,
    PublishApproved,
    Retire,
    ReturnDraft,
    Revise,
    SubmitForReview,
    UnderReview,
    UnknownInstrument,
    UnsoundInstrument,
    VersionAlreadyPublished,
    VersionTaken,
    instrument,
)
from services.diagnostics.domain.authoring_facts import (
    DraftApproved,
    DraftReturned,
    DraftRevised,
    DraftSubmitted,
    InstrumentDrafted,
    InstrumentPublished,
    InstrumentRetired,
)
from shared.domain import Personal
from tests.diagnostics.examples import ITEMS, LATER, NOON, RUBRIC, TINY
from tests.diagnostics.test_api import key
from tests.problems import is_problem
from tests.story import Story

ZOYA, IVAN = UUID(int=31), UUID(int=32)
EASIER = replace(TINY, items=(replace(ITEMS[0], difficulty="-3"), *ITEMS[1:]))
FLAWED = replace(TINY, items=(replace(ITEMS[0], key="z"), *ITEMS[1:]))

story = Story(instrument)
drafted = InstrumentDrafted(instrument=TINY, by=ZOYA, at=NOON)
revised = DraftRevised(instrument=EASIER, by=IVAN, at=NOON)
submitted = DraftSubmitted(by=ZOYA, at=NOON)
returned = DraftReturned(by=IVAN, reason=Personal(subject=IVAN, text="Вопрос 3 двусмыслен"), at=NOON)
approved = DraftApproved(by=IVAN, at=NOON)
published = InstrumentPublished(instrument=TINY, at=NOON)
retired = InstrumentRetired(by=ZOYA, reason="outdated", at=NOON)

submit = SubmitForReview(by=ZOYA, at=NOON)
give_back = ReturnDraft(by=IVAN, reason="Вопрос 3 двусмыслен", at=NOON)
approve = Approve(by=IVAN, own_allowed=False, at=NOON)
publish = PublishApproved(by=ZOYA, at=NOON)
retire = Retire(by=ZOYA, reason="outdated", at=NOON)


def test_2_8_1_4_a_draft_goes_its_way_to_being_retired():
    story.when(Draft(instrument=TINY, by=ZOYA, at=NOON)).then(drafted)
    story.given(drafted).when(submit).then(submitted)
    story.given(drafted, submitted).when(approve).then(approved)
    story.given(drafted, submitted, approved).when(publish).then(published)
    story.given(drafted, submitted, approved, published).when(retire).then(retired)


def test_2_8_1_the_same_wish_twice_is_silence():
    story.given(drafted).when(Draft(instrument=TINY, by=ZOYA, at=LATER)).then()
    story.given(drafted).when(Revise(instrument=TINY, by=IVAN, at=LATER)).then()
    story.given(drafted, submitted).when(submit).then()
    story.given(drafted, submitted, approved).when(approve).then()
    story.given(drafted, submitted, approved, published).when(publish).then()
    story.given(published, retired).when(retire).then()
    story.given(published, retired).when(Publish(instrument=TINY, at=LATER)).then()


def test_2_8_1_a_returned_draft_is_revised_and_reviewed_again():
    story.given(drafted, submitted).when(give_back).then(returned)
    story.given(drafted, submitted, approved).when(give_back).then(returned)
    story.given(drafted, submitted, returned).when(Revise(instrument=EASIER, by=IVAN, at=NOON)).then(revised)
    state = instrument.fold([drafted, submitted, returned, revised])
    assert state.returned == returned.reason
    story.given(drafted, submitted, returned, revised).when(submit).then(submitted)


def test_2_8_1_who_wrote_in_a_draft_does_not_approve_it():
    own = replace(approve, by=ZOYA)
    story.given(drafted, submitted).when(own).refused(OwnDraft)
    story.given(drafted, revised, submitted).when(approve).refused(OwnDraft)  # Ivan revised it
    story.given(drafted, submitted).when(replace(own, own_allowed=True)).then(DraftApproved(by=ZOYA, at=NOON))


@pytest.mark.parametrize(
    ("past", "command", "rule"),
    [
        ([], submit, UnknownInstrument),
        ([], Revise(instrument=TINY, by=ZOYA, at=NOON), UnknownInstrument),
        ([drafted], Draft(instrument=TINY, by=IVAN, at=NOON), VersionTaken),
        ([published], Draft(instrument=TINY, by=IVAN, at=NOON), VersionTaken),
        ([drafted, submitted], Revise(instrument=EASIER, by=ZOYA, at=NOON), UnderReview),
        ([drafted, submitted, approved], Revise(instrument=EASIER, by=ZOYA, at=NOON), UnderReview),
        ([drafted], approve, NotInReview),
        ([drafted], give_back, NotInReview),
        ([drafted], publish, NotApproved),
        ([drafted, submitted], publish, NotApproved),
        ([drafted, submitted, returned], publish, NotApproved),
        ([drafted], retire, NotPublished),
        ([published], Revise(instrument=EASIER, by=ZOYA, at=NOON), VersionAlreadyPublished),
        ([published], submit, VersionAlreadyPublished),
        ([published, retired], publish, NotApproved),
        ([drafted], Publish(instrument=TINY, at=NOON), VersionAlreadyPublished),
        ([InstrumentDrafted(instrument=FLAWED, by=ZOYA, at=NOON)], submit, UnsoundInstrument),
    ],
)
def test_2_8_1_a_step_out_of_turn_is_refused(past, command, rule):
    story.given(*past).when(command).refused(rule)


# Over HTTP


def written(of=TINY, **other):
    """The instrument as its author sends it."""
    return {
        "code": of.code,
        "family": of.family,
        "kind": of.kind,
        "title": of.title,
        "calibration": of.calibration,
        "competencies": [
            {"code": each.code, "name": each.name, "cuts": list(each.cuts), "levels": list(each.levels)}
            for each in of.competencies
        ],
        "items": [
            {
                "code": item.code,
                "competency": item.competency,
                "text": item.text,
                "options": [{"code": o.code, "text": o.text, "points": o.points} for o in item.options],
                "correct": item.key,
                "difficulty": item.difficulty,
                "anchor": item.anchor,
            }
            for item in of.items
        ],
        "initial": list(of.forms.initial),
        "final": list(of.forms.final),
        **other,
    }


async def publishing(client, zoya, ivan, of=TINY) -> str:
    """The whole way; the address of the published version."""
    drafted = await client.post("/instruments", json=written(of), headers=zoya | key())
    assert drafted.status_code == 201, drafted.text
    path = f"/instruments/{of.code}/{drafted.json()['instrument_version']}"
    for who, step in ((zoya, "review"), (ivan, "approval"), (zoya, "publication")):
        answer = await client.post(f"{path}/{step}", headers=who | key())
        assert answer.status_code == 200, answer.text
    return path


@pytest.fixture
def zoya(bearer):
    return bearer(ZOYA, "regional_centre")


@pytest.fixture
def ivan(bearer):
    return bearer(IVAN, "regional_centre")


async def test_2_8_1_what_the_centre_published_is_measured_with(serve, zoya, ivan, bearer):
    anna = bearer(UUID(int=1), "teacher", municipality="m-ust", school="s-011")
    new = {"person_id": str(UUID(int=1)), "instrument": "tiny", "purpose": "initial"}
    place = {"municipality": "m-ust", "school": "s-011"}
    async with serve() as client:
        is_problem(await client.post("/sessions", json=new | place, headers=anna | key()), 409, "unknown-instrument")
        path = await publishing(client, zoya, ivan)
        assert path == "/instruments/tiny/1"
        assert (await client.post("/sessions", json=new | place, headers=anna | key())).status_code == 201
        retired = await client.post(f"{path}/retirement", json={"reason": "outdated"}, headers=zoya | key())
        assert retired.status_code == 200
        named = new | place | {"version": 1}
        is_problem(await client.post("/sessions", json=named, headers=anna | key()), 409, "retired-instrument")
        is_problem(await client.post("/sessions", json=new | place, headers=anna | key()), 409, "unknown-instrument")
        codes = [each["code"] for each in (await client.get("/instruments", headers=anna)).json()["items"]]
        assert "tiny" not in codes
        listed = await client.get("/instruments", params={"status": "retired"}, headers=zoya)
        assert [(each["code"], each["status"]) for each in listed.json()["items"]] == [("tiny", "retired")]


async def test_2_8_1_the_next_version_gets_the_next_number_and_the_shelf_goes_on_working(serve, zoya, ivan):
    async with serve() as client:
        headers = zoya | key()
        first = await client.post("/instruments", json=written(code="meta-2026"), headers=headers)
        again = await client.post("/instruments", json=written(code="meta-2026"), headers=headers)
        assert first.json() == again.json()
        assert first.json()["instrument_version"] == 2  # the shelf's is the first
        other = await client.post("/instruments", json=written(code="meta-2026"), headers=ivan | key())
        assert other.json()["instrument_version"] == 3
    async with serve() as client:
        assert (await client.get("/instruments/meta-2026/1", headers=zoya)).status_code == 200


async def test_2_8_1_a_draft_tells_its_flaws_in_russian_and_is_not_submitted_with_them(serve, zoya):
    async with serve() as client:
        await client.post("/instruments", json=written(FLAWED), headers=zoya | key())
        shown = (await client.get("/instruments/tiny/1/draft", headers=zoya)).json()
        assert shown["flaws"] == ["Правильный ответ вопроса «i1» не входит в его варианты."]
        body = is_problem(
            await client.post("/instruments/tiny/1/review", headers=zoya | key()), 409, "unsound-instrument"
        )
        assert body["clause"] == "1.3"
        mended = without_code(written())
        answer = await client.post("/instruments/tiny/1/revision", json=mended, headers=zoya | key())
        assert answer.status_code == 200, answer.text
        assert (await client.get("/instruments/tiny/1/draft", headers=zoya)).json()["flaws"] == []


def without_code(body):
    return {name: value for name, value in body.items() if name != "code"}


async def test_2_8_1_a_reviewer_returns_with_a_reason_that_the_author_reads(serve, zoya, ivan):
    async with serve() as client:
        await client.post("/instruments", json=written(RUBRIC), headers=zoya | key())
        await client.post("/instruments/lesson/1/review", headers=zoya | key())
        is_problem(await client.post("/instruments/lesson/1/approval", headers=zoya | key()), 409, "own-draft")
        reason = {"reason": "Показатель c2 непонятен 🙂"}
        answer = await client.post("/instruments/lesson/1/return", json=reason, headers=ivan | key())
        assert answer.status_code == 200
        shown = (await client.get("/instruments/lesson/1/draft", headers=zoya)).json()
        assert (shown["status"], shown["returned"]) == ("draft", reason["reason"])
        assert shown["author_ids"] == [str(ZOYA)]


async def test_2_8_1_drafts_with_their_answers_are_seen_by_the_centre_alone(serve, zoya, ivan, bearer):
    async with serve() as client:
        await client.post("/instruments", json=written(), headers=zoya | key())
        for role, place in [("tutor", {"municipality": "m", "school": "s"}), ("methodist", {}), ("auditor", {})]:
            stranger = bearer(uuid4(), role, **place)
            is_problem(await client.get("/instruments/tiny/1/draft", headers=stranger), 403, "forbidden")
        tutor = bearer(uuid4(), "tutor", municipality="m", school="s")
        answer = await client.get("/instruments", params={"status": "draft"}, headers=tutor)
        is_problem(answer, 403, "forbidden")
        is_problem(await client.get("/instruments/tiny/1", headers=zoya), 404, "not-found")
        for who, step in ((zoya, "review"), (ivan, "approval"), (ivan, "publication")):
            assert (await client.post(f"/instruments/tiny/1/{step}", headers=who | key())).status_code == 200
        is_problem(await client.get("/instruments/tiny/1/draft", headers=zoya), 404, "not-found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": "\x00Тест"}, "#/title"),
        ({"title": "т" * 10_000}, "#/title"),
        ({"kind": "horoscope"}, "#/kind"),
        ({"items": [{"code": "i 1"}]}, "#/items/0/code"),
        ({"initial": ["i1"] * 201}, "#/initial"),
        (
            {"competencies": [{"code": "c", "name": "C", "cuts": ["1e9"], "levels": ["а", "б"]}]},
            "#/competencies/0/cuts/0",
        ),
    ],
)
async def test_2_8_1_a_malformed_draft_names_its_field(serve, zoya, change, pointer):
    async with serve() as client:
        answer = await client.post("/instruments", json=written() | change, headers=zoya | key())
        body = is_problem(answer, 422, "invalid-request")
        assert pointer in [error["pointer"] for error in body["errors"]]
