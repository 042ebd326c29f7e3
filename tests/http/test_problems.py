"""Every "no" over HTTP: its status, its name, what the user reads, and what nobody reads."""

import logging
import re
from typing import Annotated

import httpx
import pytest
from fastapi import Body, FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from shared.domain import Refusal
from shared.http import problems
from shared.http.problems import COMMON, FIELD_TEXTS, MEDIA_TYPE, STATUS, pointer, slug
from shared.store.types import KeyReused, StaleVersion, StoreUnavailable
from shared.telemetry import FRAMEWORK_TELEMETRY

SECRET = "Иванова Анна, +7 900 000-00-00"  # what an error's message must never carry outside


class NoteSealed(Refusal):
    """A sealed note is not changed."""

    clause = "1.10"


class NoClause(Refusal):
    """A rule of no regulation."""


class LockedNote(problems.Forbidden):
    """A service's own kind of a common error."""


TEXTS = {
    "note-sealed": ("Запись закрыта.", "Заведите новую запись."),
    "no-clause": ("Так нельзя.", "Сделайте иначе."),
}

TABLE = [
    (NoteSealed(), 409, "note-sealed"),
    (problems.NotFound(SECRET), 404, "not-found"),
    (problems.Forbidden(SECRET), 403, "forbidden"),
    (LockedNote(SECRET), 403, "forbidden"),
    (problems.Unauthenticated(SECRET), 401, "unauthenticated"),
    (problems.MalformedRequest(SECRET), 400, "malformed-request"),
    (problems.KeyMissing(SECRET), 400, "key-missing"),
    (problems.TooLarge(SECRET), 413, "too-large"),
    (problems.TooManyTries(SECRET), 429, "too-many-tries"),
    (StaleVersion(SECRET), 412, "stale-version"),
    (KeyReused(SECRET), 422, "key-reused"),
    (RequestValidationError([]), 422, "invalid-request"),
    (StoreUnavailable(SECRET), 503, "store-unavailable"),
    (problems.TryLater(SECRET), 503, "try-later"),
    (HTTPException(418, SECRET), 418, "malformed-request"),
    (HTTPException(500, SECRET), 500, "internal-error"),
    (RuntimeError(SECRET), 500, "internal-error"),
]


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=5)]
    mark: Annotated[int, Field(ge=1, le=5)] = 3


class Sheet(BaseModel):
    answers: list[Answer]


def app_raising(error: Exception) -> FastAPI:
    app = FastAPI(telemetry=FRAMEWORK_TELEMETRY)
    problems.install(app, TEXTS)

    @app.get("/")
    async def fail() -> None:
        raise error

    return app


def app_reading() -> FastAPI:
    app = FastAPI()
    problems.install(app, TEXTS)

    @app.post("/sheets/{number}")
    async def read(number: int, sheet: Annotated[Sheet, Body()], limit: int = 1) -> dict[str, int]:
        return {"number": number, "limit": limit, "answers": len(sheet.answers)}

    return app


async def ask(app: FastAPI, method: str = "GET", path: str = "/", **request: object) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)  # an error that is not answered fails the test
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, **request)  # type: ignore[arg-type]


def test_the_table_here_is_the_whole_table():
    assert {kind for kind in STATUS if not any(isinstance(error, kind) for error, _, _ in TABLE)} == set()


@pytest.mark.parametrize(("error", "status", "name"), TABLE, ids=lambda value: getattr(type(value), "__name__", ""))
async def test_an_error_has_its_status_name_and_words(error: Exception, status: int, name: str):
    response = await ask(app_raising(error))
    body = response.json()
    assert (response.status_code, body["status"], body["type"]) == (status, status, f"/problems/{name}")
    assert response.headers["Content-Type"] == MEDIA_TYPE
    assert (body["title"], body["detail"]) == {**COMMON, **TEXTS}[name]
    assert body["trace_id"] == ""  # nobody traces here
    assert "Иванова" not in response.text


def test_every_common_text_is_russian_and_says_what_next():
    for title, next_step in COMMON.values():
        assert re.search("[а-яё]", title)
        assert re.search("[а-яё]", next_step)
        assert title.endswith(".")
        assert next_step.endswith(".")
    for text in FIELD_TEXTS.values():
        assert re.search("[а-яё]", text)


