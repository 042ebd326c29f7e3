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
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    "string_pattern_mismatch": "В этом поле есть недопустимые знаки.",
    "model_attributes_type": "Здесь нужен объект JSON (и заголовок Content-Type: application/json).",
    "list_type": "Здесь нужен список.",
}

log = logging.getLogger(__name__)


def slug(kind: type[Exception]) -> str:
    """KeyReused -> "key-reused"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def pointer(location: tuple[int | str, ...]) -> str:
    """An RFC 6901 pointer into the request; the first part ("body", "query") is where it was."""
    parts = location[1:] if location and location[0] == "body" else location
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


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
    if isinstance(error, RequestValidationError) and status == 422:
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
        status = error.status_code
        return status, HTTP_NAMES.get(status, "internal-error" if status >= 500 else "malformed-request")
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return status, slug(type(error) if kind is Refusal else kind)
    return 500, "internal-error"


def answer_with(error: Exception, texts: Texts) -> JSONResponse:
    body = problem(error, texts)
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


def install(app: FastAPI, texts: Texts) -> None:
    """Make every error of *app* a problem document; *texts* is the service's catalogue."""

    async def known(_: Request, error: Exception) -> JSONResponse:
        return answer_with(error, texts)

    for kind in (*STATUS, HTTPException):
        app.add_exception_handler(kind, known)
    app.add_middleware(LastResort, texts=texts)
