"""The figures of the monitoring, counted in one statement."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.routes.domain.monitoring import Key
from shared.store.types import Store

# Every route stands in one cell of each part, and in as many of 'deficit' as it has competencies. A teacher is counted
# once a cell, however many routes they have there.
FIGURES = """
WITH chosen AS (
  SELECT * FROM routes
  WHERE opened_at IS NOT NULL
    AND ($1::text IS NULL OR municipality = $1)
    AND ($2::text IS NULL OR school = $2)
    AND ($3::timestamptz IS NULL OR opened_at >= $3)
    AND ($4::timestamptz IS NULL OR opened_at < $4)
), placed AS (
  SELECT part, value, tutee_id
  FROM chosen CROSS JOIN LATERAL (VALUES
    ('all', ''),
    ('stage', stage::text),
    ('status', stage || ' ' || status),
    ('model', coalesce(model, '')),
    ('staged', stage || ' ' || coalesce(model, '')),
    ('overdue', overdue::text),
    ('on_hold', on_hold::text),
    ('achieved', achieved::text),
    ('certificate_due', certificate_due::text),
    ('place', CASE WHEN $1::text IS NULL THEN municipality ELSE school END)
  ) AS cell (part, value)
  WHERE value IS NOT NULL
  UNION ALL
  SELECT 'deficit', competency, tutee_id FROM chosen CROSS JOIN LATERAL unnest(deficits) AS competency
), theirs AS (
  SELECT part, value, tutee_id, count(*) AS routes FROM placed GROUP BY part, value, tutee_id
)
SELECT part, value, sum(routes)::bigint AS routes, count(*) AS people FROM theirs GROUP BY part, value
ORDER BY part, value
"""


@dataclass(frozen=True, slots=True)
class Period:
    """The days in which a route was opened, both included; None leaves that side open."""

    since: date | None
    until: date | None
    zone: str

    @property
    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """The moment of the first day's beginning and that of the last day's end."""
        zone = ZoneInfo(self.zone)
        first = datetime.combine(self.since, time(), zone) if self.since else None
        last = datetime.combine(self.until + timedelta(days=1), time(), zone) if self.until else None
        return first, last


@dataclass(frozen=True, slots=True)
class Figure:
    routes: int
    people: int


async def figures(store: Store, municipality: str | None, school: str | None, period: Period) -> dict[Key, Figure]:
    """Of all routes that were opened at the place in the period."""
    rows = await store.fetch(FIGURES, municipality, school, *period.bounds)
    return {(row["part"], row["value"]): Figure(row["routes"], row["people"]) for row in rows}
