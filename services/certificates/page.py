"""The public page of a certificate: valid, revoked or unknown, and nothing that the paper does not say."""

from datetime import date
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.certificates import texts
from services.certificates.responses import Verification

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
    "Vary": "Accept",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
_MARKS: Final = {"valid": "✓", "revoked": "✕", "unknown": "?", "later": "…"}


def page(told: Verification, issuer: str) -> str:
    return _html(told.standing, issuer, _facts(told))


def later(issuer: str) -> str:
    """While the register cannot be read, nothing is said about any certificate."""
    return _html("later", issuer, [])


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


def _facts(told: Verification) -> list[tuple[str, str]]:
    if told.standing == "unknown":
        return []
    rows = [
        ("number", told.number or ""),
        ("holder", told.holder or texts.PAGE["forgotten"]),
        ("route", texts.PAGE["route_text"]),
        ("period", f"{_day(told.started_on)} — {_day(told.completed_on)}"),
        ("issued_on", _day(told.issued_on)),
    ]
    if told.revoked_on:
        rows.append(("revoked_on", _day(told.revoked_on)))
    return [(texts.PAGE[key], value) for key, value in rows]


def _day(value: date | None) -> str:
    return texts.day(value) if value else ""
