"""Coming in with a code: registering by an invitation, and setting a password.

The portal keeps nothing between the steps: what was typed travels in hidden fields of pages that no cache may keep, and
each step is judged anew. Passwords do not travel so; they are typed on the last step. The consent comes before the
details, because they are personal data.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.portal import agreement, reading, session, signing, texts
from services.portal.forms import (
    ABOUT,
    AGAIN,
    AGREED,
    CODE,
    EMAIL,
    FIRST,
    SECRET,
    Field,
    Form,
    filled,
    posted,
    repeated,
)
from services.portal.suite import Missing, PartAway, Refused, SignedOut
from services.portal.web import Pages, place, to

Typed = Mapping[str, str]
HERE: Final = "/registration"
DETAILS: Final = (*ABOUT, EMAIL, FIRST, AGAIN)
PASSWORD: Final = (CODE, FIRST, AGAIN)


def router(pages: Pages, zone: str) -> APIRouter:
    made = APIRouter()

    @made.get(HERE)
    async def begin(request: Request) -> Response:
        return pages.form(request, "code", Form(fields=(CODE,)), HERE)

    @made.post(HERE)
    async def step(request: Request) -> Response:
        return await _step(pages, request, await posted(request), zone)

    @made.get("/password")
    async def ask_password(request: Request) -> Response:
        return pages.form(request, "password", Form(fields=PASSWORD), "/password")

    @made.post("/password")
    async def set_password(request: Request) -> Response:
        return await _set_password(pages, request, await posted(request))

    return made


async def _step(pages: Pages, request: Request, typed: Typed, zone: str) -> Response:
    """The first page that still wants something of the reader."""
    try:
        offer = await pages.suite.post("people", "/invitation", None, filled(typed, ("code",)), place=place(request))
        document = await agreement.text(pages)
    except (Refused, PartAway) as no:
        form = Form(fields=(CODE,), values=typed).refused(no)
        return pages.form(request, "code", form, HERE, hidden=carried(typed, form.fields))
    if offer["purpose"] != "registration":
        return pages.form(request, "password", Form(fields=PASSWORD, values=typed), "/password")
    if typed.get("agreed") != document["sha256"]:
        return _ask_consent(pages, request, typed, document)
    form = Form(fields=DETAILS, values=typed)
    if typed.get("step") == "about":
        form = repeated(form, "password")
        try:
            if not form.failed:
                return await register(pages, request, typed)
        except (Refused, PartAway) as no:
            form = form.refused(no)
    return _ask_details(pages, request, form, offer, zone)


def carried(typed: Typed, shown: Sequence[Field]) -> dict[str, str]:
    """What other steps have asked, without what this page shows."""
    here = {each.name for each in shown} | SECRET
    known = [each.name for each in (CODE, AGREED, *ABOUT, EMAIL)]
    return {name: typed[name] for name in known if typed.get(name) and name not in here}


def _ask_consent(pages: Pages, request: Request, typed: Typed, document: Mapping[str, Any]) -> Response:
    form = Form(fields=(AGREED,))
    if typed.get("agreed"):
        form = form.wrong("agreed", texts.TEXT["consent_replaced"])
    elif typed.get("step") == "consent":
        form = form.wrong("agreed", texts.TEXT["not_agreed"])
    hidden = carried(typed, form.fields) | {"step": "consent"}
    shown = agreement.as_shown(document)
    return pages.form(request, "consent", form, HERE, "consent.html", consent=shown, hidden=hidden)


def _ask_details(pages: Pages, request: Request, form: Form, offer: Mapping[str, Any], zone: str) -> Response:
    until = texts.day(reading.local(offer["expires_at"], zone).date())
    words = [
        texts.TEXT["offer_school"].format(school=offer["school_name"]) if offer["school_name"] else "",
        texts.TEXT["offer_email"] if offer["email_known"] else "",
        texts.TEXT["offer_until"].format(day=until),
    ]
    hidden = carried(form.values, form.fields) | {"step": "about"}
    notices = ((" ".join(filter(None, words)), None),)
    return pages.form(request, "about", form, HERE, hidden=hidden, notices=notices)


async def register(pages: Pages, request: Request, typed: Typed) -> Response:
    """Raises Refused or PartAway as long as nobody is registered."""
    names = [each.name for each in (CODE, *DETAILS) if each is not AGAIN]
    person = await pages.suite.post("people", "/registration", None, filled(typed, names), place=place(request))
    try:
        given = await signing.ask(pages, request, typed.get("email", ""), typed.get("password", ""))
    except (Refused, SignedOut, Missing, PartAway):
        return to("/sign-in?done=come_in")
    return signing.come_in(pages, given, await _first_page(pages, person["id"], typed["agreed"], given))


async def _first_page(pages: Pages, person: str, sha256: str, given: Mapping[str, Any]) -> str:
    """The consent is given by whoever is registered; where that fails, its page asks again."""
    try:
        await agreement.consent(pages, person, sha256, str(given["access_token"]))
    except (Refused, SignedOut, Missing, PartAway):
        return f"{agreement.HERE}?done=registered"
    return "/?done=registered"


async def _set_password(pages: Pages, request: Request, typed: Typed) -> Response:
    form = repeated(Form(fields=PASSWORD, values=typed), "password")
    if not form.failed:
        try:
            body = filled(typed, ("code", "password"))
            await pages.suite.post("people", "/password", None, body, place=place(request))
        except (Refused, PartAway) as no:
            form = form.refused(no)
    if form.failed:
        return pages.form(request, "password", form, "/password")
    response = to("/sign-in?done=password")
    session.sign_out(response)  # whoever was signed in here before
    return response
