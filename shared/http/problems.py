"""How every "no" looks from outside: RFC 9457, decided in this one table."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.exceptions import HTTPException

from shared.domain import Refusal
from shared.store.types import KeyReused, StaleVersion, StoreUnavailable
from shared.supervise import told

MEDIA_TYPE: Final = "application/problem+json"
BASE: Final = "/problems/"

Texts = Mapping[str, tuple[str, str]]  # slug -> (what is wrong, what to do next), in the users' language


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
    StaleVersion: 412,
    KeyReused: 422,
    RequestValidationError: 422,
    StoreUnavailable: 503,
    TryLater: 503,
}

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
    "string_too_long": "Слишком длинный текст: сократите его.",
    "uuid_parsing": "Здесь нужен идентификатор (UUID).",
    "date_from_datetime_parsing": "Укажите дату в виде ГГГГ-ММ-ДД.",
    "date_parsing": "Укажите дату в виде ГГГГ-ММ-ДД.",
    "int_parsing": "Укажите целое число.",
    "int_type": "Укажите целое число.",
    "bool_parsing": "Укажите «да» или «нет» (true или false).",
    "literal_error": "Выберите одно из допустимых значений.",
    "enum": "Выберите одно из допустимых значений.",
    "greater_than_equal": "Число слишком мало.",
    "less_than_equal": "Число слишком велико.",
    "too_short": "Добавьте хотя бы одно значение.",
    "too_long": "Слишком много значений.",
    "string_type": "Здесь нужен текст.",
}

log = logging.getLogger(__name__)


def slug(kind: type[Exception]) -> str:
    """KeyReused -> "key-reused"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def pointer(location: tuple[int | str, ...]) -> str:
    """An RFC 6901 pointer into the request; the first part ("body", "query") is where it was."""
    parts = location[1:] if location and location[0] == "body" else location
    return "#/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def trace_id() -> str:
    """The current trace as 32 hexadecimal digits, or "" outside one."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.trace_id else ""


def problem(error: Exception, texts: Texts) -> dict[str, Any]:
    """The problem document of *error*: what it says depends on its class alone, an unknown one says nothing."""
    status, name = _classified(error)
    title, detail = texts.get(name) or COMMON.get(name) or (name, "")
    body: dict[str, Any] = {"type": BASE + name, "title": title, "status": status, "detail": detail}
    if isinstance(error, Refusal) and error.clause:
        body["clause"] = error.clause
    if isinstance(error, RequestValidationError):
        body["errors"] = [
            {"pointer": pointer(each["loc"]), "detail": FIELD_TEXTS.get(each["type"], "Проверьте это поле.")}
            for each in error.errors()
        ]
    body["trace_id"] = trace_id()
    return body


def _classified(error: Exception) -> tuple[int, str]:
    if isinstance(error, RequestValidationError):
        broken = any(each["type"] == "json_invalid" for each in error.errors())
        return (400, "malformed-request") if broken else (422, "invalid-request")
    if isinstance(error, HTTPException):
        names = {404: "not-found", 405: "method-not-allowed"}
        return error.status_code, names.get(error.status_code, "malformed-request")
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return status, slug(type(error) if kind is Refusal else kind)
    return 500, "internal-error"


def answer_with(error: Exception, texts: Texts) -> JSONResponse:
    body = problem(error, texts)
    headers = {"WWW-Authenticate": "Bearer"} if body["status"] == 401 else {}
    if body["status"] == 503:
        headers["Retry-After"] = "5"
    return JSONResponse(body, status_code=body["status"], media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI, texts: Texts) -> None:
    """Make every error of *app* a problem document; *texts* is the service's catalogue."""

    async def known(_: Request, error: Exception) -> JSONResponse:
        return answer_with(error, texts)

    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("%s failed: %s", request.method, told(error))
        return answer_with(error, texts)

    for kind in (*STATUS, HTTPException):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(Exception, unknown)
