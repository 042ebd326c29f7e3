"""Route cards over HTTP: the official table of one teacher for one school year, on screen and as a file."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.routes import access, card_form, card_page, card_sheet, queries, texts
from services.routes.categories import Routes
from services.routes.domain import card as projection
from services.routes.domain.calendar import local_day
from services.routes.domain.route.state import Route
from services.routes.people import Directory
from services.routes.responses import shown
from shared.http.commands import Serving, caller, serving
from shared.http.problems import NotFound
from shared.http.tokens import Person
from shared.store.execute import Executor
from shared.store.types import Store

Caller = Annotated[Person, Depends(caller)]
Running = Annotated[Serving, Depends(serving)]
Start = Annotated[int, Field(ge=2000, le=2098)]
Format = Literal["json", "pdf", "xlsx"]


class Cards:
    """What the addresses below share; a card is made anew each time, with the name as it is at that moment."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        routes: Routes,
        directory: Callable[[], Directory],
        form: card_form.Form,
        zone: str,
    ) -> None:
        self._store = store
        self._executor = executor
        self._routes = routes
        self._directory = directory
        self._form = form
        self._zone = zone

    async def entries(self, person: UUID, year: int, reader: Person) -> list[projection.Entry]:
        """The activities of the routes that the reader may read; raises NotFound where there is no such route."""
        found = [
            (id, await self._executor.state(self._routes, id)) for id in await queries.of_tutee(self._store, person)
        ]
        readable = [(id, state) for id, (state, _) in found if access.readable(reader, state)]
        if not readable and reader.id != person:
            raise NotFound
        routes = [(id, state) for id, state in readable if isinstance(state, Route)]
        return projection.entries(routes, year)

    async def card(self, person: UUID, entries: list[projection.Entry], year: int, running: Serving) -> card_form.Card:
        teacher = await self._directory().teacher(person)
        return card_form.filled(self._form, teacher, entries, year, local_day(running.clock(), self._zone))


def cards_router(cards: Cards) -> APIRouter:
    router = APIRouter(prefix="/cards", tags=["cards"])

    @router.get("/{person}/{year}", response_model=None)
    async def card(
        person: UUID,
        year: Start,
        reader: Caller,
        running: Running,
        format: Annotated[Format, Query(alias="as")] = "json",
    ) -> Response | dict[str, Any]:
        """The card of the school year that begins in `year`; `as=pdf` and `as=xlsx` give the printed form."""
        entries = await cards.entries(person, year, reader)
        made = await cards.card(person, entries, year, running)
        match format:
            case "json":
                return card_shown(person, year, made, entries)
            case "pdf":
                return downloaded(await asyncio.to_thread(card_page.render, made), card_page.MEDIA_TYPE, year, format)
            case "xlsx":
                book = await asyncio.to_thread(card_sheet.render, made, texts.CARD_SHEET, texts.ANNEXES_SHEET)
                return downloaded(book, card_sheet.MEDIA_TYPE, year, format)

    return router


def card_shown(person: UUID, year: int, card: card_form.Card, entries: list[projection.Entry]) -> dict[str, Any]:
    """As printed, with what only the screen shows: whose route it is, and the expected result."""
    return {
        "person_id": str(person),
        "year": card_form.year_name(year),
        **shown(projection.school_year(year)),
        "title": card.title,
        "lines": [{"label": label, "value": value} for label, value in card.lines],
        "columns": list(card.form.columns),
        "activities": [
            {
                "route_id": str(entry.route),
                "activity_id": str(entry.doing.activity.id),
                "cells": list(row),
                "done_on": shown(entry.doing.done_on),
                "expected": card_form.told(entry.doing.expected),
            }
            for row, entry in zip(card.rows, entries, strict=True)
        ],
    }


def downloaded(content: bytes, media_type: str, year: int, ending: str) -> Response:
    """No name stands in the file's name: it would be kept by browsers and logs."""
    headers = {
        "Content-Disposition": f'attachment; filename="karta-iom-{card_form.year_name(year)}.{ending}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)
