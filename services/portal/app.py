"""The portal put together; nothing happens at import."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

from services.portal import agreement, cabinet, details, registration, session, signing, web
from services.portal.settings import PortalSettings
from services.portal.suite import Missing, PartAway, Refused, SignedOut, Suite

log = logging.getLogger(__name__)


def build(settings: PortalSettings, suite: Suite | None = None) -> FastAPI:
    """*suite* is where the pages come from; left out, the services at the addresses of the settings."""
    suite = suite or Suite.at(settings)
    pages = web.Pages(suite, secure=settings.secure)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await suite.close()

    app = FastAPI(title="IOM portal", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(web.guard)
    _plain(app)
    app.include_router(signing.router(pages))
    app.include_router(cabinet.router(pages, settings.time_zone))
    app.include_router(registration.router(pages, settings.time_zone))
    app.include_router(details.router(pages))
    app.include_router(agreement.router(pages))
    _answers(app, pages)
    return app


def _plain(app: FastAPI) -> None:
    """What is not a page."""

    @app.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        return JSONResponse({"status": "ok"})  # it keeps nothing, so it is ready as soon as it answers

    @app.get("/style.css")
    async def style() -> Response:
        return Response(web.STYLE_SHEET, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @app.get("/robots.txt")
    async def robots() -> PlainTextResponse:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _answers(app: FastAPI, pages: web.Pages) -> None:
    """What a reader sees when a page cannot be made."""

    @app.exception_handler(SignedOut)
    async def signed_out(request: Request, _: Exception) -> Response:
        response = web.to(signing.door(request.url.path))
        session.sign_out(response)
        return response

    @app.exception_handler(PartAway)
    async def away(request: Request, error: PartAway) -> Response:
        return pages.away(request, error)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return pages.refused(request, error.status, error.title, error.detail, error.clause)

    @app.exception_handler(session.ForeignForm)
    async def foreign(request: Request, _: Exception) -> Response:
        return pages.say(request, "foreign", 403)

    @app.exception_handler(Missing)
    @app.exception_handler(RequestValidationError)
    @app.exception_handler(404)
    async def missing(request: Request, _: Exception) -> Response:
        return pages.say(request, "missing", 404)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        return pages.say(request, "missing", error.status_code)

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> Response:
        log.error("a page failed: %s", type(error).__name__)
        response = pages.say(request, "fault", 500)
        response.headers.update(web.HEADERS)  # this handler stands outside the middleware
        return response
