"""The rows that the navigator is searched in."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from services.routes.domain.resource.records import STATUS, Absent, Entry, Included, State, Withdrawn
from services.routes.domain.words import words
from shared.domain import Row


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    if isinstance(state, Absent):
        return
    entry = state.entry
    values = {
        "id": id,
        "version": version,
        "revision": state.revision if isinstance(state, Included | Withdrawn) else 0,
        "status": STATUS[type(state)],
        "municipality": state.municipality,
        "title": entry.title,
        "kind": entry.kind,
        "starts_on": entry.dates.start,
        "ends_on": entry.dates.end,
        "forms": entry.forms,
        "audience": entry.audience,
        "provider": entry.provider,
        "level": entry.level,
        "hours": entry.hours,
        "competencies": entry.competencies,
        "tags": entry.tags,
        "track": entry.track,
        "link": entry.link,
        "searched": words(" ".join((entry.title, entry.provider, *entry.audience))),
        "facets": sorted(set(facets(entry, state.municipality))),
    }
    yield Row(table="resources", values=values)


def facets(entry: Entry, municipality: str) -> Iterator[str]:
    """Everything an entry is filtered by, as words of one index: any mixture of filters is one look-up."""
    yield facet("kind", entry.kind)
    yield facet("municipality", municipality)
    yield facet("provider", entry.provider)
    yield facet("track", entry.track)
    yield facet("level", entry.level or "")
    for name in ("forms", "audience", "competencies", "tags"):
        yield from (facet(name, value) for value in getattr(entry, name))


def facet(name: str, value: str) -> str:
    """Codes are compared as they are, names as they are read."""
    return f"{name}:{words(value) if name in ('provider', 'audience') else value}"
