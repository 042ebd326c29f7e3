"""Local acts of a school (pp. 2.8.3, 4.1): registered with their file, ended by later ones, never gone."""

import io
import zipfile
from base64 import b64encode
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from services.people.domain import act as a
from services.people.filing import MOST_BYTES, ODT, FileEmpty, FileTooLarge, FileUnfit, examined
from tests.people import examples as e
from tests.people.examples import ACT_SAYS, DIRECTOR, PDF
from tests.problems import problem
from tests.story import Story

CLEAN = Story(a.act)
registered = a.act.decide(e.register_act, a.Unregistered())[0]
KNOWN = CLEAN.given(registered)


def end(how, **more):
    return a.EndAct(how=how, by=e.LATER, **(e.BY_LATER | more))


def test_2_8_3_3_an_act_is_registered_once_with_its_title_sealed():
    CLEAN.when(e.register_act).then(registered)
    assert registered.title == a.Personal(subject=e.ORDER, text="О назначении тьютора")
    KNOWN.when(e.register_act).then()
    KNOWN.when(replace(e.register_act, title="О другом")).refused(a.ActRegisteredOtherwise)
    CLEAN.when(replace(e.register_act, day=date(2026, 9, 15))).refused(a.ActInFuture)


@pytest.mark.parametrize(("how", "fact"), [("replaced", a.ActReplaced), ("cancelled", a.ActCancelled)])
def test_2_8_3_an_act_is_ended_by_a_later_one_and_stays(how, fact):
    KNOWN.when(end(how)).then(fact(by=e.LATER, at=e.NOW))
    ended = KNOWN.given(fact(by=e.LATER, at=e.NOW))
    ended.when(end(how)).then()
    ended.when(replace(end(how), by=UUID(int=9))).refused(a.ActNotValid)
    state = a.act.fold([registered, fact(by=e.LATER, at=e.NOW)])
    assert state.registered == registered
    with pytest.raises(a.ActNotValid):
        a.basis(state, "s-011")


def test_2_8_3_an_act_is_not_ended_by_an_earlier_one_or_itself_or_another_schools():
    KNOWN.when(end("replaced", by_day=date(2026, 8, 31))).refused(a.ActNotLater)
    KNOWN.when(replace(end("replaced"), by=e.ORDER)).refused(a.ActNotLater)
    KNOWN.when(end("replaced", by_school="s-012")).refused(a.ActUnknown)
    CLEAN.when(end("replaced")).refused(a.ActUnknown)
    with pytest.raises(a.ActUnknown):
        a.basis(a.act.fold([registered]), "s-012")


def packed(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("CT", "[Content_Types].xml"), content)
    return made.getvalue()


