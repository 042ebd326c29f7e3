"""Who is at the other end: the token in a cookie no script can read, and proof that a form is the portal's own."""

import hmac
import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

TOKEN: Final = "iom_token"  # noqa: S105 - a cookie's name
FORM: Final = "iom_form"
LONGEST_FORM: Final = 12 * 3600


class ForeignForm(Exception):
    """The form was not served by this portal to this browser."""


def token(request: Request) -> str | None:
    return request.cookies.get(TOKEN) or None


def sign_in(response: Response, access_token: str, seconds: int, *, secure: bool) -> None:
    """Keep the token for as long as it holds."""
    response.set_cookie(TOKEN, access_token, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)


def sign_out(response: Response) -> None:
    response.delete_cookie(TOKEN, path="/", httponly=True, samesite="lax")


def form_mark(request: Request) -> str:
    """What the browser's forms carry in a hidden field; the same for all its open pages."""
    known = request.cookies.get(FORM, "")
    return known if len(known) >= 32 else secrets.token_urlsafe(32)


def remember_form(response: Response, mark: str, *, secure: bool) -> None:
    response.set_cookie(FORM, mark, max_age=LONGEST_FORM, path="/", httponly=True, samesite="strict", secure=secure)


def check_form(request: Request, sent: str) -> None:
    """Refuse a form that another site posted: wrong origin, or a mark that is not this browser's.

    Raises ForeignForm.
    """
    known = request.cookies.get(FORM, "")
    if not known or not hmac.compare_digest(known.encode(), sent.encode()):
        raise ForeignForm
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignForm
