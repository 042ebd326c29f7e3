"""Consent documents: every published text with its hash; each consent is to one text, and withdrawn on its own."""

import json
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from services.people.documents import PUBLISHED, Library, read_library
from services.people.domain.person import consents as c
from services.people.domain.person import facts as p
from services.people.domain.person.decider import person
from services.people.published import publish
from shared.http.problems import NotFound
from shared.store.types import Recorded
from tests.people import examples as e
from tests.people.examples import SHOWN
from tests.problems import problem
from tests.story import Story

PERSON = Story(person).given(e.registered)
PHOTO = c.GiveConsent(document="cd" * 32, kind="photo_publication", version="1", at=e.NOW)
PHOTO_GIVEN = p.ConsentGiven(document="cd" * 32, kind="photo_publication", version="1", at=e.NOW)
DAY = date(2026, 9, 14)


def test_3_1_3_kinds_of_consent_stand_side_by_side():
    given = p.ConsentGiven(document=e.DOCUMENT, at=e.NOW)
    PERSON.given(given).when(PHOTO).then(PHOTO_GIVEN)
    withdrawn = p.ConsentWithdrawn(kind="photo_publication", at=e.NOW)
    both = PERSON.given(given, PHOTO_GIVEN)
    both.when(c.WithdrawConsent(kind="photo_publication", at=e.NOW)).then(withdrawn)
    assert person.fold([e.registered, given, PHOTO_GIVEN, withdrawn]).consented
    assert not person.fold([e.registered, PHOTO_GIVEN]).consented


def recorded(event):
    return Recorded(id=UUID(int=7), stream=f"person-{e.ANNA}", version=1, kind="x", event=event, context=None,
                    recorded_at=e.NOW)  # fmt: skip


def test_only_the_consent_to_the_processing_of_personal_data_is_promised():
    assert publish(recorded(p.ConsentGiven(document=e.DOCUMENT, at=e.NOW))).contract == "people.consent_given.v1"
    assert publish(recorded(PHOTO_GIVEN)) is None
    assert publish(recorded(p.ConsentWithdrawn(kind="photo_publication", at=e.NOW))) is None


def written(folder, version, valid_from, text, kind=p.PERSONAL_DATA):
    about = {"kind": kind, "version": version, "valid_from": valid_from.isoformat(), "title": "Согласие"}
    (folder / f"{kind}.{version}.json").write_text(json.dumps({**about, "paragraphs": [text]}), encoding="utf-8")


def test_a_newer_text_takes_the_place_of_the_older_on_its_day(tmp_path):
    written(tmp_path, "1", DAY, "первый")
    written(tmp_path, "2", DAY + timedelta(days=1), "второй")
    library = read_library(tmp_path)
    first, second = (sha256(text.encode()).hexdigest() for text in ("первый", "второй"))
    assert library.shown(p.PERSONAL_DATA, first, DAY).version == "1"
    with pytest.raises(c.ConsentTextUnknown):
        library.shown(p.PERSONAL_DATA, second, DAY)
    later = DAY + timedelta(days=1)
    assert library.shown(p.PERSONAL_DATA, second, later).version == "2"
    with pytest.raises(c.ConsentTextReplaced):
        library.shown(p.PERSONAL_DATA, first, later)
    with pytest.raises(NotFound):
        library.shown("photo_publication", first, later)
    with pytest.raises(NotFound):
        library.version(p.PERSONAL_DATA, "2", DAY)


def test_a_folder_that_cannot_be_right_stops_the_start(tmp_path):
    with pytest.raises(ValueError, match="personal_data"):
        read_library(tmp_path)
    written(tmp_path, "1", DAY, "первый")
    written(tmp_path, "2", DAY, "второй")
    with pytest.raises(ValueError, match="same day"):
        read_library(tmp_path)
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(ValueError, match=r"broken\.json"):
        read_library(tmp_path)


def test_a_published_text_is_never_edited():
    """Somebody consented to exactly this: a change is a new file with a new version."""
    known = {
        ("personal_data", "1"): "b2da1aa8d8c30bcd77b65361ddfe70cee66469a360b1818e4e9536a3d92f7476",
        ("photo_publication", "1"): "a006b474a66d2c490c35c5d50ade0c09011c426957fff514eb5e5934a8461e12",
    }
    library: Library = read_library(PUBLISHED)
    assert {(each.kind, each.version): each.sha256 for each in library.documents} == known


async def test_anybody_reads_the_texts_with_their_hashes(nobody):
    listed = (await nobody.get("/consents")).json()["items"]
    assert [one["kind"] for one in listed] == ["personal_data", "photo_publication"]
    one = (await nobody.get("/consents/personal_data")).json()
    assert one == (await nobody.get("/consents/personal_data/1")).json() == listed[0]
    assert sha256(one["text"].encode()).hexdigest() == one["sha256"] == SHOWN
    await problem(nobody.get("/consents/personal_data/9"), 404, "not-found")
    await problem(nobody.get("/consents/no_such_kind"), 404, "not-found")


async def test_a_consent_is_to_the_text_that_was_shown_and_to_no_other(anna, nobody, app):
    path = f"/persons/{anna.id}/consents/personal_data"
    await problem(anna.post(path, {"document_hash": "ab" * 32}), 409, "consent-text-unknown")
    photo = (await nobody.get("/consents/photo_publication")).json()["sha256"]
    await problem(anna.post(path, {"document_hash": photo}), 409, "consent-text-unknown")
    await anna.do(path, {"document_hash": SHOWN})
    await anna.do(f"/persons/{anna.id}/consents/photo_publication", {"document_hash": photo})
    me = (await anna.get("/me")).json()
    assert [(one["kind"], one["version"]) for one in me["consents"]] == [
        ("personal_data", "1"),
        ("photo_publication", "1"),
    ]
    await anna.do(f"{path}/withdrawal", {})
    me = (await anna.get("/me")).json()
    assert (me["consented"], [one["kind"] for one in me["consents"]]) == (False, ["photo_publication"])
