"""The public page over HTTP: anybody with a code may ask, nobody needs to sign in."""

from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.certificates import page, queries
from services.certificates.categories import CERTIFICATES
from services.certificates.codes import read_code
from services.certificates.domain.certificate import State, Void
from services.certificates.printing import Press
from shared.store.execute import Executor
from shared.store.types import Store, StoreUnavailable


def router(store: Store, executor: Executor, press: Press) -> APIRouter:
    made = APIRouter(prefix="/verify", tags=["verification"])

    async def found(typed: str) -> State | None:
        code = read_code(typed)
        id = await queries.id_by_code(store, code) if code else None
        return (await executor.state(CERTIFICATES, id))[0] if id else None

    @made.get("/style.css", include_in_schema=False)
    async def style() -> Response:
        return Response(page.STYLE_SHEET, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @made.get("/{code}", response_class=HTMLResponse)
    async def verify(code: str) -> HTMLResponse:
        """A page for people: valid, revoked, or unknown (404)."""
        try:
            state = await found(code)
        except StoreUnavailable:
            shown = page.later(press.issuer)
        else:
            shown = page.page(state, press.issuer, _revoked_on(state, press.time_zone))
        return HTMLResponse(shown.html, shown.status, headers=page.HEADERS)

    return made


def _revoked_on(state: State | None, zone: ZoneInfo) -> date | None:
    return state.revoked_at.astimezone(zone).date() if isinstance(state, Void) else None
