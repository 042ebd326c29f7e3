"""What people send: one body per command, checked for form only."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.diagnostics.domain.authoring_facts import RetirementReason
from services.diagnostics.domain.instrument import (
    Competency,
    Forms,
    Instrument,
    Item,
    Kind,
    Option,
    Purpose,
    is_rated,
)
from services.diagnostics.domain.session_facts import WithdrawalReason

NO_CONTROLS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"  # a line break and a tab are text, the rest is an accident

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True, pattern=NO_CONTROLS)]
MaybeText = Annotated[str, StringConstraints(max_length=10_000, strip_whitespace=True, pattern=NO_CONTROLS)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True, pattern=NO_CONTROLS)]
Number = Annotated[str, Field(max_length=8, pattern=r"^-?\d{1,3}(\.\d{1,3})?$")]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    """A command that needs no words; its body is {} or absent."""


class NewSession(Body):
    person_id: UUID
    route_id: UUID | None = None
    instrument: Code
    version: Version | None = None
    purpose: Purpose
    municipality: Code
    school: Code
    due_on: Day | None = None

    @property
    def person(self) -> UUID:
        return self.person_id


class NewAppraisal(NewSession):
    rater_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]


class NewAnswer(Body):
    """`sequence` counts saves, each above the highest count the session has shown; `device` names the client."""

    answer: Code
    sequence: Count = 0
    device: Annotated[str, Field(max_length=64, pattern=r"^[\w.-]*$")] = ""


class Submission(Body):
    """`sequence` is the count of the last save that was sent: a submission does not overtake it."""

    sequence: Count = 0


class Withdrawal(Body):
    reason: WithdrawalReason


class NewRater(Body):
    rater_id: UUID


class NewRating(Body):
    grades: Annotated[dict[Code, Code], Field(min_length=1, max_length=200)]
    comment: MaybeText = ""


class OptionWritten(Body):
    code: Code
    text: Text
    points: Annotated[int, Field(ge=0, le=100)] = 0


class ItemWritten(Body):
    """`correct` is the right option of a test, the confident one of a self-diagnosis, and empty in a rubric."""

    code: Code
    competency: Code
    text: Text
    options: Annotated[tuple[OptionWritten, ...], Field(max_length=10)]
    correct: Annotated[str, Field(max_length=64, pattern=r"^[\w.-]*$")] = ""
    difficulty: Number = "0"
    anchor: bool = False


class CompetencyWritten(Body):
    code: Code
    name: Line
    cuts: Annotated[tuple[Number, ...], Field(max_length=9)]
    levels: Annotated[tuple[Annotated[Line, Field(max_length=60)], ...], Field(max_length=10)]


class InstrumentWritten(Body):
    """An instrument as its authors write it; a draft may still have flaws, and they are told."""

    family: Code
    kind: Kind
    title: Line
    calibration: Code
    competencies: Annotated[tuple[CompetencyWritten, ...], Field(max_length=30)]
    items: Annotated[tuple[ItemWritten, ...], Field(max_length=200)]
    initial: Annotated[tuple[Code, ...], Field(max_length=200)]
    final: Annotated[tuple[Code, ...], Field(max_length=200)]

    def instrument(self, code: str, version: int) -> Instrument:
        return Instrument(
            code=code,
            version=version,
            family=self.family,
            kind=self.kind,
            title=self.title,
            calibration=self.calibration,
            competencies=tuple(
                Competency(code=each.code, name=each.name, cuts=each.cuts, levels=each.levels)
                for each in self.competencies
            ),
            items=tuple(map(self._item, self.items)),
            forms=Forms(initial=self.initial, final=self.final),
        )

    def _item(self, written: ItemWritten) -> Item:
        rated = is_rated(self.kind)
        return Item(
            code=written.code,
            competency=written.competency,
            text=written.text,
            options=tuple(
                Option(code=each.code, text=each.text, points=each.points if rated else 0) for each in written.options
            ),
            key="" if rated else written.correct,
            difficulty="0" if rated else written.difficulty,
            anchor=written.anchor,
        )


class NewInstrument(InstrumentWritten):
    code: Code


class Returned(Body):
    reason: Reason


class Retirement(Body):
    reason: RetirementReason


Format = Literal["xlsx", "csv"]
FormatAsked = Annotated[Format, Query(alias="as")]
