"""The teacher, the tiny instrument and the facts that the stories of diagnostics are told with."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.diagnostics.domain.appraisal import Arrange
from services.diagnostics.domain.appraisal_facts import Appraisal
from services.diagnostics.domain.comparison import Note, Subject
from services.diagnostics.domain.diagnostic import Finding, FoundLevel, NoteFinding, Whose
from services.diagnostics.domain.dynamics import Policy, Result
from services.diagnostics.domain.instrument import Competency, Forms, Instrument, Item, Option
from services.diagnostics.domain.outside import Import, OutsideLevel, OutsideResult
from services.diagnostics.domain.scoring import sheet
from services.diagnostics.domain.session import Assign, Submit
from services.diagnostics.domain.session_facts import ItemAnswered, Question, SessionAssigned, SessionStarted, Task
from services.diagnostics.library import read_conduct

ANNA, ROUTE = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 13, tzinfo=UTC)
TODAY = NOON.date()
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
GRADES = (
    Option(code="no", text="Не видно", points=0),
    Option(code="part", text="Отчасти", points=1),
    Option(code="yes", text="Видно", points=2),
)
CRITERIA = ("c1", "c2", "c3")
RUBRIC = Instrument(
    code="lesson",
    version=1,
    family="lesson",
    kind="observation",
    title="Карта наблюдения урока",
    calibration="none",
    competencies=(
        Competency(
            code="communicative",
            name="Коммуникативная",
            cuts=("0.5", "1.5"),
            levels=("низкий", "средний", "высокий"),
        ),
    ),
    items=tuple(
        Item(code=code, competency="communicative", text=f"Показатель {code}", options=GRADES, key="", difficulty="0")
        for code in CRITERIA
    ),
    forms=Forms(initial=CRITERIA, final=CRITERIA),
)
CONDUCT = read_conduct()
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


BORIS, VERA = UUID(int=21), UUID(int=22)  # experts
APPRAISAL = Appraisal(
    person=ANNA,
    route=ROUTE,
    purpose="initial",
    kind="observation",
    family="lesson",
    instrument="lesson",
    instrument_version=1,
    criteria=tuple(Question(item=code, options=("no", "part", "yes")) for code in CRITERIA),
    municipality="m-ust",
    school="s-011",
)
arrange = Arrange(appraisal=APPRAISAL, raters=(BORIS, VERA), due=None, by=UUID(int=20), at=NOON)
outside_result = OutsideResult(
    person=ANNA,
    route=ROUTE,
    purpose="initial",
    kind="interview",
    instrument="talk-2026",
    held_on=NOON.date(),
    municipality="m-ust",
    school="s-011",
    levels=(OutsideLevel(competency="communicative", level="средний"),),
)
taking_over = Import(results=(outside_result,), rows=1, by=UUID(int=20), at=NOON)


def finding(number: int, kind: str = "test", level: str = "средний", day: date = TODAY) -> NoteFinding:
    """What a procedure gave for one competency."""
    whose = Whose(person=ANNA, route=ROUTE, purpose="initial", municipality="m-ust", school="s-011")
    found = Finding(
        id=UUID(int=number),
        source="session" if kind in ("test", "self") else "appraisal",
        kind=kind,  # type: ignore[arg-type]
        instrument="tiny",
        instrument_version=1,
        levels=(FoundLevel(competency="informational", level=level),),
        held_on=day,
    )
    return NoteFinding(whose=whose, finding=found, precedence=CONDUCT.precedence, policy=CONDUCT.version, at=NOON)