DOCX = packed(CT=b"<Types/>", **{"word__document.xml": b"<w/>"})


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (PDF, "pdf"),
        (b"\xff\xd8\xff\xe0JFIF", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (DOCX, "docx"),
        (packed(mimetype=ODT), "odt"),
    ],
)
def test_a_file_is_what_its_bytes_say(content, media):
    file = examined(content)
    assert (file.media, file.size, file.sha256) == (media, len(content), sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", FileEmpty),
        (b"MZ\x90\x00", FileUnfit),
        (b"<html><script>alert(1)</script>", FileUnfit),
        (b"PK\x03\x04 broken", FileUnfit),
        (packed(**{"xl__workbook.xml": b"<x/>"}), FileUnfit),
        (packed(mimetype=b"application/epub+zip"), FileUnfit),
        (b"GIF89a", FileUnfit),
        (PDF + bytes(MOST_BYTES), FileTooLarge),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_another_file_is_refused(content, rule):
    with pytest.raises(rule):
        examined(content)


@pytest.fixture
async def order(director):
    return (await director.do("/acts", ACT_SAYS))["id"]


async def curator_of(admin, sign_in, school):
    email = f"{uuid4().hex[:8]}@school.example"
    id = (await admin.do("/persons", DIRECTOR | {"email": email, "school": school}))["id"]
    await admin.do(f"/persons/{id}/grants", {"role": "school_curator", "school": school})
    return await sign_in(email)


async def test_4_1_the_curator_keeps_the_schools_acts(places, admin, sign_in):
    curator = await curator_of(admin, sign_in, "s-011")
    done = await curator.do("/acts", ACT_SAYS)
    later = await curator.do("/acts", ACT_SAYS | {"number": "15-к", "day": "2026-09-10", "title": "О замене"})
    await curator.do(f"/acts/{done['id']}/replacement", {"by": later["id"]})
    listed = (await curator.get("/acts?school=s-011")).json()["items"]
    assert [(one["number"], one["status"]) for one in listed] == [("15-к", "valid"), ("12-к", "replaced")]
    card = (await curator.get(f"/acts/{done['id']}")).json()
    assert (card["title"], card["ended_by"], card["sha256"]) == (
        ACT_SAYS["title"],
        later["id"],
        sha256(PDF).hexdigest(),
    )


async def test_2_8_3_a_tutor_is_appointed_by_an_order(director, anna, order):
    role = {"role": "tutor", "school": "s-011", "act": order}
    await director.do(f"/persons/{anna.id}/grants", role)
    held = (await anna.get("/me")).json()["grants"]
    assert next(grant["act"] for grant in held if grant["role"] == "tutor") == order
    await problem(director.post(f"/persons/{anna.id}/grants", role | {"act": str(uuid4())}), 409, "act-unknown")
    later = await director.do("/acts", ACT_SAYS | {"number": "13-к"})
    await director.do(f"/acts/{order}/cancellation", {"by": later["id"]})
    await problem(director.post(f"/persons/{anna.id}/grants", role), 409, "act-not-valid")


async def test_a_file_is_handed_out_to_the_school_alone(director, anna, order, admin, sign_in, nobody):
    for reader in (director, anna, admin):
        answer = await reader.get(f"/acts/{order}/file")
        assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
        assert answer.headers["content-disposition"] == 'attachment; filename="act.pdf"'
        assert answer.headers["x-content-type-options"] == "nosniff"
    stranger = await curator_of(admin, sign_in, "s-012")
    for path in (f"/acts/{order}", f"/acts/{order}/file", "/acts?school=s-011", "/acts?school=s-999"):
        await problem(stranger.get(path), 404, "not-found")
        await problem(nobody.get(path), 401, "unauthenticated")
    await problem(stranger.post(f"/acts/{order}/replacement", {"by": order}), 404, "not-found")
    await problem(anna.post(f"/acts/{order}/replacement", {"by": order}), 403, "forbidden")


async def test_an_act_of_another_school_ends_nothing(director, admin, order):
    elsewhere = (await admin.do("/acts", ACT_SAYS | {"school": "s-012", "day": "2026-09-10"}))["id"]
    await problem(director.post(f"/acts/{order}/cancellation", {"by": elsewhere}), 409, "act-unknown")
    await problem(director.post(f"/acts/{order}/cancellation", {"by": order}), 409, "act-not-later")
    await problem(director.post("/acts", ACT_SAYS | {"title": "О другом"}), 409, "act-registered-otherwise")
    card = (await director.get(f"/acts/{order}")).json()
    assert (card["status"], card["title"], card["ended_by"]) == ("valid", ACT_SAYS["title"], None)


async def test_the_same_act_sent_twice_is_one(director, order):
    again = await director.do("/acts", ACT_SAYS)
    assert again["id"] == order
    assert again["version"] == 1


BAD = [
    ({"number": ""}, 422, "invalid-request"),
    ({"number": "12\u202eк"}, 422, "invalid-request"),
    ({"title": "О\x00б"}, 422, "invalid-request"),
    ({"day": "2100-01-01"}, 422, "invalid-request"),
    ({"day": "1900-01-01"}, 422, "invalid-request"),
    ({"kind": "letter"}, 422, "invalid-request"),
    ({"content": "не base64"}, 422, "invalid-request"),
    ({"content": ""}, 409, "file-empty"),
    ({"content": b64encode(b"MZ").decode()}, 409, "file-unfit"),
    ({"day": (date.today() + timedelta(days=3)).isoformat()}, 409, "act-in-future"),
    ({"school": "s-999"}, 409, "organisation-unknown"),
]


async def test_a_wrong_act_is_refused_and_leaves_no_file(director, app):
    for wrong, status, name in BAD:
        await problem(director.post("/acts", ACT_SAYS | wrong), status, name)
    assert await app.state.runtime.store.fetch("SELECT FROM act_files") == []


async def test_the_largest_act_goes_through_and_a_larger_one_does_not(director):
    content = b64encode(PDF + bytes(MOST_BYTES - len(PDF))).decode()
    assert (await director.do("/acts", ACT_SAYS | {"content": content}))["version"] == 1
    larger = ACT_SAYS | {"content": "A" * 15_100_000}
    await problem(director.post("/acts", larger), 413, "too-large")


async def test_titles_and_files_stand_nowhere_among_the_facts(director, order, app):
    rows = await app.state.runtime.store.fetch("SELECT data FROM facts")
    kept = b"".join(row["data"] for row in rows)
    assert "назначении".encode() not in kept
    assert b"%PDF" not in kept
    assert sha256(PDF).hexdigest().encode() in kept
