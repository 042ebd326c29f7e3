"""Certificates put together; nothing happens at import."""

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, FastAPI

from services.certificates import api, published, texts, verification
from services.certificates.categories import CATEGORIES
from services.certificates.consumers import hearings
from services.certificates.people import PeopleDirectory
from services.certificates.printing import Press, Printer
from services.certificates.settings import CertificatesSettings
from shared.runtime import Runtime, create_service

SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()


def build(settings: CertificatesSettings) -> FastAPI:
    press = Press(issuer=settings.issuer_name, public_url=settings.printed_url, time_zone=ZoneInfo(settings.time_zone))

    async def printing(runtime: Runtime) -> None:
        directory = PeopleDirectory(runtime.people)
        await Printer(runtime.store, runtime.executor, directory, press, runtime.clock).run(runtime.sequencer)

    def routers(runtime: Runtime) -> list[APIRouter]:
        certificates = api.Certificates(runtime.store, runtime.executor, press)
        return [api.router(certificates), verification.router(runtime.store, runtime.executor, press)]

    return create_service(
        "certificates",
        settings,
        categories=CATEGORIES,
        schema=SCHEMA,
        publish=published.publish,
        hearings=hearings(),
        routers=routers,
        texts=texts.REFUSALS,
        background=[printing],
    )
