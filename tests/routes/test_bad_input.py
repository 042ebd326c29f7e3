"""Whatever is sent in whatever field: kept as it is or refused with words, nothing half-done, and never a 500."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from pydantic import AfterValidator, BaseModel

from services.routes import allowances, applications, bodies, papers, school_lists, texts, themes
from services.routes.addresses import ADDRESSES
from services.routes.entries import NewProposal
from shared.http.problems import FIELD_TEXTS
from shared.http.words import visible_or_empty
from tests.problems import problem
from tests.routes import path as p
from tests.routes.conftest import PLACE
from tests.routes.requests import BODIES
from tests.routes.test_roles import BESIDE, MAY, NEVER

RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
REFUSED = {  # what is written -> what is said of it, in every field that takes text
    "nul": ("а\x00б", "служебный знак"),
    "bell": ("а\x07б", "служебный знак"),
    "escape": ("\x1b[31mкрасный", "служебный знак"),
    "c1": ("а\x85б", "служебный знак"),
    "half of a pair": ("а\ud800б", "повреждённый знак"),
    "zero width only": ("\u200b\u200d\ufeff", "невидимых"),
    "marks of direction only": ("\u202e\u202c", "невидимых"),
    "fillers only": ("\u3164\u2800", "невидимых"),
}
KEPT = {
    "right to left": "\u202eмаршрут\u202c",
    "arabic": "خطة",
    "emoji": "👩‍🏫 урок",
    "zero width": "ноль\u200bширины",
    "combining": "и\u0306",
    "lines": "строка\nи ещё\tодна",
    "markup": "<script>alert(1)</script> {{7*7}} =СУММ(А1)",
    "quotes": """'; DROP TABLE routes; -- "«»""",
}
SENT = (*(getattr(bodies, name) for name in bodies.__all__), themes, papers, allowances, school_lists, applications)
MODELS = sorted(
    {
        thing
        for module in SENT
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, BaseModel)
    },
    key=lambda model: model.__name__,
)


def written() -> Iterator[tuple[str, str]]:
    """(address, field) of every field of words: what `texts` calls a text, by its type's limits."""
    for address in ADDRESSES:
        for name, field in address.body.model_fields.items():
            if any(isinstance(each, AfterValidator) for each in said_of(field)):
                yield address.path, name


def said_of(field: Any) -> list[Any]:
    """What a field's type asks, whether it may be left out or not."""
    parts = getattr(field.annotation, "__args__", ())
    return [*field.metadata, *(each for part in parts for each in getattr(part, "__metadata__", ()))]


TEXTS = list(written())


def longest(path: str, name: str) -> int:
    limits = (getattr(each, "max_length", None) for each in said_of(bodies_field(path, name)))
    return next(limit for limit in limits if limit)


@pytest.fixture
async def walk(walk):
    await walk.opened()
    await walk.prepared()
    await walk.centre.do(walk.at("methodists"), {"methodist_id": str(p.METHODIST)})
    return walk


@pytest.fixture
async def answered(walk, somebody):
    """What the service says to a body at an address; 412 is a body it would take."""
    people = [walk.anna, walk.boris, walk.director, walk.methodist, walk.centre]
    people.append(somebody(p.OTHER, "municipal_coordinator", municipality=PLACE["municipality"]))

    async def send(path: str, body: Any) -> tuple[int, dict[str, Any]]:
        address = walk.at(path.replace("{item}", str(uuid4())))
        for person in people:
            answer = await person.post_bytes(address, json.dumps(body).encode(), **NEVER)
            if answer.status_code != 403:
                return answer.status_code, answer.json()
        raise AssertionError(f"nobody may send {path}")

    return send


def test_there_are_many_fields_of_words():
    assert len(TEXTS) > 35
    assert {path for path, _ in TEXTS} >= {"tasks", "conclusion", "conclusion-return", "helps", "next-steps"}


