"""Signing in and out: people judges the password, the browser keeps the token, the portal keeps nothing."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from services.portal import session, texts
from services.portal.suite import Missing, Refused, SignedOut
from services.portal.web import Pages, to

LONGEST_FIELD = 200


def router(pages: Pages) -> APIRouter:
    routes = APIRouter()

    @routes.get("/sign-in")
    async def form(request: Request) -> Response:
        if session.token(request):
            return to("/")
        return _form(pages, request, "", "", 200)

    @routes.post("/sign-in")
    async def sign_in(
        request: Request,
        email: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        mark: Annotated[str, Form()] = "",
    ) -> Response:
        session.check_form(request, mark)
        email = email.strip()[:LONGEST_FIELD]
        try:
            given = await pages.suite.post("people", "/sign-in", None, {"email": email, "password": password})
        except Refused as no:
            error = texts.TEXT["too_often" if no.status == 429 else "wrong_password"]
            return _form(pages, request, error, email, 422 if no.status == 422 else 401)
        except (SignedOut, Missing):
            return _form(pages, request, texts.TEXT["wrong_password"], email, 401)
        response = to("/")
        session.sign_in(response, str(given["access_token"]), int(given["expires_in"]), secure=pages.secure)
        return response

    @routes.post("/sign-out")
    async def sign_out(request: Request, mark: Annotated[str, Form()] = "") -> Response:
        session.check_form(request, mark)
        response = to("/sign-in")
        session.sign_out(response)
        return response

    return routes


def _form(pages: Pages, request: Request, error: str, email: str, status: int) -> Response:
    return pages.show(request, "sign_in.html", status, error=error, email=email)
