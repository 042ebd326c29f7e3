"""What is read of the navigator: a search is one look-up in the index of words and facets, in order of last days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.routes.domain.resource.records import Status
from services.routes.domain.words import words
from shared.store.types import Store

COLUMNS = """id, version, revision, status, municipality, title, kind, starts_on AS start, ends_on AS "end", forms,
    audience, provider, level, hours, competencies, tags, track, link"""

Cursor = tuple[date, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for. `facets` are made by the view's own function; all must be met.

    `since` and `until` are days, both included, that the resource's dates must touch. `places` are the municipalities
    whose undecided entries the reader may see, "" for all; None where everybody may.
    """

    status: Status = "included"
    text: str | None = None
    facets: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    places: tuple[str, ...] | None = None
    after: Cursor | None = None
    limit: int = 50


def search_sql(search: Search) -> tuple[str, list[object]]:
    """Only the conditions that are asked for: "$1 IS NULL OR …" would hide from the planner which index helps."""
    args: list[object] = [search.status, search.limit]
    conditions = ["status = $1"]

    def when(wanted: object, condition: str, *values: object) -> None:
        if wanted is not None:
            args.extend(values)
            places = [f"${n}" for n in range(len(args) - len(values) + 1, len(args) + 1)]
            conditions.append(condition.format(*places))

    when(search.since, "ends_on >= {}", search.since)
    when(search.until, "starts_on <= {}", search.until)
    when(search.text, "words @@ plainto_tsquery('pg_catalog.russian', {})", words(search.text or ""))
    when(search.facets or None, "facets @> {}::text[]", list(search.facets))
    if search.places is not None and "" not in search.places:
        when(search.places, "municipality = ANY ({}::text[])", list(search.places))
    if search.after is not None:
        when(search.after, "(ends_on, id) > ({}, {})", *search.after)
    where = " AND ".join(conditions)
    return f"SELECT {COLUMNS} FROM resources WHERE {where} ORDER BY ends_on, id LIMIT $2", args  # noqa: S608 - constants


async def found(store: Store, search: Search) -> list[Mapping[str, Any]]:
    sql, args = search_sql(search)
    return await store.fetch(sql, *args)