async def test_every_text_that_can_be_read_is_taken_at_every_field_up_to_its_limit(answered):
    for path, name in TEXTS:
        link = name == "link"
        for what, text in {**KEPT, "limit": "я" * longest(path, name)}.items():
            one_line = longest(path, name) == 500
            if not link and not (one_line and what == "lines"):
                status, said = await answered(path, BODIES[path] | {name: text})
                assert status == MAY, (path, name, what, said)
        over = ("https://а.рф/" if link else "") + "я" * (longest(path, name) + 1)
        status, said = await answered(path, BODIES[path] | {name: over})
        (error,) = said["errors"]
        limit = f"{longest(path, name):,}".replace(",", "\N{NO-BREAK SPACE}")
        assert (status, error["pointer"]) == (422, f"#/{name}")
        assert error["detail"] == f"Слишком длинный текст: не более {limit} знаков."
        assert error["name"] == texts.FIELDS[name]


async def test_a_text_that_nobody_can_read_or_keep_is_refused_at_every_field(answered):
    for path, name in TEXTS:
        for what, (text, said) in REFUSED.items():
            validators = [each.func for each in said_of(bodies_field(path, name)) if isinstance(each, AfterValidator)]
            optional = visible_or_empty in validators and "невидимых" in said
            sent = f"https://а.рф/{text}" if name == "link" else text
            if name == "link" and "невидимых" in said:
                continue
            status, told = await answered(path, BODIES[path] | {name: sent})
            if optional:
                assert status == MAY, (path, name, what)
                continue
            assert status == 422, (path, name, what, told)
            assert [each["pointer"] for each in told["errors"]] == [f"#/{name}"], (path, name, what)
            assert name == "link" or said in told["errors"][0]["detail"], (path, name, what)


def bodies_field(path: str, name: str) -> Any:
    return next(address.body for address in ADDRESSES if address.path == path).model_fields[name]


def test_an_optional_text_of_unseen_signs_is_none():
    body = bodies.designing.PlannedActivity.model_validate(BODIES["activities"] | {"expected": "\u200b\u200b"})
    assert body.expected == ""


SHAPES: tuple[Any, ...] = ([], "строка", 5, None, True, {"сюрприз": 1}, {"a\ud800": 1}, {"x" * 100_000: 1}, [[[]]])
VALUES: tuple[Any, ...] = (
    None,
    10**40,
    -1,
    1e300,
    [],
    {},
    [None] * 60,
    "\x00",
    "1900-01-01",
    "2100-01-01",
    True,
    "\ud800",
)


async def test_json_of_a_wrong_shape_is_told_in_russian_at_every_address(answered):
    for address in ADDRESSES:
        for shape in SHAPES:
            status, said = await answered(address.path, shape)
            assert status in ((422, MAY) if shape is None else (422,)), (address.path, shape)
            if status == 422:
                assert_told(said)


async def test_a_wrong_value_in_any_field_is_told_in_russian_and_never_breaks(answered):
    for address in ADDRESSES:
        for name in address.body.model_fields:
            for value in VALUES:
                status, said = await answered(address.path, BODIES.get(address.path, {}) | {name: value})
                assert status in (422, MAY, 409), (address.path, name, value, said)  # 409: a rule says no
                if status == 422:
                    assert_told(said)
                    assert all(each["pointer"].startswith(f"#/{name}") for each in said["errors"]), said


def assert_told(said: dict[str, Any]) -> None:
    assert said["type"] == "/problems/invalid-request"
    assert said["errors"]
    assert len(said["errors"]) <= 50
    for each in said["errors"]:
        assert RUSSIAN.search(each["detail"])
        assert "{" not in each["detail"]
        assert len(each["pointer"]) < 400


async def test_1_9_a_day_out_of_the_century_is_told_with_its_bounds(answered):
    bounds = ("не раньше 01.01.2000", "не позже 31.12.2099", "ГГГГ-ММ-ДД")
    for day in ("1900-01-01", "1999-12-31", "2100-01-01", "9999-12-31", "0000-00-00", "2026-02-30"):
        status, said = await answered("term", {"start": day, "end": "2027-05-31"})
        assert status == 422
        assert any(each in said["errors"][0]["detail"] for each in bounds), day
        assert said["errors"][0]["name"] == "Первый день"


def test_every_field_of_every_body_has_a_russian_name():
    named = {name for model in (*MODELS, NewProposal) for name in model.model_fields}
    named |= {name for address in ADDRESSES for name in address.body.model_fields}
    assert named == set(texts.FIELDS)
    assert all(RUSSIAN.search(name) for name in texts.FIELDS.values())


