"""The public page of a certificate: valid, revoked or unknown, and nothing that the paper does not say."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.certificates import texts
from services.certificates.domain.certificate import State, Valid, Void

_FOLDER: Final = Path(__file__).parent / "templates"
_PAGES: Final = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
STYLE: Final = "/verify/style.css"
STYLE_SHEET: Final = (_FOLDER / "verify.css").read_text()
# Nobody keeps, frames, indexes or passes on the address of a page that names a person.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
_MARKS: Final = {"valid": "✓", "revoked": "✕", "unknown": "?", "later": "…"}


@dataclass(frozen=True, slots=True)
class Page:
    html: str
    status: HTTPStatus


def page(state: State | None, issuer: str, day_of_revocation: date | None) -> Page:
    """The page for what was found under a code; a grant that was never printed is unknown: there is no such paper."""
    match state:
        case Valid():
            return Page(_html("valid", issuer, _facts(state, None)), HTTPStatus.OK)
        case Void(document=document) if document is not None:
            return Page(_html("revoked", issuer, _facts(state, day_of_revocation)), HTTPStatus.OK)
        case _:
            return Page(_html("unknown", issuer, []), HTTPStatus.NOT_FOUND)


def later(issuer: str) -> Page:
    """While the register cannot be read, nothing is said about any certificate."""
    return Page(_html("later", issuer, []), HTTPStatus.SERVICE_UNAVAILABLE)


def _html(standing: str, issuer: str, facts: list[tuple[str, str]]) -> str:
    return _PAGES.get_template("verify.html").render(
        standing=standing,
        mark=_MARKS[standing],
        heading=texts.PAGE[standing],
        explanation=texts.PAGE[f"{standing}_text"],
        facts=facts,
        issuer=issuer,
        style=STYLE,
        text=texts.PAGE,
    )


def _facts(state: Valid | Void, revoked_on: date | None) -> list[tuple[str, str]]:
    document, grounds = state.document, state.grounds
    if document is None:
        return []
    name = state.name.text if state.name else None
    rows = [
        ("number", document.number),
        ("holder", name or texts.PAGE["forgotten"]),
        ("route", texts.PAGE["route_text"]),
        ("period", f"{texts.day(grounds.started_on)} — {texts.day(grounds.completed_on)}"),
        ("issued_on", texts.day(document.issued_on)),
    ]
    if revoked_on:
        rows.append(("revoked_on", texts.day(revoked_on)))
    return [(texts.PAGE[key], value) for key, value in rows]
