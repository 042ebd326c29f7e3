"""One trace across services: W3C trace context in and out of messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("iom.bus")


@contextmanager
def continued(name: str, traceparent: str) -> Iterator[str]:
    """A consumer's span under the sender's; gives the traceparent to hand on, "" where there is none."""
    parent = _propagator.extract({"traceparent": traceparent})
    with _tracer.start_as_current_span(
        name, context=parent, kind=trace.SpanKind.CONSUMER, record_exception=False, set_status_on_exception=False
    ):  # an exception's message would go into the trace with the values it quotes
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        yield carrier.get("traceparent", "")
