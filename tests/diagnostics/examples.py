"""The teacher, the tiny instrument and the facts that the stories of diagnostics are told with."""

from datetime import UTC, datetime
from uuid import UUID

from services.diagnostics.domain.comparison import Note, Subject
from services.diagnostics.domain.dynamics import Policy, Result
from services.diagnostics.domain.instrument import Competency, Forms, Instrument, Item, Option
from services.diagnostics.domain.scoring import sheet
from services.diagnostics.domain.session import (
    Assign,
    ItemAnswered,
    Question,
    SessionAssigned,
    SessionStarted,
    Submit,
    Task,
)

ANNA, ROUTE = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 13, tzinfo=UTC)
POLICY = Policy(version="1", reliable_z="1.96", anchor_share="0.20")
DIFFICULTIES = ("-1.50", "-0.75", "0", "0.75", "1.50")


def item(number: int, difficulty: str, anchor: bool = True) -> Item:
    return Item(
        code=f"i{number}",
        competency="informational",
        text=f"Вопрос {number}",
        options=(Option(code="a", text="Верно"), Option(code="b", text="Неверно")),
        key="a",
        difficulty=difficulty,
        anchor=anchor,
    )


ITEMS = tuple(item(number, difficulty) for number, difficulty in enumerate(DIFFICULTIES, 1))
CODES = tuple(each.code for each in ITEMS)
TINY = Instrument(
    code="tiny",
    version=1,
    family="tiny",
    kind="test",
    title="Пять вопросов",
    calibration="c1",
    competencies=(
        Competency(
            code="informational", name="Информационная", cuts=("-0.9", "0.9"), levels=("низкий", "средний", "высокий")
        ),
    ),
    items=ITEMS,
    forms=Forms(initial=CODES, final=CODES),
)
TASK = Task(
    person=ANNA,
    route=ROUTE,
    purpose="initial",
    kind="test",
    family="tiny",
    instrument="tiny",
    instrument_version=1,
    questions=tuple(Question(item=code, options=("a", "b")) for code in CODES),
    municipality="m-ust",
    school="s-011",
)
assign, assigned = Assign(task=TASK, at=NOON), SessionAssigned(task=TASK, at=NOON)
started = SessionStarted(at=NOON)
submit = Submit(sheet=sheet(TINY, "initial"), at=LATER)


def answered(options: str) -> list[ItemAnswered]:
    """Facts for answers to the first items, one letter each."""
    return [ItemAnswered(item=code, option=option, at=NOON) for code, option in zip(CODES, options, strict=False)]


def result(session: int, theta: str = "0.000", se: str = "0.500", **other: object) -> Result:
    fields: dict[str, object] = {"kind": "test", "calibration": "c1", "items": CODES, "anchors": CODES}
    return Result(session=UUID(int=session), theta=theta, se=se, **{**fields, **other})  # type: ignore[arg-type]


def note(purpose: str, measured: Result) -> Note:
    subject = Subject(route=ROUTE, person=ANNA, family="tiny", municipality="m-ust", school="s-011")
    return Note(subject=subject, purpose=purpose, result=measured, policy=POLICY, at=LATER)  # type: ignore[arg-type]
