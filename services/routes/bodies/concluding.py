"""What people send of the conclusion, and to complete the route."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import concluding
from services.routes.domain.route.records import Basis, Conclusion, TaskVerdict
from services.routes.domain.route.rules import Command
from services.routes.fields import MOST, MaybeText, Text


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    task: UUID
    achieved: bool


class NewConclusion(Body):
    verdicts: Annotated[tuple[Verdict, ...], Field(max_length=MOST * 2)]
    achieved: bool
    bases: Annotated[tuple[Basis, ...], Field(max_length=3)]
    text: Text
    weighing: MaybeText = ""

    def command(self, given: Given) -> Command:
        verdicts = tuple(TaskVerdict(task=each.task, achieved=each.achieved) for each in self.verdicts)
        conclusion = Conclusion(verdicts=verdicts, achieved=self.achieved, bases=self.bases)
        return concluding.DraftConclusion(**given.who, conclusion=conclusion, text=self.text, weighing=self.weighing)


class ReturnedConclusion(Body):
    reason: Text

    def command(self, given: Given) -> Command:
        return concluding.ReturnConclusion(**given.who, reason=self.reason)


class Completion(Body):
    def command(self, given: Given) -> Command:
        return concluding.Complete(**given.who, today=given.today)
