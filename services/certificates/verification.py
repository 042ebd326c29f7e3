"""The public page over HTTP: anybody with a code may ask, nobody needs to sign in."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import HTMLResponse, JSONResponse

from services.certificates import page, queries, responses
from services.certificates.categories import CERTIFICATES
from services.certificates.codes import read_code
from services.certificates.printing import Press
from shared.store.execute import Executor
from shared.store.types import Store, StoreUnavailable


def router(store: Store, executor: Executor, press: Press) -> APIRouter:
    made = APIRouter(prefix="/verify", tags=["verification"])

    async def found(typed: str) -> responses.Verification:
        code = read_code(typed)
        id = await queries.id_by_code(store, code) if code else None
        state = (await executor.state(CERTIFICATES, id))[0] if id else None
        return responses.verification(state, press.time_zone)

    @made.get("/style.css", include_in_schema=False)
    async def style() -> Response:
        return Response(page.STYLE_SHEET, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @made.get("/{code}", response_class=HTMLResponse, responses={HTTPStatus.OK: {"model": responses.Verification}})
    async def verify(code: str, accept: Annotated[str, Header()] = "") -> Response:
        """Valid, revoked, or unknown (404): a page for people, JSON for a program that accepts that and no HTML."""
        if "application/json" in accept and "text/html" not in accept:
            told = await found(code)
            return JSONResponse(told.model_dump(mode="json"), _status(told), headers=page.HEADERS)
        try:
            told = await found(code)
        except StoreUnavailable:
            return HTMLResponse(page.later(press.issuer), HTTPStatus.SERVICE_UNAVAILABLE, headers=page.HEADERS)
        return HTMLResponse(page.page(told, press.issuer), _status(told), headers=page.HEADERS)

    return made


def _status(told: responses.Verification) -> HTTPStatus:
    return HTTPStatus.NOT_FOUND if told.standing == "unknown" else HTTPStatus.OK
