"""The composition root: everything that makes notifications a running service, and nothing before it is asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.resources import files

from fastapi import FastAPI

from services.notifications import consumers, texts
from services.notifications.announcing import Announcer
from services.notifications.api import routers
from services.notifications.categories import CATEGORIES
from services.notifications.delivery import Courier
from services.notifications.desk import Desk
from services.notifications.letter import Stationery
from services.notifications.office import Office
from services.notifications.people import PeopleDirectory
from services.notifications.published import publish
from services.notifications.settings import NotificationsSettings
from shared.mail.post import Post, Server
from shared.runtime import Runtime, create_service, now

SCHEMA = files("services.notifications").joinpath("schema.sql")


def office_of(runtime: Runtime, settings: NotificationsSettings, server: Server) -> Office:
    desk = Desk(runtime.executor, runtime.clock)
    directory = PeopleDirectory(runtime.people)
    post = Post(server, settings.smtp_timeout)
    stationery = Stationery(sender=settings.mail_from, portal_url=settings.portal_url)
    return Office(
        runtime.store,
        desk,
        Announcer(runtime.store, desk, directory),
        Courier(desk, directory, post, stationery),
        post,
        timedelta(seconds=settings.doubt_after),
    )


def build(settings: NotificationsSettings, clock: Callable[[], datetime] = now) -> FastAPI:
    """Raises ValueError when the mail server's address cannot be read."""
    server = Server.at(settings.smtp_url)

    async def office(runtime: Runtime) -> None:
        await office_of(runtime, settings, server).run(runtime.sequencer)

    return create_service(
        "notifications",
        settings,
        categories=CATEGORIES,
        schema=SCHEMA.read_text(encoding="utf-8"),
        publish=publish,
        hearings=consumers.hearings(clock),
        routers=routers,
        texts=texts.REFUSALS,
        background=(office,),
        clock=clock,
    )
