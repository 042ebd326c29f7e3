"""How every "no" looks from outside: RFC 9457, decided in this one table."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain import Refusal
from shared.store.types import KeyReused, StaleVersion, StoreUnavailable
from shared.supervise import told

MEDIA_TYPE: Final = "application/problem+json"
BASE: Final = "/problems/"

Texts = Mapping[str, tuple[str, str]]  # slug -> (what is wrong, what to do next), in the users' language
Fields = Mapping[str, str]  # a field's name -> what the users call it
NO_NAMES: Final[Fields] = MappingProxyType({})


class NotFound(Exception):
    """There is nothing at this address, or nothing that the caller may know of."""


class Forbidden(Exception):
    """The caller may know of this, and may not do that."""


class Unauthenticated(Exception):
    """The access token is missing, expired or not from an issuer that is trusted here."""


class MalformedRequest(Exception):
    """The request cannot be understood: its JSON, a header or its size is wrong."""


class TooLarge(Exception):
    """The request's body is larger than this service takes."""


class KeyMissing(Exception):
    """A POST names an idempotency key, so that it may be sent again without harm."""


class TooManyTries(Exception):
    """Somebody has tried this too often in too short a time."""


class TryLater(Exception):
    """Something this request needs does not answer now."""


STATUS: Final[Mapping[type[Exception], int]] = {
    Refusal: 409,
    NotFound: 404,
    Forbidden: 403,
    Unauthenticated: 401,
    MalformedRequest: 400,
    KeyMissing: 400,
    TooLarge: 413,
    TooManyTries: 429,
    StaleVersion: 412,
    KeyReused: 422,
    RequestValidationError: 422,
    StoreUnavailable: 503,
    TryLater: 503,
}

HTTP_NAMES: Final[Mapping[int, str]] = {404: "not-found", 405: "method-not-allowed"}  # what the framework raises

COMMON: Final[Texts] = {
    "not-found": ("Такой страницы или записи нет.", "Проверьте адрес; возможно, запись доступна не Вам."),
    "forbidden": ("Это действие Вам не разрешено.", "Обратитесь к тому, кто вправе это сделать, или к администратору."),
    "unauthenticated": ("Нужно войти в систему.", "Войдите заново: срок входа истёк или вход не выполнен."),
    "malformed-request": ("Запрос не удалось прочитать.", "Проверьте, что отправлен правильный JSON и заголовки."),
    "key-missing": (
        "Не указан ключ повторной отправки.",
        "Добавьте заголовок Idempotency-Key: тогда повтор запроса ничего не удвоит.",
    ),
    "too-large": ("Слишком большой объём данных.", "Сократите текст или отправьте его по частям."),
    "too-many-tries": ("Слишком много попыток подряд.", "Подождите четверть часа и попробуйте снова."),
    "stale-version": (
        "Запись изменилась, пока Вы с ней работали.",
        "Откройте её заново, проверьте изменения и повторите действие.",
    ),
    "key-reused": (
        "Этот ключ повторной отправки уже использован для другого запроса.",
        "Отправьте новый запрос с новым ключом Idempotency-Key.",
    ),
    "invalid-request": ("Некоторые поля заполнены неверно.", "Исправьте перечисленные поля и отправьте снова."),
    "method-not-allowed": ("Так к этому адресу обращаться нельзя.", "Проверьте метод запроса по описанию в /docs."),
    "store-unavailable": ("Хранилище временно недоступно.", "Повторите запрос через минуту с тем же ключом."),
    "try-later": ("Часть системы временно недоступна.", "Повторите запрос через минуту."),
    "internal-error": (
        "Внутренняя ошибка.",
        "Повторите позже; если не поможет, сообщите администратору номер trace_id.",
    ),
}

FIELD_TEXTS: Final[Mapping[str, str]] = {
    "missing": "Заполните это поле.",
    "extra_forbidden": "Такого поля нет: уберите его.",
    "string_too_short": "Слишком короткий текст.",
    "string_too_long": "Слишком длинный текст: не более {max_length} знаков.",
    "string_unicode": "В тексте есть повреждённый знак: наберите его заново.",
    "broken_text": "В тексте есть повреждённый знак: наберите его заново.",
    "control_character": "В тексте есть служебный знак, его нельзя сохранить: удалите его или наберите текст заново.",
    "blank_text": "Текст состоит только из невидимых знаков: напишите его.",
    "uuid_parsing": "Здесь нужен идентификатор (UUID).",
    "uuid_type": "Здесь нужен идентификатор (UUID).",
    "date_from_datetime_parsing": "Укажите дату в виде ГГГГ-ММ-ДД.",
    "date_parsing": "Укажите дату в виде ГГГГ-ММ-ДД.",
    "date_type": "Укажите дату в виде ГГГГ-ММ-ДД.",
    "date_from_datetime_inexact": "Укажите дату без времени, в виде ГГГГ-ММ-ДД.",
    "int_parsing": "Укажите целое число.",
    "int_parsing_size": "Слишком большое число.",
    "int_from_float": "Укажите целое число.",
    "finite_number": "Укажите целое число.",
    "int_type": "Укажите целое число.",
    "bool_parsing": "Укажите «да» или «нет» (true или false).",
    "bool_type": "Укажите «да» или «нет» (true или false).",
    "literal_error": "Выберите одно из допустимых значений.",
    "enum": "Выберите одно из допустимых значений.",
    "greater_than_equal": "Укажите не меньше {ge}.",
    "less_than_equal": "Укажите не больше {le}.",
    "too_short": "Добавьте хотя бы одно значение.",
    "too_long": "Слишком много значений: не более {max_length}.",
    "string_type": "Здесь нужен текст.",
    "string_pattern_mismatch": "В этом поле есть недопустимые знаки.",
    "model_attributes_type": "Здесь нужен объект JSON (и заголовок Content-Type: application/json).",
    "model_type": "Здесь нужен объект JSON.",
    "list_type": "Здесь нужен список.",
    "tuple_type": "Здесь нужен список.",
}
DAY_TEXTS: Final[Mapping[str, str]] = {
    "greater_than_equal": "Укажите дату не раньше {ge}.",
    "less_than_equal": "Укажите дату не позже {le}.",
}
ISO_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
DAY: Final = re.compile(r"\d{2}\.\d{2}\.\d{4}")
MOST_ERRORS: Final = 50  # told of one request
MOST_NAME: Final = 100  # characters of a field's name that are told back

