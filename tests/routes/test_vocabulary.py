"""The region's words: published data with versions, word for word those of the regulation."""

import json
from datetime import date
from pathlib import Path

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from services.routes import bodies
from services.routes.addresses import ADDRESSES
from services.routes.vocabularies import PUBLISHED, Vocabularies, listed, marks, read_vocabularies, spoken
from tests.problems import problem
from tests.routes import path as p
from tests.routes.walk import ACTIVITY

WORDS = read_vocabularies(PUBLISHED).versions[0]
PRINTED = Path(__file__).with_name("annexes.txt").read_text(encoding="utf-8")  # the regulation's own lines
ANNEXES = " ".join(PRINTED.replace("-\n", "-").split())  # a line that ends in a hyphen goes on without a space
COUNTED = {"levels": 6, "mentoring": 8, "competencies": 8, "tags": 9, "products": 6, "presentations": 6, "models": 2}


@pytest.mark.parametrize(("of", "how_many"), COUNTED.items())
def test_1_3_the_regulation_counts_as_many(of: str, how_many: int):
    assert len(getattr(WORDS, of)) == how_many


def test_1_3_the_eight_competencies_have_twenty_two_indicators():
    assert sum(len(each.indicators) for each in WORDS.competencies) == 22


@pytest.mark.parametrize("of", COUNTED)
def test_1_3_the_words_are_the_regulations(of: str):
    for word in getattr(WORDS, of):
        for text in (word.title, getattr(word, "text", ""), *getattr(word, "indicators", ())):
            assert text in ANNEXES, text


def test_1_3_every_kind_of_activity_and_product_is_a_word_of_the_list():
    marked = {of for address in ADDRESSES for of in lists_of(address.body)}
    assert marked == {"activities", "levels", "mentoring", "presentations", "products"}


def lists_of(body: type[BaseModel]) -> set[str]:
    return {mark.of for field in body.model_fields.values() for mark in marks(field)}


def test_a_value_that_no_list_has_is_named_where_it_stands():
    new = ACTIVITY | {"tasks": [str(p.TASK)]}
    body = bodies.adjusting.Adjustment.model_validate(
        {"reason": "request", "added_activities": [new, new | {"level": "galactic", "mentoring": "telepathy"}]}
    )
    with pytest.raises(RequestValidationError) as caught:
        spoken(body, WORDS)
    assert [each["loc"] for each in caught.value.errors()] == [
        ("body", "added_activities", 1, "level"),
        ("body", "added_activities", 1, "mentoring"),
    ]
    assert {of for _, of, _ in listed(body)} == {"activities", "levels", "mentoring"}


def write(folder: Path, name: str, **changes: object) -> None:
    words = json.loads((PUBLISHED / "1.json").read_text(encoding="utf-8"))
    (folder / name).write_text(json.dumps(words | changes), encoding="utf-8")


def test_a_version_is_in_force_from_its_day(tmp_path):
    write(tmp_path, "b.json", version="2", valid_from="2027-01-01", levels=[{"code": "x", "title": "иной"}])
    write(tmp_path, "a.json")
    found = read_vocabularies(tmp_path)
    assert isinstance(found, Vocabularies)
    assert [found.on(day).version for day in (date(1999, 1, 1), date(2026, 12, 31), date(2027, 1, 1))] == [
        "1",
        "1",
        "2",
    ]
    assert found.version("2").codes("levels") == {"x"}
    assert found.version("3") is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"levels": "школьный"}, "levels"),
        ({"tags": [{"code": "a", "title": "а"}, {"code": "a", "title": "б"}]}, "tags has a code twice"),
        ({"valid_from": "2020-01-01", "version": "2"}, "two vocabularies"),
    ],
)
def test_a_wrong_vocabulary_is_told(tmp_path, changes, told):
    write(tmp_path, "1.json")
    write(tmp_path, "2.json", **({"version": "2", "valid_from": "2030-01-01"} | changes))
    with pytest.raises(ValueError, match=told):
        read_vocabularies(tmp_path)


def test_a_folder_without_vocabularies_is_told(tmp_path):
    with pytest.raises(ValueError, match="no vocabulary"):
        read_vocabularies(tmp_path)


async def test_1_3_the_words_are_read_by_everybody_and_by_version(anna):
    words = await anna.see("/vocabulary")
    assert words["levels"][0]["title"] == "школьный"
    assert await anna.see(f"/vocabularies/{words['version']}") == words
    await problem(anna.get("/vocabularies/99"), 404, "not-found")
