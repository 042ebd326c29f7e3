"""Puts a service together: its store, sequencer, relay, consumers and HTTP, started and ended in one place.

A service's `app.py` is little more than one call:

    def build(settings: NotesSettings) -> FastAPI:
        return create_service(
            "notes", settings,
            categories=CATEGORIES, schema=schema, publish=published.publish,
            hearings=HEARINGS, routers=lambda runtime: [api.router(runtime)], texts=texts.REFUSALS,
        )

and its `__main__.py` is `serve(build, NotesSettings)`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import uvicorn
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings

from shared.bus.consumer import Consumers
from shared.bus.hearing import Hearing
from shared.bus.relay import Relay
from shared.collector import look_seldom
from shared.http import operations, problems
from shared.http.credentials import people_client
from shared.http.limits import BodyLimit
from shared.http.tokens import TokenVerifier
from shared.settings import ServiceSettings, key_bytes
from shared.store.connect import ANY_FAULT
from shared.store.execute import Executor
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.notes import Signer
from shared.store.postgres import PostgresStore
from shared.store.sequencer import Sequencer
from shared.store.types import Category, Recorded, StoreUnavailable
from shared.supervise import Supervisor, growing, told
from shared.telemetry import FRAMEWORK_TELEMETRY, Observed, log_to_stderr, start_tracing

GRACEFUL_SECONDS = 5

Work = Callable[["Runtime"], Awaitable[None]]
Publish = Callable[[Recorded[Any]], BaseModel | None]

log = logging.getLogger(__name__)


def now() -> datetime:
    """The one clock of a service; tests give another."""
    return datetime.now(UTC)


async def insist(step: Callable[[], Awaitable[bool]]) -> None:
    """Do *step* until it says True, with growing pauses."""
    pause = growing(0.2, 5.0)
    while not await step():  # noqa: ASYNC110 - what is waited for is outside this process
        await asyncio.sleep(pause())


class Runtime:
    """Everything one service process holds while it lives."""

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        *,
        categories: Sequence[Category[Any, Any, Any]],
        schema: str,
        publish: Publish,
        hearings: Sequence[Hearing] = (),
        prepare: Sequence[Work] = (),
        background: Sequence[Work] = (),
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.name = name
        self.settings = settings
        self.clock = clock
        self.publish = publish
        self.registry = CollectorRegistry()
        self.keys = KeyRing(key_bytes(settings.master_key, "master_key"))
        self.store = PostgresStore(settings.database_url.get_secret_value(), categories, self.keys)
        self.executor = Executor(self.store)
        signer = Signer(f"iom-{name}", key_bytes(settings.signing_key, "signing_key"))
        self.sequencer = Sequencer(self.store, signer, origin=f"iom/{name}")
        broker = settings.broker_url.get_secret_value()
        self.relay = Relay(self.store, self.sequencer, publish, broker, name) if broker else None
        self.consumers = Consumers(broker, name, self.executor, hearings) if broker else None
        self.tokens = TokenVerifier(issuers=settings.issuers, urls=settings.jwks_urls, file=settings.jwks_file)
        self.people = people_client(settings.people_url, name, settings.service_secret.get_secret_value())
        self.started = False
        self.supervisor = Supervisor()
        self._schema = schema
        self._prepare = prepare
        self._background = background
        self._starting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to start; returns at once, so that the process answers `/healthz` while its database is away."""
        self._starting = asyncio.create_task(self._start(), name="start")

    async def until_started(self) -> None:
        """Return when the service works; raises what its preparation died of."""
        assert self._starting is not None, "start() comes first"  # noqa: S101
        await asyncio.shield(self._starting)

    async def stop(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._starting
        await self.supervisor.stop(within=GRACEFUL_SECONDS)
        await self.store.close()
        await self.people.aclose()

    async def _start(self) -> None:
        await insist(self._opened)
        self.supervisor.start("sequencer", self.sequencer.run)
        await insist(self._prepared)
        if self.relay is not None and self.consumers is not None:
            self.supervisor.start("relay", self.relay.run)
            self.supervisor.start("consumers", self.consumers.run)
        for number, work in enumerate(self._background):
            self.supervisor.start(f"background-{number}", lambda work=work: work(self))  # type: ignore[misc]
        self.started = True
        log.info("%s works", self.name)

    async def _opened(self) -> bool:
        """Migrate and connect; False, with a line in the log, while the database is not there."""
        url = self.settings.database_url.get_secret_value()
        owner = self.settings.owner_url.get_secret_value()
        role = unquote(urlsplit(url).username or "") if owner else None
        try:
            await migrate(owner or url, role, self._schema)
            await self.store.open()
        except (*ANY_FAULT, StoreUnavailable) as error:
            log.warning("waiting for the database: %s", told(error))
            return False
        return True

    async def _prepared(self) -> bool:
        """Do what must be done before the service is ready; False, with a line in the log, to try it all again."""
        try:
            for work in self._prepare:
                await work(self)
        except Exception as error:
            log.error("preparation failed: %s", told(error))
            return False
        return True

    def reasons(self) -> list[str]:
        """Why the service is not ready, in the operators' words; empty when it is."""
        if not self.started:
            return ["starting: the database is not there or preparation goes on"]
        found: list[str] = []
        if self.relay is None or self.consumers is None:
            return found
        if not self.relay.connected:
            found.append("broker: the relay is not connected")
        if not self.consumers.attached:
            found.append("consumers: not attached to the inbox")
        if self.relay.lag > self.settings.lag_limit:
            found.append(f"lag: {self.relay.lag} facts wait to be published")
        return found

    def worries(self) -> list[str]:
        """What goes wrong without keeping the service from its work: it waits, and loses nothing meanwhile."""
        found = []
        if self.relay is not None and self.relay.last_error:
            found.append(f"broker: {self.relay.lag} facts wait to be published: {self.relay.last_error}")
        if self.consumers is not None and self.consumers.last_error:
            found.append(f"consumers: {self.consumers.in_hand} messages wait: {self.consumers.last_error}")
        if self.consumers is not None and self.consumers.listener.turns.hasty:
            found.append(f"consumers: {self.consumers.listener.gaps} messages went on without one that did not come")
        return found


def create_service(
    name: str,
    settings: ServiceSettings,
    *,
    categories: Sequence[Category[Any, Any, Any]],
    schema: str,
    publish: Publish,
    routers: Callable[[Runtime], Iterable[APIRouter]],
    texts: problems.Texts,
    fields: problems.Fields = problems.NO_NAMES,
    hearings: Sequence[Hearing] = (),
    prepare: Sequence[Work] = (),
    background: Sequence[Work] = (),
    clock: Callable[[], datetime] = now,
    larger_bodies: Mapping[str, int] | None = None,
) -> FastAPI:
    """The service as an application; its `state.runtime` is the Runtime.

    *prepare* runs once before the service is ready, *background* for as long as it lives, restarted when it ends.
    *larger_bodies* names addresses that take more bytes than the others.
    Raises ValueError when a key is missing from the settings.
    """
    runtime = Runtime(
        name, settings, categories=categories, schema=schema, publish=publish,
        hearings=hearings, prepare=prepare, background=background, clock=clock,
    )  # fmt: skip

    app = application(runtime, texts, larger_bodies, fields)
    for router in routers(runtime):
        app.include_router(router)
    return app


def application(
    runtime: Runtime,
    texts: problems.Texts,
    larger_bodies: Mapping[str, int] | None = None,
    fields: problems.Fields = problems.NO_NAMES,
) -> FastAPI:
    """What every service answers, whatever its business; it starts and ends the runtime."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()

    start_tracing(runtime.name)
    app = FastAPI(title=f"IOM {runtime.name}", version="1", lifespan=lifespan, telemetry=FRAMEWORK_TELEMETRY)
    app.state.runtime = runtime
    # The last one added is the outermost: an error is answered within the trace that the answer names.
    problems.install(app, texts, fields)
    app.add_middleware(BodyLimit, most=runtime.settings.body_limit, larger=larger_bodies)
    app.add_middleware(Observed, registry=runtime.registry)
    app.include_router(operations.router(runtime))
    return app


S = TypeVar("S", bound=BaseSettings)


def serve(build: Callable[[S], FastAPI], settings_type: type[S]) -> None:
    """Run the service of `python -m services.<name>` until it is told to stop."""
    service = settings_type.__module__.split(".")[-2]
    log_to_stderr(service)
    try:
        settings = settings_type()
        app = build(settings)
    except ValidationError as error:
        wrong = "; ".join(f"IOM_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors())
        sys.exit(f"{service} cannot start: {wrong}")
    except ValueError as error:
        sys.exit(f"{service} cannot start: {error}")
    look_seldom()
    uvicorn.run(
        app,
        host=getattr(settings, "host", "127.0.0.1"),
        port=getattr(settings, "port", 0),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
