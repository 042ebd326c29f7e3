"""The cabinet of a teacher: my routes, one route with its history and certificate, my notices."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.portal import reading, session, texts
from services.portal.suite import PartAway, SignedOut, Suite
from services.portal.timeline import draw
from services.portal.web import Pages, away_text


def router(pages: Pages, zone: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> APIRouter:
    made = APIRouter()

    @made.get("/")
    async def my_routes(request: Request) -> Response:
        answer = await pages.suite.get_or_away("routes", "/routes", reader(request))
        if isinstance(answer, PartAway):
            return pages.show(request, "routes.html", 503, routes=[], away=away_text(answer))
        cards = [reading.card(each, zone) for each in answer["items"]]
        return pages.show(request, "routes.html", routes=cards, away="")

    @made.get("/routes/{id}")
    async def my_route(request: Request, id: UUID) -> Response:
        token = reader(request)
        route = await pages.suite.get("routes", f"/routes/{id}", token)
        told = await pages.suite.get("routes", f"/routes/{id}/timeline", token)
        planned_end = date.fromisoformat(route["term"]["end"]) if route.get("term") else None
        today = clock().astimezone(ZoneInfo(zone)).date()
        return pages.show(
            request,
            "route.html",
            route=reading.route_page(route, zone),
            certificate=await certificate(pages.suite, id, token),
            timeline=reading.history(told, zone),
            picture=draw(reading.milestones(told, zone), today, planned_end),
        )

    @made.get("/certificates/{id}")
    async def my_certificate(request: Request, id: UUID) -> Response:
        file = await pages.suite.file("certificates", f"/certificates/{id}/pdf", reader(request))
        return Response(file.content, media_type=file.media_type, headers=download(id))

    @made.get("/notices")
    async def my_notices(request: Request, after: str = "") -> Response:
        query = {"after": after} if after else {}
        answer = await pages.suite.get("notifications", "/notices", reader(request), **query)
        items = [notice(each, zone) for each in answer["items"]]
        return pages.show(request, "notices.html", notices=items, next=answer["next"])

    return made


def reader(request: Request) -> str:
    """The token of who reads; raises SignedOut for a stranger."""
    token = session.token(request)
    if token is None:
        raise SignedOut
    return token


async def certificate(suite: Suite, route: UUID, token: str) -> dict[str, str]:
    """What there is to say about the certificate of a route: its words, its file, its public page."""
    nothing = {"away": "", "words": texts.TEXT["certificate_none"], "download": "", "check_page": ""}
    answer = await suite.get_or_away("certificates", "/certificates", token, route=str(route))
    if isinstance(answer, PartAway):
        return nothing | {"away": away_text(answer)}
    if not answer["items"]:
        return nothing
    known = answer["items"][0]
    words = texts.TEXT[f"certificate_{known['status']}"].format(
        number=known["number"], day=reading.day(known["issued_on"])
    )
    download = f"/certificates/{known['id']}" if known["pdf"] else ""
    return {"away": "", "words": words, "download": download, "check_page": known["verification"] or ""}


def download(certificate: UUID) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="certificate-{certificate}.pdf"'}


def notice(told: dict[str, Any], zone: str) -> dict[str, Any]:
    return {
        "subject": told["title"],
        "when": texts.moment(reading.local(told["planned_at"], zone)),
        "standing": told["status_text"],
        "paragraphs": told["text"].split("\n\n"),
    }
