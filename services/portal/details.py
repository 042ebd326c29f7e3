"""What a person keeps of themselves in the cabinet (p. 3.1.3): details, password and address."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.portal import agreement, texts
from services.portal.cabinet import reader
from services.portal.forms import (
    ABOUT,
    AGAIN,
    CODE,
    NEW,
    NEW_EMAIL,
    OLD,
    PASSWORD,
    Field,
    Form,
    filled,
    posted,
    repeated,
)
from services.portal.suite import PartAway, Refused
from services.portal.web import Pages, to

Card = Mapping[str, Any]
HERE: Final = "/cabinet/details"
STALE: Final = 412
NEXT: Final = {"/cabinet/email": "/cabinet/email-code"}  # which page follows; after the others it is the details
LINKS: Final = (
    ("/cabinet/password", texts.TEXT["change_password"]),
    ("/cabinet/email", texts.TEXT["change_email"]),
)


def router(pages: Pages) -> APIRouter:
    made = APIRouter()

    @made.get("/cabinet")
    async def where_a_code_is_typed(request: Request) -> Response:
        """The page that the letter names: whoever waits for a code types it, anybody else sees their details."""
        me = await pages.suite.get("people", "/me", reader(request))
        return to("/cabinet/email-code" if me["new_email"] else HERE)

    @made.get(HERE)
    async def details(request: Request) -> Response:
        me = await pages.suite.get("people", "/me", reader(request))
        form = Form(fields=ABOUT, values=as_typed(me))
        return pages.form(
            request, "details", form, HERE, hidden={"version": me["version"]}, notices=notices(me), links=LINKS
        )

    @made.post(HERE)
    async def change(request: Request) -> Response:
        return await _change(pages, request, await posted(request))

    _small(made, pages, "new_password", "/cabinet/password", (OLD, NEW, AGAIN), "/me/password", "password_changed")
    _small(made, pages, "new_email", "/cabinet/email", (NEW_EMAIL, PASSWORD), "/me/email", "email_sent")
    _small(made, pages, "email_code", "/cabinet/email-code", (CODE,), "/me/email-confirmation", "email")
    return made


def _small(
    made: APIRouter, pages: Pages, kind: str, here: str, fields: tuple[Field, ...], command: str, done: str
) -> None:
    """A page of one form that is one command to people, with the same fields."""

    async def ask(request: Request) -> Response:
        reader(request)
        return pages.form(request, kind, Form(fields=fields), here, links=agreement.BACK)

    async def send(request: Request) -> Response:
        typed, token = await posted(request), reader(request)
        form = Form(fields=fields, values=typed)
        if AGAIN in fields:
            form = repeated(form, "new")
        if not form.failed:
            try:
                names = [each.name for each in fields if each is not AGAIN]
                await pages.suite.post("people", command, token, filled(typed, names))
            except (Refused, PartAway) as no:
                form = form.refused(no)
        if form.failed:
            return pages.form(request, kind, form, here, links=agreement.BACK)
        return to(f"{NEXT.get(here, HERE)}?done={done}")

    made.add_api_route(here, ask, methods=["GET"])
    made.add_api_route(here, send, methods=["POST"])


async def _change(pages: Pages, request: Request, typed: Mapping[str, str]) -> Response:
    token, version = reader(request), typed.get("version") or "0"
    form = Form(fields=ABOUT, values=typed)
    try:
        me = await pages.suite.get("people", "/me", token)
        if told := changes(typed, me):
            await pages.suite.post("people", f"/persons/{me['id']}/details", token, told, version=version)
    except (Refused, PartAway) as no:
        form = form.refused(no)
        if form.status == STALE:
            me = await pages.suite.get("people", "/me", token)
            form, version = fresh(typed, me), me["version"]
        return pages.form(request, "details", form, HERE, hidden={"version": version}, links=LINKS)
    return to(f"{HERE}?done=saved")


def as_typed(me: Card) -> dict[str, str]:
    return {each.name: "" if me[each.name] is None else str(me[each.name]) for each in ABOUT}


def changes(typed: Mapping[str, str], me: Card) -> dict[str, str | None]:
    """Only what differs: the place of work that is shown may be the school's name, which is not to be written down."""
    known = as_typed(me)
    return {name: typed[name] or None for name in known if name in typed and typed[name] != known[name]}


def fresh(typed: Mapping[str, str], me: Card) -> Form:
    """What somebody wrote meanwhile, and beside it what the reader typed, so that neither is lost unseen."""
    notes = {name: texts.TEXT["typed"].format(value=value or "—") for name, value in changes(typed, me).items()}
    general = texts.TEXT["details_changed"]
    return Form(fields=ABOUT, values=as_typed(me), notes=notes, general=general, status=STALE)


def notices(me: Card) -> list[tuple[str, tuple[str, str] | None]]:
    told: list[tuple[str, tuple[str, str] | None]] = [(texts.TEXT["email_now"].format(email=me["email"]), None)]
    if me["new_email"]:
        waits = texts.TEXT["email_waits"].format(email=me["new_email"])
        told.append((waits, ("/cabinet/email-code", texts.TEXT["type_code"])))
    if me["consented"]:
        told.append((texts.TEXT["consent_given"], None))
    else:
        told.append((texts.TEXT["consent_wanted"], (agreement.HERE, texts.TEXT["read_consent"])))
    return told
