"""What every service answers beside its business: alive, ready, numbers, and the public feed of its promises."""

from __future__ import annotations

import json
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from pydantic import BaseModel

from shared.bus.consumer import Consumers
from shared.bus.envelope import envelope
from shared.bus.relay import Relay
from shared.bus.trail import Trail
from shared.http.commands import caller
from shared.http.problems import Forbidden
from shared.http.tokens import Person
from shared.store.types import Moving, Recorded, Store, StoreUnavailable

FOLLOWERS = ("subscriber", "auditor", "regional_centre")


class Running(Protocol):
    """The part of a running service that is looked at from outside."""

    @property
    def name(self) -> str: ...

    @property
    def store(self) -> Store: ...

    @property
    def sequencer(self) -> Moving: ...

    @property
    def registry(self) -> CollectorRegistry: ...

    @property
    def relay(self) -> Relay | None: ...

    @property
    def consumers(self) -> Consumers | None: ...

    def publish(self, fact: Recorded[Any], /) -> BaseModel | None: ...

    def reasons(self) -> list[str]: ...

    def worries(self) -> list[str]: ...


class Lags:
    """How far behind the service is, read when somebody asks."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def collect(self) -> list[GaugeMetricFamily]:
        running = self._running
        numbers = {"log_position": ("Facts with a position", running.sequencer.position)}
        if running.relay is not None:
            numbers["relay_lag"] = ("Facts not yet confirmed by the broker", running.relay.lag)
            numbers["relay_connected"] = ("Whether the relay is connected", int(running.relay.connected))
            numbers["relay_unroutable_total"] = ("Promises no queue took", running.relay.unroutable)
        if running.consumers is not None:
            numbers["inbox_attached"] = ("Whether the inbox is being read", int(running.consumers.attached))
            numbers["inbox_refused_total"] = ("Promises whose wish was refused", running.consumers.listener.refused)
            numbers["inbox_rejected_total"] = ("Promises sent to the dead letters", running.consumers.listener.rejected)
            numbers["inbox_gaps_total"] = ("Promises whose predecessor did not come", running.consumers.listener.gaps)
        return [GaugeMetricFamily(f"iom_{name}", text, value=value) for name, (text, value) in numbers.items()]


def said(reasons: list[str], worries: list[str]) -> JSONResponse:
    """Only what keeps the service from its work takes it out of its callers' way."""
    status = "not ready" if reasons else "degraded" if worries else "ok"
    return JSONResponse({"status": status, "reasons": reasons or worries}, 503 if reasons else 200)


async def promised(running: Running, facts: list[Recorded[Any]], trail: Trail) -> list[dict[str, Any]]:
    items = []
    await trail.meet(facts)
    for fact in facts:
        promise = running.publish(fact)
        follows = await trail.follows(fact, promise)
        if promise is not None:
            items.append(json.loads(envelope(fact, promise, running.name, follows)))
    return items


def router(running: Running) -> APIRouter:
    made = APIRouter(tags=["operations"])
    running.registry.register(Lags(running))
    trail = Trail(running.store, running.publish)

    @made.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok"}

    @made.get("/readyz")
    async def readyz() -> JSONResponse:
        """The service can do its work, if degraded, then with what goes wrong beside it; otherwise 503 and why."""
        reasons = running.reasons()
        if not reasons:
            try:
                await running.store.checkpoint("ready")
            except StoreUnavailable:
                reasons = ["store: the database does not answer"]
        return said(reasons, [] if reasons else running.worries())

    @made.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(running.registry), media_type=CONTENT_TYPE_LATEST)

    @made.get("/events")
    async def events(
        person: Annotated[Person, Depends(caller)],
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        """The service's promises as CloudEvents, behind the cursor *after*; go on with `next`. `follows` names the last
        version of each contract promised before in the same `subject`."""
        if not (person.is_service or person.has(*FOLLOWERS)):
            raise Forbidden
        facts = await running.store.read_log(after, limit)
        return {"items": await promised(running, facts, trail), "next": facts[-1].position if facts else after}

    return made
