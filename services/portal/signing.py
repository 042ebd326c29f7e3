"""Signing in and out: people judges the password, the browser keeps the token, the portal keeps nothing."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from services.portal import session, texts
from services.portal.suite import Missing, Refused, SignedOut
from services.portal.web import Pages, place, to

LONGEST_FIELD = 200
# The pages that a reader who had to sign in is led back to; no other address is ever followed.
RETURNS: Final = frozenset(
    {
        "/notices",
        "/cabinet",
        "/cabinet/consent",
        "/cabinet/details",
        "/cabinet/email",
        "/cabinet/email-code",
        "/cabinet/password",
    }
)


def router(pages: Pages) -> APIRouter:
    routes = APIRouter()

    @routes.get("/sign-in")
    async def form(request: Request, next: str = "") -> Response:
        if session.token(request):
            return to("/")
        return _form(pages, request, "", "", 200, next)

    @routes.post("/sign-in")
    async def sign_in(
        request: Request,
        email: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "",
        mark: Annotated[str, Form()] = "",
    ) -> Response:
        session.check_form(request, mark)
        email = email.strip()[:LONGEST_FIELD]
        try:
            given = await ask(pages, request, email, password)
        except Refused as no:
            error = texts.TEXT["too_often" if no.status == 429 else "wrong_password"]
            return _form(pages, request, error, email, 422 if no.status == 422 else 401, next)
        except (SignedOut, Missing):
            return _form(pages, request, texts.TEXT["wrong_password"], email, 401, next)
        return come_in(pages, given, next if next in RETURNS else "/")

    @routes.post("/sign-out")
    async def sign_out(request: Request, mark: Annotated[str, Form()] = "") -> Response:
        session.check_form(request, mark)
        response = to("/sign-in")
        session.sign_out(response)
        return response

    return routes


async def ask(pages: Pages, request: Request, email: str, password: str) -> Mapping[str, Any]:
    """The token, as people gives it. Raises Refused, SignedOut or Missing for what does not fit, or PartAway."""
    body = {"email": email, "password": password}
    given: Mapping[str, Any] = await pages.suite.post("people", "/sign-in", None, body, place=place(request))
    return given


def come_in(pages: Pages, given: Mapping[str, Any], address: str) -> Response:
    response = to(address)
    session.sign_in(response, str(given["access_token"]), int(given["expires_in"]), secure=pages.secure)
    return response


def door(path: str) -> str:
    """Where a stranger who asked for this page signs in."""
    return f"/sign-in?next={path}" if path in RETURNS else "/sign-in"


def _form(pages: Pages, request: Request, error: str, email: str, status: int, next: str) -> Response:
    return pages.show(request, "sign_in.html", status, error=error, email=email, next=next)
