"""What people send to the navigator: an entry, a reason, and what they look for."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import Field, StringConstraints, model_validator

from services.routes.catalogue import Cursor, Search
from services.routes.domain.resource.records import Entry, Form, Kind, Status
from services.routes.domain.resource.view import facet
from services.routes.domain.route.records import Level, Term
from services.routes.fields import MOST, Code, Codes, Day, Hours, Text
from services.routes.themes import Body
from services.routes.vocabularies import Listed

# A letter or a digit at least, so that nothing invisible stands for a name, and no control characters.
NAME: Final = r"^[^\p{Cc}\p{Zl}\p{Zp}]*[\p{L}\p{N}][^\p{Cc}\p{Zl}\p{Zp}]*$"

Name = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True, pattern=NAME)]
Link = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^(https?://[^\s\p{Cc}\p{Cf}]+)?$")]
MaybeCode = Annotated[str, Field(max_length=64, pattern=r"^[\w.-]*$")]
Sought = Annotated[str, Field(max_length=500)]


class NewResource(Body):
    title: Name
    kind: Kind
    start: Day
    end: Day
    forms: Annotated[tuple[Form, ...], Field(min_length=1, max_length=10)]
    audience: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST)]
    provider: Name
    level: Annotated[Level, Listed("levels")] | None = None
    hours: Hours | None = None
    competencies: Codes = ()
    tags: Codes = ()
    track: MaybeCode = ""
    link: Link = ""

    def entry(self) -> Entry:
        return Entry(
            title=self.title,
            kind=self.kind,
            dates=Term(start=self.start, end=self.end),
            forms=tuple(dict.fromkeys(self.forms)),
            audience=tuple(dict.fromkeys(self.audience)),
            provider=self.provider,
            level=self.level,
            hours=self.hours,
            competencies=tuple(dict.fromkeys(self.competencies)),
            tags=tuple(dict.fromkeys(self.tags)),
            track=self.track,
            link=self.link,
        )


class NewProposal(NewResource):
    municipality: Code


class DeclinedBecause(Body):
    reason: Text


class Filters(Body):
    """What is looked for; whatever is given must be met. `from` is today unless it is said, for the catalogue only."""

    q: Sought | None = None
    status: Status = "included"
    kind: Kind | None = None
    level: Code | None = None
    form: Form | None = None
    provider: Sought | None = None
    audience: Sought | None = None
    track: Code | None = None
    municipality: Code | None = None
    competency: Codes = ()
    tag: Codes = ()
    since: Annotated[Day | None, Field(alias="from")] = None
    until: Annotated[Day | None, Field(alias="to")] = None
    after: Annotated[str, Field(max_length=64)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    @model_validator(mode="before")
    @classmethod
    def without_blanks(cls, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """A form sends the fields that were left empty too."""
        return {name: value for name, value in asked.items() if not isinstance(value, str) or value.strip()}

    def facets(self) -> tuple[str, ...]:
        one = {
            "kind": self.kind,
            "level": self.level,
            "forms": self.form,
            "provider": self.provider,
            "audience": self.audience,
            "track": self.track,
            "municipality": self.municipality,
        }
        many = [("competencies", code) for code in self.competency] + [("tags", code) for code in self.tag]
        single = [(name, value) for name, value in one.items() if value is not None]
        return tuple(facet(name, value) for name, value in (*single, *many))

    def search(self, today: date, places: tuple[str, ...]) -> Search:
        public = self.status == "included"
        return Search(
            status=self.status,
            text=self.q,
            facets=self.facets(),
            since=self.since or (today if public else None),
            until=self.until,
            places=None if public else places,
            after=cursor(self.after) if self.after else None,
            limit=self.limit,
        )


def cursor(after: str) -> Cursor:
    """The last day and the id of the entry a page ended with; raises RequestValidationError."""
    day, _, id = after.partition(".")
    try:
        return date.fromisoformat(day), UUID(id)
    except ValueError as error:
        raise RequestValidationError([{"type": "value_error", "loc": ("query", "after")}]) from error
