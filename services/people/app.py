"""People put together: its streams, its credentials, its door and its addresses."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files
from uuid import uuid4

from fastapi import APIRouter, FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from services.people import api, published, signing, texts
from services.people.categories import CATEGORIES
from services.people.consumers import HEARINGS
from services.people.credentials import Credentials
from services.people.domain.person import Details
from services.people.register import Register
from services.people.settings import PeopleSettings
from services.people.tokens import TokenMaker
from shared.runtime import Runtime, create_service, now
from shared.settings import key_bytes
from shared.store.types import Context


def build(settings: PeopleSettings, clock: Callable[[], datetime] = now, hasher: Argon2Hasher | None = None) -> FastAPI:
    """Raises ValueError when a key is missing from the settings. *hasher* makes password hashes of another cost."""
    tokens = TokenMaker(key_bytes(settings.signing_key, "signing_key"), settings.own_issuer(), settings.token_minutes)
    master_key = key_bytes(settings.master_key, "master_key")
    password = settings.first_password() if settings.admin_email else ""

    async def first_administrator(runtime: Runtime) -> None:
        if settings.admin_email:
            register = Register(runtime.store, runtime.executor, Credentials(runtime.store, master_key, hasher))
            await register.first_administrator(administrator(settings.admin_email), password, installing(runtime))

    def routers(runtime: Runtime) -> Iterable[APIRouter]:
        kept = Credentials(runtime.store, master_key, hasher)
        secrets = settings.secrets_of_services()
        door = signing.Door(runtime.executor, kept, tokens, secrets, runtime.clock)
        directory = api.Directory(runtime.store, runtime.executor)
        register = Register(runtime.store, runtime.executor, kept)
        return [
            signing.router(door),
            api.commands_router(register),
            api.reading_router(directory),
            api.information_router(directory),
        ]

    return create_service(
        "people",
        settings,
        categories=CATEGORIES,
        schema=files("services.people").joinpath("schema.sql").read_text(),
        publish=published.publish,
        hearings=HEARINGS,
        routers=routers,
        texts=texts.REFUSALS,
        prepare=[first_administrator],
        clock=clock,
    )


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
