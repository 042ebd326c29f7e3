"""What people send to adjust or extend a started route."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.routes.bodies.body import Body, Given
from services.routes.bodies.designing import PlannedActivity
from services.routes.domain.route import adjusting
from services.routes.domain.route.records import Reason
from services.routes.domain.route.rules import Command
from services.routes.fields import MOST, Codes, Day, Ids, Text


class AddedTask(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Text
    bases: Ids
    competencies: Codes = ()


class Adjustment(Body):
    reason: Reason
    end: Day | None = None
    added_tasks: Annotated[tuple[AddedTask, ...], Field(max_length=MOST)] = ()
    dropped_tasks: Ids = ()
    added_activities: Annotated[tuple[PlannedActivity, ...], Field(max_length=MOST)] = ()
    dropped_activities: Ids = ()

    def command(self, given: Given) -> Command:
        tasks = (
            adjusting.NewTask(id=given.new(f"task-{n}"), text=new.text, bases=new.bases, competencies=new.competencies)
            for n, new in enumerate(self.added_tasks)
        )
        activities = (
            adjusting.NewActivity(**new.planned(given, f"activity-{n}")) for n, new in enumerate(self.added_activities)
        )
        return adjusting.Adjust(
            **given.who,
            reason=self.reason,
            end=self.end,
            added_tasks=tuple(tasks),
            dropped_tasks=self.dropped_tasks,
            added_activities=tuple(activities),
            dropped_activities=self.dropped_activities,
        )


class ReturnedAdjustment(Body):
    reason: Text

    def command(self, given: Given) -> Command:
        return adjusting.ReturnAdjustment(**given.who, reason=self.reason)


class Extension(Body):
    end: Day

    def command(self, given: Given) -> Command:
        return adjusting.Extend(**given.who, end=self.end)


def mentors(body: BaseModel) -> frozenset[UUID]:
    """Whom a body names as mentors of self-regulated pairs."""
    activities = body.added_activities if isinstance(body, Adjustment) else (body,)
    planned = [each for each in activities if isinstance(each, PlannedActivity) and each.capacity is not None]
    return frozenset(mentor for each in planned for mentor in each.mentors)