NO_JSON = {
    "open": b"{",
    "none": b"",
    "no utf-8": b"\xff\xfe",
    "not a number": b'{"text": NaN}',
    "deep": b"[" * 100_000,
    "half": b'{"text": "\xd0"}',
    "endless number": b'{"text": ' + b"9" * 5_000 + b"}",
}


async def test_what_is_no_json_is_told(walk):
    for what, raw in NO_JSON.items():
        answer = await walk.anna.post_bytes(walk.at("difficulties"), raw)
        assert answer.status_code in (400, 422), what
        assert RUSSIAN.search(answer.json()["detail"])


async def test_a_huge_body_is_refused_and_changes_nothing(walk):
    before = (await walk.anna.see(f"/routes/{walk.id}"))["version"]
    huge = json.dumps({"text": "я" * 3_000_000}).encode()
    answer = await walk.anna.post_bytes(walk.at("difficulties"), huge)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert (await walk.anna.see(f"/routes/{walk.id}"))["version"] == before


async def test_a_wrong_question_is_told(anna):
    for path in ("school-lists?status=%00", "applications?status=%00", "resources?level=%00", "resources?track=%00"):
        await problem(anna.get(f"/{path}"), 422, "invalid-request")
    assert (await anna.get("/resources?q=%00&provider=a%00")).status_code in (200, 422)
    for query in ("status=%00", "municipality=%00", "school=a%00", "limit=0", "limit=x", "after=x", "person=1"):
        await problem(anna.get(f"/routes?{query}"), 422, "invalid-request")


async def test_bad_bodies_beside_a_route_are_told(centre):
    for path, body in BESIDE.values():
        for name in body:
            for value in ("\x00", "\ud800", None, [], {}, 10**40, "я" * 10_001):
                raw = json.dumps(body | {name: value}).encode()
                answer = await centre.post_bytes(path.replace("{paper}", str(uuid4())), raw, **NEVER)
                assert answer.status_code in (403, 404, 422, MAY), (path, name, value, answer.text)


async def test_the_same_key_with_the_same_body_is_one_effect_at_every_step(walk, monkeypatch):
    """The whole path again, every command sent twice under one key: the same answer, and no fact more."""
    once = type(walk.anna).do

    async def twice(self, path, body=None):
        key = {"Idempotency-Key": str(uuid4())}
        first, again = [await self.post(path, body, **key) for _ in range(2)]
        assert (again.status_code, again.json()) == (first.status_code, first.json()), path
        other = await self.post(path, (body or {}) | {"surprise": 1}, **key)
        assert other.status_code == 422, path
        return first.json()

    monkeypatch.setattr(type(walk.anna), "do", twice)
    done = await walk.whole()
    monkeypatch.setattr(type(walk.anna), "do", once)
    timeline = (await walk.anna.see(f"/routes/{walk.id}/timeline"))["items"]
    assert len(timeline) == done["version"]
    assert [each["kind"] for each in timeline].count("route.product_submitted") == 1


async def test_two_who_edit_at_once_do_not_overwrite_each_other(walk):
    """Both saw the same version: one is taken, the other is told, and nothing of either is lost unsaid."""
    version = (await walk.anna.see(f"/routes/{walk.id}"))["version"]
    seen = {"If-Match": f'"{version}"'}
    writes = [walk.anna.post(walk.at("difficulties"), {"text": f"затруднение {n}"}, **seen) for n in range(2)]
    answers = await asyncio.gather(*writes)
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    late = next(answer for answer in answers if answer.status_code == 412)
    assert late.json()["type"] == "/problems/stale-version"
    assert len((await walk.anna.see(f"/routes/{walk.id}"))["diagnostic"]["difficulties"]) == 1


async def test_many_who_write_without_a_version_lose_nothing(walk):
    writes = [walk.anna.post(walk.at("difficulties"), {"text": f"затруднение {n}"}) for n in range(8)]
    assert {answer.status_code for answer in await asyncio.gather(*writes)} == {200}
    kept = (await walk.anna.see(f"/routes/{walk.id}"))["diagnostic"]["difficulties"]
    assert sorted(each["text"] for each in kept) == [f"затруднение {n}" for n in range(8)]


def test_every_text_of_a_limit_names_it():
    limited = {name: text for name, text in FIELD_TEXTS.items() if "{" in text}
    assert set(limited) == {"string_too_long", "too_long", "greater_than_equal", "less_than_equal"}
