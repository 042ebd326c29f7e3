"""Diagnostics put together: its streams, its shelf of instruments, its follower and its addresses."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files

from fastapi import APIRouter, FastAPI

from services.diagnostics import api, judging, library, published, texts
from services.diagnostics.categories import CATEGORIES
from services.diagnostics.consumers import HEARINGS
from services.diagnostics.settings import DiagnosticsSettings
from shared.runtime import Runtime, create_service, now


def build(settings: DiagnosticsSettings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Raises ValueError when a file on the shelf cannot be read."""
    instruments = library.read_instruments(settings.instruments)
    policy = library.read_policy(settings.instruments)

    async def publish(runtime: Runtime) -> None:
        await library.publish(runtime.executor, instruments, runtime.clock())

    async def judge(runtime: Runtime) -> None:
        await judging.follow(runtime.store, runtime.executor, runtime.sequencer, policy)

    def routers(runtime: Runtime) -> Iterable[APIRouter]:
        addresses = api.Diagnostics(runtime.store, runtime.executor)
        return [api.sessions_router(addresses), api.lists_router(addresses, runtime.store)]

    return create_service(
        "diagnostics",
        settings,
        categories=CATEGORIES,
        schema=files("services.diagnostics").joinpath("schema.sql").read_text(),
        publish=published.publish,
        hearings=HEARINGS,
        routers=routers,
        texts=texts.REFUSALS,
        prepare=[publish],
        background=[judge],
        clock=clock,
    )
