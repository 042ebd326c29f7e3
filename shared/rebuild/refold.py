"""Streams folded anew to the rows they show, in a process of its own if need be."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from shared.domain import Row
from shared.store.codec import Form, TextWanted
from shared.store.connect import Connection
from shared.store.group import encode_changes
from shared.store.keys import DataKey, KeyRing
from shared.store.postgres import PostgresKeys
from shared.store.types import Category, LogBroken

PAGE = 2_000

COLUMNS = "id, stream, version, kind, data"
RANGE_SQL = f"""SELECT {COLUMNS} FROM facts WHERE stream > $1 AND ($2::text IS NULL OR stream <= $2)
                ORDER BY stream, version"""  # noqa: S608 - constants only
STREAMS_SQL = f"SELECT {COLUMNS} FROM facts WHERE stream = ANY ($1::text[]) ORDER BY stream, version"  # noqa: S608


class KeyMissing(Exception):
    """A view shows personal texts, and there is no master key to read them with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where facts are and how they are read. Every worker process gets it: `categories` is called there by its name.

    `master_key` (32 bytes) is needed only where a view shows personal texts.
    """

    url: str
    categories: Callable[[], Iterable[Category[Any, Any, Any]]]
    master_key: bytes | None = field(default=None, repr=False)


@dataclass(slots=True)
class Shown:
    """What streams show: for each table the streams its rows are of and their values as JSON."""

    rows: defaultdict[str, tuple[list[str], list[str]]] = field(default_factory=lambda: defaultdict(lambda: ([], [])))
    facts: int = 0
    streams: int = 0


class Refold:
    """Folds streams that it reads by *connection*.

    Opening texts needs everybody's keys and takes time, and hardly a view shows one. So they stay sealed until somebody
    asks for one (`opens_texts`); from then on, and for those streams again, all are opened.
    """

    def __init__(self, source: Source, connection: Connection) -> None:
        self._connection = connection
        self._categories = {category.name: category for category in source.categories()}
        self._forms = {form.kind: form for form in forms_of(self._categories.values())}
        self._keys: KeyRing | None = None
        if source.master_key is not None:
            self._keys = KeyRing(source.master_key, PostgresKeys(connection))
        self.opens_texts = False

    async def between(self, after: str, until: str | None) -> Shown:
        """Streams by name, from behind *after* up to and including *until*, or to the last."""
        return await self._fold(RANGE_SQL, after, until)

    async def of(self, streams: Sequence[str]) -> Shown:
        return await self._fold(STREAMS_SQL, streams)

    async def _fold(self, sql: str, *args: object) -> Shown:
        if not self.opens_texts:
            try:
                return await self._attempt(sql, *args)
            except TextWanted:
                if self._keys is None:
                    raise KeyMissing("a view shows personal texts: give the service's master key") from None
                self.opens_texts = True
        return await self._attempt(sql, *args)

    async def _attempt(self, sql: str, *args: object) -> Shown:
        folding = Folding(self._categories, self._forms)
        async with self._connection.transaction():
            cursor = await self._connection.cursor(sql, *args)
            if self.opens_texts:
                while page := await cursor.fetch(PAGE):
                    folding.take(page, await self._opening(page))
            else:
                async with aclosing(read_ahead(cursor)) as pages:
                    async for page in pages:
                        folding.take(page, None)
        folding.end()
        return folding.shown

    async def _opening(self, page: Iterable[Any]) -> dict[str, DataKey]:
        assert self._keys is not None  # noqa: S101 - see _fold
        ids = {
            id
            for _, _, _, kind, data in page
            if (form := self._forms.get(kind)) and form.personal
            for id in form.key_ids(form.decode(data))
        }
        return await self._keys.for_opening(ids)


def forms_of(categories: Iterable[Category[Any, Any, Any]]) -> list[Form]:
    return [Form(category, fact) for category in categories for fact in category.facts]


async def read_ahead(cursor: Any) -> AsyncGenerator[Any, None]:
    """Its pages; while one is folded here, the server fetches the next."""
    ahead = asyncio.create_task(cursor.fetch(PAGE))
    try:
        while page := await ahead:
            ahead = asyncio.create_task(cursor.fetch(PAGE))
            await asyncio.sleep(0)  # or it would be asked for only when it is awaited
            yield page
    finally:
        await asyncio.gather(ahead, return_exceptions=True)  # the connection is nobody else's until then


class Folding:
    """Facts in order of stream and version go in; when a stream ends, what it shows is added to `shown`."""

    def __init__(self, categories: Mapping[str, Category[Any, Any, Any]], forms: Mapping[str, Form]) -> None:
        self.shown = Shown()
        self._categories = categories
        self._forms = forms
        self._stream = ""
        self._version = 0
        self._category: Category[Any, Any, Any] | None = None
        self._state: Any = None

    def take(self, page: Sequence[tuple[UUID, str, int, str, bytes]], keys: dict[str, DataKey] | None) -> None:
        """*keys* open the personal texts; None leaves them sealed."""
        for id, stream, version, kind, data in page:
            if stream != self._stream:
                self._begin(stream)
            if version != self._version + 1:
                raise LogBroken(f"version {self._version + 1} of stream {stream} is missing")
            self._version = version
            form = self._forms.get(kind)
            if form is None or self._category is None:
                raise LogBroken(f"fact {id} has the unknown kind {kind}")
            try:
                stored = form.decode(data)
            except msgspec.DecodeError as error:
                raise LogBroken(f"fact {id} of kind {kind} cannot be read: {error}") from error
            event = form.closed(stored) if keys is None else form.opened(id, stored, keys)
            self._state = self._category.decider.evolve(self._state, event)
        self.shown.facts += len(page)

    def end(self) -> None:
        """Show the stream in hand."""
        if self._category is None:
            return
        id = UUID(self._stream.partition("-")[2])
        rows = [row for row in self._category.view(id, self._version, self._state) if isinstance(row, Row)]
        for _, table, _, values in encode_changes(rows):
            streams, all_values = self.shown.rows[table]
            streams.append(self._stream)
            all_values.append(values)
        self.shown.streams += 1

    def _begin(self, stream: str) -> None:
        self.end()
        self._stream, self._version = stream, 0
        self._category = self._categories.get(stream.partition("-")[0])
        self._state = self._category.decider.initial if self._category else None
