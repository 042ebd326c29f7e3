"""How every page of the portal leaves it: rendered, escaped, uncached, and allowed to load nothing foreign."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.portal import session, texts
from services.portal.forms import Form
from services.portal.suite import PartAway, Suite

_FOLDER: Final = Path(__file__).parent
STYLE_SHEET: Final = (_FOLDER / "portal.css").read_text()
NAV: Final = (
    ("/", texts.TEXT["my_routes"]),
    ("/notices", texts.TEXT["notices"]),
    ("/cabinet/details", texts.TEXT["my_details"]),
)
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Pages:
    """The templates, and what they all need to know."""

    def __init__(self, suite: Suite, *, secure: bool) -> None:
        self.suite = suite
        self.secure = secure
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"day": texts.day, "moment": texts.moment}

    def show(self, request: Request, template: str, status: int = 200, **data: Any) -> HTMLResponse:
        mark = session.form_mark(request)
        html = self._templates.get_template(template).render(
            text=texts.TEXT,
            nav=NAV,
            here=request.url.path,
            signed_in=session.token(request) is not None,
            mark=mark,
            said=texts.SAID.get(request.query_params.get("done", ""), ""),
            **data,
        )
        response = HTMLResponse(html, status)
        session.remember_form(response, mark, secure=self.secure)
        return response

    def form(
        self, request: Request, kind: str, form: Form, action: str, template: str = "form.html", **data: Any
    ) -> HTMLResponse:
        """A page of one form, with the words of its kind from the catalogue."""
        heading, lead, button = texts.FORMS[kind]
        words = {"heading": heading, "lead": lead, "button": button}
        around: dict[str, Any] = {"hidden": {}, "notices": (), "links": ()}
        return self.show(request, template, form.status, form=form, action=action, **words | around | data)

    def say(self, request: Request, kind: str, status: int, clause: str = "") -> HTMLResponse:
        """A page of one message, from the catalogue."""
        heading, message = texts.MESSAGES[kind]
        return self.show(request, "message.html", status, heading=heading, message=message, clause=clause, back="/")

    def refused(self, request: Request, status: int, title: str, detail: str, clause: str) -> HTMLResponse:
        """What a service said no with, in its own words."""
        heading, message = texts.MESSAGES["refused"]
        data = {"heading": title or heading, "message": detail or message, "clause": clause, "back": "/"}
        return self.show(request, "message.html", status, **data)

    def away(self, request: Request, away: PartAway) -> HTMLResponse:
        """The page of which nothing can be shown, saying which part of the suite it waits for."""
        data = {"heading": texts.AWAY_HEADING, "message": away_text(away), "clause": "", "back": "/"}
        return self.show(request, "message.html", 503, **data)


def away_text(away: PartAway) -> str:
    return texts.AWAY.format(part=texts.PARTS[away.part])


def place(request: Request) -> str:
    """Where a reader is: people counts wrong codes and passwords by it, and all readers are not one."""
    return request.client.host if request.client else ""


def to(address: str) -> RedirectResponse:
    """After a form: the browser asks for the next page with GET."""
    return RedirectResponse(address, status_code=303)


async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Put the security headers on everything that leaves, errors too."""
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
