"""Logs and traces: what is told, in which form, and that nobody's values are in it."""

import json
import logging
import sys
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry
from starlette.types import Message, Receive, Scope, Send

from shared.bus.trace import continued
from shared.telemetry import JsonLines, Observed, log_to_stderr, start_tracing
from tests.http.conftest import ANNA, Live
from tests.http.notebook import SECRET

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


def line(*args: object, level: int = logging.INFO, message: str = "made %s", error: bool = False) -> dict[str, Any]:
    record = logging.LogRecord("notes.desk", level, __file__, 1, message, args, sys.exc_info() if error else None)
    written = JsonLines("notes").format(record)
    assert "\n" not in written
    found: dict[str, Any] = json.loads(written)
    return found


def test_a_log_line_is_one_object():
    told = line("три\nстроки")
    assert told.pop("time").endswith("+00:00")
    assert told == {"level": "info", "service": "notes", "logger": "notes.desk", "message": "made три\nстроки"}


def test_a_log_line_names_an_error_and_not_its_message():
    try:
        raise RuntimeError(SECRET)
    except RuntimeError:
        told = line("note", level=logging.ERROR, error=True)
    assert told["exception"] == "RuntimeError"
    assert SECRET not in json.dumps(told, ensure_ascii=False)


def test_a_log_line_names_its_trace():
    start_tracing("notes")
    with continued("hear", PARENT) as handed_on:
        assert line("note")["trace_id"] == TRACE
        assert handed_on.split("-")[1] == TRACE
    assert "trace_id" not in line("note")


def test_every_logger_speaks_json_on_standard_error(capsys: pytest.CaptureFixture[str]):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        log_to_stderr("notes")
        logging.getLogger("anything.at.all").info("heard")
        logging.getLogger("httpx").info("chatter")
    finally:
        root.handlers = handlers
        root.setLevel(level)
    told = [json.loads(each) for each in capsys.readouterr().err.splitlines()]
    assert [each["message"] for each in told] == ["heard"]


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """One for all: a provider lets none of its processors go."""
    start_tracing("notes")
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    kept = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return kept


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> InMemorySpanExporter:
    exporter.clear()
    return exporter


async def breaking_off(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError(SECRET)


async def silent(_: Scope, __: Receive, ___: Send) -> None:
    raise RuntimeError(SECRET)


async def plain(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def get(app: Any) -> None:
    transport = httpx.ASGITransport(app=Observed(app, CollectorRegistry()), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
        await client.get(f"/notes?text={SECRET}", headers={"traceparent": PARENT})


async def test_a_request_continues_its_callers_trace(spans: InMemorySpanExporter):
    await get(plain)
    (span,) = spans.get_finished_spans()
    assert span.context is not None
    assert (f"{span.context.trace_id:032x}", span.name) == (TRACE, "GET unknown")
    assert span.attributes == {"http.response.status_code": 204}
    assert span.status.status_code is trace.StatusCode.UNSET


@pytest.mark.parametrize("app", [breaking_off, silent])
async def test_a_trace_tells_that_it_failed_and_no_message(spans: InMemorySpanExporter, app: Any):
    await get(app)
    (span,) = spans.get_finished_spans()
    assert SECRET not in span.to_json()
    assert span.events == ()
    assert (span.status.status_code is trace.StatusCode.ERROR) == (app is silent)


def test_what_is_heard_leaves_no_message_in_the_trace_either(spans: InMemorySpanExporter):
    with pytest.raises(RuntimeError), continued("hear", PARENT):
        raise RuntimeError(SECRET)
    (span,) = spans.get_finished_spans()
    assert (span.events, span.status.description) == ((), None)


async def test_a_whole_service_makes_one_span_of_a_request_and_tells_neither_ids_nor_queries(
    live: Live, spans: InMemorySpanExporter
):
    async with live() as client:
        spans.clear()
        await client.get(f"/notes/{ANNA}/defect", params={"name": SECRET})
        (span,) = spans.get_finished_spans()
        assert span.name == "GET /notes/{id}/defect"
        assert span.status.status_code is trace.StatusCode.ERROR
        for told in (str(ANNA), "Иванова", "%D0%98", "RuntimeError"):
            assert told not in span.to_json()


async def test_what_is_no_request_passes_untouched():
    seen: list[Any] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(_: Message) -> None:
        pass

    await Observed(app, CollectorRegistry())({"type": "lifespan"}, receive, send)
    assert seen == ["lifespan"]
