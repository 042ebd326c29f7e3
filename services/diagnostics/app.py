"""Diagnostics put together: its streams, its shelf of instruments, its followers and its addresses."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files

from fastapi import APIRouter, FastAPI

from services.diagnostics import api, appraisals_api, instruments_api, library, published, results_api, texts
from services.diagnostics.categories import CATEGORIES
from services.diagnostics.consumers import HEARINGS
from services.diagnostics.desk import Desk
from services.diagnostics.following import Follower, follow
from services.diagnostics.gathering import gather
from services.diagnostics.judging import judge
from services.diagnostics.settings import DiagnosticsSettings
from shared.runtime import Runtime, Work, create_service, now


def build(settings: DiagnosticsSettings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Raises ValueError when a file on the shelf cannot be read."""
    instruments = library.read_instruments(settings.instruments)
    policy = library.read_policy(settings.instruments)
    conduct = library.read_conduct(settings.instruments)

    async def publish(runtime: Runtime) -> None:
        await library.publish(runtime.executor, instruments, runtime.clock())

    def routers(runtime: Runtime) -> Iterable[APIRouter]:
        return addresses(Desk(runtime.store, runtime.executor, conduct, settings.time_zone))

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
        background=[following(judge(policy)), following(gather(conduct, settings.time_zone))],
        clock=clock,
    )


def following(follower: Follower) -> Work:
    async def run(runtime: Runtime) -> None:
        await follow(runtime.store, runtime.executor, runtime.sequencer, follower)

    return run


def addresses(desk: Desk) -> Iterable[APIRouter]:
    bank = instruments_api.Bank(desk)
    return [
        api.sessions_router(api.Sessions(desk)),
        api.session_list_router(desk),
        instruments_api.bank_router(bank),
        instruments_api.drafting_router(bank),
        instruments_api.reviewing_router(bank),
        appraisals_api.appraisals_router(appraisals_api.Appraisals(desk), desk),
        results_api.outside_router(results_api.Outside(desk), desk),
        results_api.diagnostics_router(desk),
    ]
