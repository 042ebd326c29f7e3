"""The consent to the processing of personal data: its text, whole, on a screen of its own."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.portal import reading, texts
from services.portal.cabinet import reader
from services.portal.forms import AGREED, Form, posted
from services.portal.suite import PartAway, Refused
from services.portal.web import Pages, to

HERE: Final = "/cabinet/consent"


def router(pages: Pages) -> APIRouter:
    """For whoever is registered without it, or before its text was replaced."""
    made = APIRouter()

    @made.get(HERE)
    async def agreement(request: Request) -> Response:
        reader(request)
        return await _page(pages, request, Form(fields=(AGREED,)))

    @made.post(HERE)
    async def agree(request: Request) -> Response:
        typed = await posted(request)
        token, form = reader(request), Form(fields=(AGREED,))
        if not typed.get("agreed"):
            return await _page(pages, request, form.wrong("agreed", texts.TEXT["not_agreed"]))
        me = await pages.suite.get("people", "/me", token)
        try:
            await consent(pages, me["id"], typed["agreed"], token)
        except (Refused, PartAway) as no:
            return await _page(pages, request, form.refused(no))
        return to("/cabinet/details?done=consented")

    return made


async def _page(pages: Pages, request: Request, form: Form) -> Response:
    shown = as_shown(await text(pages))
    return pages.form(request, "agreement", form, HERE, "consent.html", consent=shown, links=BACK)


async def text(pages: Pages) -> Mapping[str, Any]:
    """The text that is in force now."""
    found: Mapping[str, Any] = await pages.suite.get("people", "/consents/personal_data", None)
    return found


async def consent(pages: Pages, person: str, sha256: str, token: str) -> None:
    """To the text of this hash, which is the one that was shown. Raises Refused or PartAway."""
    await pages.suite.post("people", f"/persons/{person}/consent", token, {"document_hash": sha256})


def as_shown(document: Mapping[str, Any]) -> dict[str, Any]:
    edition = texts.TEXT["version"].format(version=document["version"], day=reading.day(document["valid_from"]))
    return {
        "title": document["title"],
        "edition": edition,
        "paragraphs": document["text"].split("\n\n"),
        "sha256": document["sha256"],
    }


BACK: Final = (("/cabinet/details", texts.TEXT["to_details"]),)
