"""People put together: its streams, its credentials, its door, its post and its addresses."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from uuid import uuid4

from fastapi import APIRouter, FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from services.people import (
    acts,
    acts_api,
    api,
    cabinet,
    cabinet_api,
    delivery,
    documents,
    filing,
    imports_api,
    invitations_api,
    inviting,
    mailing,
    published,
    signing,
    texts,
)
from services.people.categories import CATEGORIES
from services.people.codes import Codes
from services.people.consumers import HEARINGS
from services.people.credentials import Credentials
from services.people.domain.person.facts import Details
from services.people.importing.writing import Tools
from services.people.register import Register
from services.people.settings import PeopleSettings
from services.people.throttle import Throttle
from services.people.tokens import TokenMaker
from shared.domain import local_day
from shared.mail.post import Post, Server
from shared.runtime import Runtime, create_service, now
from shared.settings import key_bytes
from shared.store.types import Context

LARGEST_ACT = 15_000_000  # a file of ten megabytes in base64, and what stands around it


class Parts:
    """What the addresses are made of, over one running service."""

    def __init__(self, runtime: Runtime, settings: PeopleSettings, hasher: Argon2Hasher | None) -> None:
        self.runtime = runtime
        self.settings = settings
        self.master_key = key_bytes(settings.master_key, "master_key")
        self.credentials = Credentials(runtime.store, self.master_key, hasher)
        self.codes = Codes(self.master_key)
        self.register = Register(runtime.store, runtime.executor, self.credentials, self.today)

    def today(self) -> date:
        return local_day(self.runtime.clock(), self.settings.time_zone)

    @cached_property
    def desk(self) -> mailing.Desk:
        post = Post(Server.at(self.settings.smtp_url), self.settings.smtp_timeout)
        return mailing.Desk(post, self.settings.mail_from, self.settings.portal_url)

    @property
    def tools(self) -> Tools:
        runtime = self.runtime
        return Tools(
            store=runtime.store,
            executor=runtime.executor,
            credentials=self.credentials,
            keys=runtime.keys,
            codes=self.codes,
            lasting=self.lasting,
            today=self.today,
        )

    @property
    def lasting(self) -> timedelta:
        return timedelta(days=self.settings.invitation_days)

    @cached_property
    def inviting(self) -> inviting.Inviting:
        return inviting.Inviting(self.register, self.codes, self.lasting, self.runtime.clock)

    async def deliver(self) -> None:
        runtime = self.runtime
        await delivery.Delivery(
            runtime.store, runtime.executor, self.codes, self.desk, runtime.clock, self.settings.time_zone
        ).run()

    def throttle(self, most: int) -> Throttle:
        return Throttle(lambda: self.runtime.clock().timestamp(), most)


def build(settings: PeopleSettings, clock: Callable[[], datetime] = now, hasher: Argon2Hasher | None = None) -> FastAPI:
    """Raises ValueError when a key is missing from the settings. *hasher* makes password hashes of another cost."""
    tokens = TokenMaker(key_bytes(settings.signing_key, "signing_key"), settings.own_issuer(), settings.token_minutes)
    key_bytes(settings.master_key, "master_key")
    password = settings.first_password() if settings.admin_email else ""
    library = documents.read_library(settings.consents)

    async def first_administrator(runtime: Runtime) -> None:
        if settings.admin_email:
            register = Parts(runtime, settings, hasher).register
            await register.first_administrator(administrator(settings.admin_email), password, installing(runtime))

    async def deliver(runtime: Runtime) -> None:
        await Parts(runtime, settings, hasher).deliver()

    return create_service(
        "people",
        settings,
        categories=CATEGORIES,
        schema=files("services.people").joinpath("schema.sql").read_text(),
        publish=published.publish,
        hearings=HEARINGS,
        routers=lambda runtime: routers(Parts(runtime, settings, hasher), tokens, library),
        texts=texts.REFUSALS,
        prepare=[first_administrator],
        background=[deliver],
        clock=clock,
        larger_bodies={"/acts": LARGEST_ACT, "/imports": settings.import_limit},
    )


def routers(parts: Parts, tokens: TokenMaker, library: documents.Library) -> Iterable[APIRouter]:
    runtime, settings = parts.runtime, parts.settings
    store, executor = runtime.store, runtime.executor
    directory = api.Directory(store, executor, parts.today)
    door = signing.Door(
        executor, parts.credentials, tokens, settings.secrets_of_services(), runtime.clock, settings.time_zone
    )
    rooms = cabinet.Cabinet(parts.register, library, parts.codes, parts.desk)
    filed = acts.Acts(parts.register, executor, filing.Files(store), parts.today)
    return [
        signing.router(door),
        api.commands_router(parts.register),
        api.reading_router(directory),
        api.directory_router(directory),
        cabinet_api.consents_router(rooms),
        cabinet_api.router(rooms, parts.throttle(signing.MOST_TRIES)),
        cabinet_api.texts_router(library, parts.today),
        invitations_api.issuing_router(parts.inviting, store),
        invitations_api.using_router(parts.inviting, parts.throttle(invitations_api.MOST_WRONG), store),
        *acts_api.routers(filed, store),
        imports_api.router(imports_api.Importing(parts.tools, texts.REFUSALS)),
    ]


def administrator(email: str) -> Details:
    """The first account, before anybody's name is known."""
    return Details(
        family_name="Администратор",
        given_name="Системы",
        patronymic=None,
        email=email,
        phone=None,
        position=None,
        service_years=None,
        category=None,
    )


def installing(runtime: Runtime) -> Context:
    """Nobody's hand: the service itself, as it is installed."""
    return Context(
        actor=None,
        role="service",
        scope="service:people",
        command=uuid4(),
        command_name="FirstAdministrator",
        causation=None,
        correlation="",
        occurred_at=runtime.clock(),
    )
