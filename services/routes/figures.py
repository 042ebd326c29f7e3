"""The figures of the monitoring, counted in one statement."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.routes.domain.monitoring import Key
from shared.store.types import Store

# Every route stands in one cell of each part, and in as many of 'deficit' as it has competencies. A teacher is counted
# once a cell, however many routes they have there; only those of several routes must be told apart for it, so that the
# others are put together first, which is most of the work.
FIGURES = """
WITH chosen AS (
  SELECT *, CASE WHEN count(*) OVER (PARTITION BY tutee_id) > 1 THEN tutee_id END AS several,
         CASE WHEN $1::text IS NULL THEN municipality ELSE school END AS place
  FROM routes
  WHERE opened_at IS NOT NULL
    AND ($1::text IS NULL OR municipality = $1)
    AND ($2::text IS NULL OR school = $2)
    AND ($3::timestamptz IS NULL OR opened_at >= $3)
    AND ($4::timestamptz IS NULL OR opened_at < $4)
), alike AS (
  SELECT stage, status, model, overdue, on_hold, achieved, certificate_due, several, count(*) AS routes
  FROM chosen GROUP BY stage, status, model, overdue, on_hold, achieved, certificate_due, several
), placed AS (
  SELECT part, value, several, routes
  FROM alike CROSS JOIN LATERAL (VALUES
    ('all', ''),
    ('stage', stage::text),
    ('status', stage || ' ' || status),
    ('model', coalesce(model, '')),
    ('staged', stage || ' ' || coalesce(model, '')),
    ('overdue', overdue::text),
    ('on_hold', on_hold::text),
    ('achieved', achieved::text),
    ('certificate_due', certificate_due::text)
  ) AS cell (part, value)
  WHERE value IS NOT NULL
  UNION ALL
  SELECT 'place', place, several, count(*) FROM chosen GROUP BY place, several
  UNION ALL
  SELECT 'deficit', competency, several, count(*)
  FROM chosen CROSS JOIN LATERAL unnest(deficits) AS competency GROUP BY competency, several
), theirs AS (
  SELECT part, value, several, sum(routes) AS routes FROM placed GROUP BY part, value, several
)
SELECT part, value, sum(routes)::bigint AS routes,
       sum(CASE WHEN several IS NULL THEN routes ELSE 1 END)::bigint AS people
FROM theirs GROUP BY part, value
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
