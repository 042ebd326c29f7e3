"""What a running service tells about itself: structured logs, traces and a few numbers, none of them about a person."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from datetime import UTC, datetime
from typing import Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import trace_id

# FastAPI's own: it would double every span, and put addresses and queries, which name people, into them.
FRAMEWORK_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class JsonLines(logging.Formatter):
    """One JSON object a line; an exception's message stays out, because messages quote values."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        if found := trace_id():
            line["trace_id"] = found
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(service: str, level: str = "INFO") -> None:
    """Send every logger's lines to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "aiormq", "aio_pika", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def start_tracing(service: str) -> None:
    """Give spans their ids; they are exported only when OTEL_EXPORTER_OTLP_ENDPOINT says where."""
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return  # one process, one provider: a second service in a test shares it
    provider = TracerProvider(resource=Resource.create({"service.name": f"iom-{service}"}))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


class Observed:
    """ASGI middleware: a server span that continues the caller's trace, and the time each kind of request takes."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._tracer = trace.get_tracer("iom.http")
        labels = ("method", "route", "status")
        self._seconds = Histogram("http_request_seconds", "Time to answer", labels, registry=registry, buckets=BUCKETS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else "other"  # a stranger may invent any number of them
        began = time.perf_counter()
        parent = propagate.extract(headers)
        with self._tracer.start_as_current_span(
            "http", context=parent, kind=trace.SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:  # an exception's message would go into the trace with the values it quotes
            try:
                await self._app(scope, receive, watched)
            finally:
                route = getattr(scope.get("route"), "path", "unknown")  # the template: an address may hold an id
                span.update_name(f"{method} {route}")
                span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    span.set_status(trace.StatusCode.ERROR)
                self._seconds.labels(method, route, str(status)).observe(time.perf_counter() - began)