def test_every_row_of_the_table_has_words():
    rows = {slug(kind) for kind in STATUS if kind not in (Refusal, RequestValidationError)}
    assert rows - set(COMMON) == set()


async def test_a_refusal_cites_its_clause_and_one_without_cites_none():
    assert (await ask(app_raising(NoteSealed()))).json()["clause"] == "1.10"
    assert "clause" not in (await ask(app_raising(NoClause()))).json()


async def test_a_service_says_a_common_thing_in_its_own_words():
    app = FastAPI()
    own = ("Грамоты нет.", "Спросите школу.")
    problems.install(app, {"not-found": own})
    body = (await ask(app, path="/nowhere")).json()
    assert (body["title"], body["detail"]) == own


async def test_who_must_sign_in_is_told_how_and_who_must_wait_is_told_how_long():
    assert (await ask(app_raising(problems.Unauthenticated()))).headers["WWW-Authenticate"] == "Bearer"
    assert (await ask(app_raising(problems.TryLater()))).headers["Retry-After"] == "5"
    assert (await ask(app_raising(StoreUnavailable()))).headers["Retry-After"] == "5"
    assert "Retry-After" not in (await ask(app_raising(problems.Forbidden()))).headers


async def test_an_unknown_error_leaks_nothing_into_the_answer_or_the_log(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        response = await ask(app_raising(RuntimeError(SECRET)))
    assert set(response.json()) == {"type", "title", "status", "detail", "trace_id"}
    assert "RuntimeError at test_problems.py" in caplog.text
    assert "Иванова" not in caplog.text + response.text
    assert "RuntimeError" not in response.text


async def test_no_address_and_no_method_are_problems_too():
    nowhere = await ask(app_reading(), path="/nowhere")
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "/problems/not-found")
    deleted = await ask(app_reading(), "DELETE", "/sheets/1")
    assert (deleted.status_code, deleted.json()["type"]) == (405, "/problems/method-not-allowed")
    assert deleted.headers["Allow"] == "POST"
    assert deleted.headers["Content-Type"] == MEDIA_TYPE


async def test_wrong_fields_are_pointed_at_without_quoting_them():
    answers = [{"text": "да"}, {"text": SECRET, "mark": "x", "a/b~c": 1}]
    response = await ask(app_reading(), "POST", "/sheets/one?limit=many", json={"answers": answers})
    body = response.json()
    assert (response.status_code, body["type"]) == (422, "/problems/invalid-request")
    assert {each["pointer"]: each["detail"] for each in body["errors"]} == {
        "#/path/number": "Укажите целое число.",
        "#/query/limit": "Укажите целое число.",
        "#/answers/1/text": "Слишком длинный текст: не более 5 знаков.",
        "#/answers/1/mark": "Укажите целое число.",
        "#/answers/1/a~1b~0c": "Такого поля нет: уберите его.",
    }
    assert "Иванова" not in response.text


async def test_a_field_left_out_and_a_body_left_out_are_pointed_at():
    without = (await ask(app_reading(), "POST", "/sheets/1", json={"answers": [{}]})).json()
    assert without["errors"] == [{"pointer": "#/answers/0/text", "detail": "Заполните это поле."}]
    nothing = (await ask(app_reading(), "POST", "/sheets/1")).json()
    assert nothing["errors"] == [{"pointer": "#", "detail": "Заполните это поле."}]


@pytest.mark.parametrize(
    "body", ['{"answers": [', "не JSON", "\udcff".encode("utf-8", "surrogateescape"), "[" * 100_000]
)
async def test_a_body_that_is_no_json_is_malformed(body: str | bytes):
    response = await ask(app_reading(), "POST", "/sheets/1", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/malformed-request")
    assert "errors" not in response.json()


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (("body", "tasks", 0, "text"), "#/tasks/0/text"),
        (("query", "limit"), "#/query/limit"),
        (("body",), "#"),
        ((), "#"),
    ],
)
def test_a_pointer_leads_into_the_body(location: tuple[int | str, ...], expected: str):
    assert pointer(location) == expected


def test_a_name_becomes_kebab_case():
    assert [slug(KeyReused), slug(StoreUnavailable), slug(NoteSealed)] == [
        "key-reused",
        "store-unavailable",
        "note-sealed",
    ]