log = logging.getLogger(__name__)


def slug(kind: type[Exception]) -> str:
    """KeyReused -> "key-reused"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def pointer(location: tuple[int | str, ...]) -> str:
    """An RFC 6901 pointer into the request; the first part ("body", "query") is where it was."""
    parts = location[1:] if location and location[0] == "body" else location
    return "#" + "".join("/" + tellable(part).replace("~", "~0").replace("/", "~1") for part in parts)


def tellable(part: int | str) -> str:
    """A field's name as it can be sent back: the sender chose it, and it may be endless or no text at all."""
    return str(part)[:MOST_NAME].encode("utf-8", "replace").decode()


def field_error(error: Mapping[str, Any], fields: Fields) -> dict[str, str]:
    """Where a field stands, what people call it if that is known, and what to do about it, with its limit."""
    limits = {name: told_limit(value) for name, value in error.get("ctx", {}).items()}
    texts = DAY_TEXTS if any(DAY.fullmatch(limit) for limit in limits.values()) else FIELD_TEXTS
    words = texts.get(error["type"], "Проверьте это поле.")
    found = {"pointer": pointer(error["loc"]), "detail": words.format_map(limits)}
    name = next((part for part in reversed(error["loc"]) if isinstance(part, str)), "")
    return found | ({"name": fields[name]} if name in fields else {})


def told_limit(value: object) -> str:
    """10000 -> 10 000; 2000-01-31 -> 31.01.2000: pydantic tells a day as a text."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")
    day = ISO_DAY.fullmatch(str(value))
    return ".".join(reversed(day.groups())) if day else str(value)


def trace_id() -> str:
    """The current trace as 32 hexadecimal digits, or "" outside one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.trace_id else ""


def problem(error: Exception, texts: Texts, fields: Fields = NO_NAMES) -> dict[str, Any]:
    """The problem document of *error*: what it says depends on its class alone, an unknown one says nothing."""
    status, name = _classified(error)
    title, detail = texts.get(name) or COMMON.get(name) or (name, "")
    body: dict[str, Any] = {"type": BASE + name, "title": title, "status": status, "detail": detail}
    if isinstance(error, Refusal) and error.clause:
        body["clause"] = error.clause
    if isinstance(error, RequestValidationError) and status == 422:
        body["errors"] = [field_error(each, fields) for each in error.errors()[:MOST_ERRORS]]
    body["trace_id"] = trace_id()
    return body


def _classified(error: Exception) -> tuple[int, str]:
    if isinstance(error, RequestValidationError):
        broken = any(each["type"] == "json_invalid" for each in error.errors())
        return (400, "malformed-request") if broken else (422, "invalid-request")
    if isinstance(error, HTTPException):
        status = error.status_code
        return status, HTTP_NAMES.get(status, "internal-error" if status >= 500 else "malformed-request")
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return status, slug(type(error) if kind is Refusal else kind)
    return 500, "internal-error"


def answer_with(error: Exception, texts: Texts, fields: Fields = NO_NAMES) -> JSONResponse:
    body = problem(error, texts, fields)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if body["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if body["status"] == 503:
        headers["Retry-After"] = "5"
    return JSONResponse(body, status_code=body["status"], media_type=MEDIA_TYPE, headers=headers)


class LastResort:
    """ASGI middleware that answers what nobody else caught, within the request's trace; the log gets no message."""

    def __init__(self, app: ASGIApp, texts: Texts) -> None:
        self._app = app
        self._texts = texts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            log.error("%s failed: %s", scope["method"], told(error))
            if begun:
                raise  # half an answer is cut off, so that nobody takes it for a whole one
            await answer_with(error, self._texts)(scope, receive, send)


def install(app: FastAPI, texts: Texts, fields: Fields = NO_NAMES) -> None:
    """Make every error of *app* a problem document; *texts* and *fields* are the service's own words."""

    async def known(_: Request, error: Exception) -> JSONResponse:
        return answer_with(error, texts, fields)

    for kind in (*STATUS, HTTPException):
        app.add_exception_handler(kind, known)
    app.add_middleware(LastResort, texts=texts)
