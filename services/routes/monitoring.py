"""Monitoring over HTTP: how the routes of a region, a municipality or a school stand (duties 2.8.1.11 and 2.8.2.2)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from services.routes import access, texts
from services.routes.domain.monitoring import Key, Sum, hidden
from services.routes.domain.policy import Policies
from services.routes.fields import Code, Day
from services.routes.figures import Figure, Period, figures
from services.routes.responses import shown
from shared.http.commands import Serving, caller, serving
from shared.http.tokens import Person
from shared.store.types import Store

Caller = Annotated[Person, Depends(caller)]
Running = Annotated[Serving, Depends(serving)]

ALL: Key = ("all", "")
COMPLETED: Key = ("status", "5 completed")
NOBODY = Figure(0, 0)
ANSWERS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Board:
    """The figures of one place and period, and which of them are not shown."""

    counted: Mapping[Key, Figure]
    hidden: frozenset[Key]

    def cell(self, key: Key) -> dict[str, Any]:
        figure = self.counted.get(key, NOBODY)
        if key in self.hidden:
            return {"routes": None, "people": None, "hidden": True}
        return {"routes": figure.routes, "people": figure.people, "hidden": False}

    def cells(self, part: str, name: str) -> list[dict[str, Any]]:
        """Every cell of a breakdown that somebody is in."""
        return [{name: key[1] or None} | self.cell(key) for key in of(self.counted, part)]

    def answers(self, part: str) -> list[dict[str, Any]]:
        """Yes and no, in this order, also where nobody is."""
        return [{part: answer == "true"} | self.cell((part, answer)) for answer in ANSWERS]

    def stages(self) -> list[dict[str, Any]]:
        return [
            {"stage": number, "stage_name": name}
            | self.cell(("stage", str(number)))
            | {"statuses": self._inside("status", number, "status"), "models": self._inside("staged", number, "model")}
            for number, name in texts.STAGES.items()
        ]

    def _inside(self, part: str, stage: int, name: str) -> list[dict[str, Any]]:
        found = of(self.counted, part, str(stage))
        return [{name: key[1].partition(" ")[2] or None} | self.cell(key) for key in found]

    def answer(self) -> dict[str, Any]:
        return {
            "total": self.cell(ALL),
            "stages": self.stages(),
            "models": self.cells("model", "model"),
            "overdue": self.answers("overdue"),
            "on_hold": self.answers("on_hold"),
            "outcomes": {part: self.answers(part) for part in ("achieved", "certificate_due")},
            "deficits": self.cells("deficit", "competency"),
        }


def board(counted: Mapping[Key, Figure], least: int) -> Board:
    people = {key: figure.people for key, figure in counted.items()}
    return Board(counted, hidden(people, sums(people), least))


def sums(keys: Collection[Key]) -> list[Sum]:
    """What can be computed of what; deficits add up to nothing, since a route has several or none."""
    stages, models = of(keys, "stage"), of(keys, "model")
    told = [Sum(total=ALL, parts=stages)]
    told += [Sum(total=stage, parts=of(keys, part, stage[1])) for part in ("status", "staged") for stage in stages]
    told += [Sum(total=ALL, parts=of(keys, part)) for part in ("model", "overdue", "on_hold", "place")]
    told += [Sum(total=COMPLETED, parts=of(keys, part)) for part in ("achieved", "certificate_due")]
    told += [
        Sum(total=model, parts=tuple(key for key in of(keys, "staged") if key[1].partition(" ")[2] == model[1]))
        for model in models
    ]
    return [each for each in told if each.parts]


def of(keys: Iterable[Key], part: str, stage: str = "") -> tuple[Key, ...]:
    """The cells of a breakdown, or those of one stage of it."""
    return tuple(key for key in keys if key[0] == part and key[1].startswith(f"{stage} " if stage else ""))


class Monitoring:
    """Counted anew at each look, of the rows that lists are made of."""

    def __init__(self, store: Store, policies: Policies) -> None:
        self._store = store
        self._policies = policies

    async def seen(
        self, municipality: str | None, school: str | None, since: Day | None, until: Day | None, running: Serving
    ) -> dict[str, Any]:
        policy = self._policies.at(running.clock())
        counted = await figures(self._store, municipality, school, Period(since, until, self._policies.zone))
        made = board(counted, policy.monitoring_least)
        place = "school" if municipality else "municipality"
        asked = {"municipality": municipality, "school": school, "since": shown(since), "until": shown(until)}
        read = {"policy": policy.version, "least": policy.monitoring_least}
        return asked | read | made.answer() | {"coverage": made.cells("place", place)}


def monitoring_router(monitoring: Monitoring) -> APIRouter:
    router = APIRouter(prefix="/monitoring", tags=["monitoring"])

    @router.get("")
    async def seen(
        reader: Caller,
        running: Running,
        municipality: Code | None = None,
        school: Code | None = None,
        since: Day | None = None,
        until: Day | None = None,
    ) -> dict[str, Any]:
        """How the routes opened from `since` to `until` stand; figures of too few people are hidden."""
        access.at_school(reader, municipality or "", school or "")
        return await monitoring.seen(municipality, school, since, until, running)

    return router
