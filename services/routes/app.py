"""Routes put together: the published policies, its one kind of streams, what it hears and its addresses."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files

from fastapi import APIRouter, FastAPI

from services.routes import api, consumers, policies, published, texts
from services.routes.categories import every, routes
from services.routes.deadlines import Deadlines
from services.routes.settings import RoutesSettings
from services.routes.themes import Themes, themes_router
from shared.runtime import Runtime, create_service, now


def build(settings: RoutesSettings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Raises ValueError when a policy cannot be read."""
    published_policies = policies.read_policies(settings.policies, settings.time_zone)
    category = routes(published_policies)

    def routers(runtime: Runtime) -> Iterable[APIRouter]:
        themes = Themes(runtime.store, runtime.executor, published_policies.zone)
        desk = api.Desk(runtime.store, runtime.executor, category, published_policies, themes)
        return [api.reading_router(desk), api.commands_router(desk), themes_router(themes)]

    async def deadlines(runtime: Runtime) -> None:
        seconds = settings.deadline_seconds
        await Deadlines(runtime.store, runtime.executor, category, published_policies, runtime.clock, seconds).run()

    return create_service(
        "routes",
        settings,
        categories=every(category),
        schema=files("services.routes").joinpath("schema.sql").read_text(),
        publish=published.publish,
        hearings=consumers.hearings(category),
        routers=routers,
        texts=texts.REFUSALS,
        background=[deadlines],
        clock=clock,
    )
