"""The route card: which activities stand in it, in the annex's own words, on screen, on paper and in a spreadsheet."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from services.routes import card_form, card_page, card_sheet, texts
from services.routes.domain import card
from services.routes.domain.route.records import Term
from services.routes.people import Teacher
from services.routes.vocabularies import PUBLISHED, read_vocabularies
from tests.routes import path as p

FORM = card_form.read_form(card_form.PUBLISHED)
WORDS = json.loads(card_form.PUBLISHED.read_text(encoding="utf-8"))
TEACHER = Teacher(
    name="Ёлкина Анна Петровна",
    position="учитель математики",
    service_years=12,
    category="высшая",
    attestation="2027-03",
)
SPOKEN = read_vocabularies(PUBLISHED).versions[0]
TODAY = date(2026, 12, 1)


def term(*days: tuple[int, int, int]) -> Term:
    start, end = (date(*day) for day in (*days, *days)[:2])
    return Term(start=start, end=end)


def planning(number: int, days: Term, **texts: Any) -> Any:
    """A command that plans an activity; `texts` are its personal words and the fields of the activity."""
    words = {name: texts.pop(name) for name in ("title", "organiser", "form", "expected") if name in texts}
    activity = p.but(p.activity, id=UUID(int=number), planned=days, **texts)
    return p.but(p.plan_activity, activity=activity, **words)


def route(*commands: Any) -> Any:
    return p.ROUTE.fold(p.facts(commands))


def made(*routes: Any, year: int = 2026, teacher: Teacher = TEACHER) -> card_form.Card:
    found = card.entries([(UUID(int=900 + n), each) for n, each in enumerate(routes)], year)
    return card_form.filled(FORM, teacher, found, year, TODAY)


def said(pdf: bytes) -> str:
    """What is read aloud: line ends, hyphenation and places where a long run may break aside."""
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return squeezed(pages)


def squeezed(text: str) -> str:
    for sign in ("\u200b", "\u00ad", "\u2010", "-"):
        text = text.replace(sign, "")
    return "".join(text.split())


def sheet(found: card_form.Card) -> Any:
    return load_workbook(io.BytesIO(card_sheet.render(found, texts.CARD_SHEET, texts.ANNEXES_SHEET)))


def every_word() -> Iterator[str]:
    """The annex, as it is published: what must stand on the form whatever a teacher did."""
    yield from (WORDS["title"].format(year="2026-2027"), WORDS["information"], *WORDS["lines"])
    yield from (WORDS["activities"], WORDS["hint"], *WORDS["columns"])
    yield from annexs_words()


def annexs_words() -> Iterator[str]:
    yield WORDS["mentoring_heading"]
    for each in WORDS["mentoring"]:
        yield f"{each['name']}. {each['about']}"
    yield WORDS["competencies_heading"]
    for each in WORDS["competencies"]:
        yield from (f"{each['name']}:", *each["indicators"])
    yield WORDS["directions_heading"]
    for each in WORDS["directions"]:
        yield from (each["name"], *each["items"])


def test_1_3_the_card_has_the_activities_from_september_to_august_of_all_routes_by_date():
    first = route(
        *p.DIAGNOSED,
        p.set_task,
        planning(1, term((2027, 8, 31), (2027, 9, 2)), title="последний день"),
        planning(2, term((2026, 8, 31)), title="прошлый год"),
        planning(3, term((2027, 9, 1)), title="следующий год"),
    )
    second = route(*p.DIAGNOSED, p.set_task, planning(4, term((2026, 9, 1), (2026, 9, 3)), title="первый день"))
    found = made(first, second)
    assert [(row[0], row[1], row[5]) for row in found.rows] == [
        ("1", "первый день (семинар)", "01.09.2026 – 03.09.2026"),
        ("2", "последний день (семинар)", "31.08.2027 – 02.09.2027"),
    ]
    assert [row[1] for row in made(first, second, year=2025).rows] == ["прошлый год (семинар)"]


def test_1_3_what_was_done_stands_on_the_day_it_was_done():
    started = (*p.STARTED, p.complete_activity)
    assert made(route(*started)).rows[0][5] == "01.10.2026 – 02.10.2026"
    late = p.but(p.complete_activity, on=date(2026, 10, 3))
    assert made(route(*p.STARTED, late)).rows[0][5] == "03.10.2026"


def test_1_3_an_ended_route_leaves_only_what_was_done():
    assert len(made(route(*p.STARTED)).rows) == 1
    assert made(route(*p.STARTED, p.withdraw)).rows == ()
    assert len(made(route(*p.STARTED, p.complete_activity, p.withdraw)).rows) == 1
    assert len(made(route(*p.COMPLETED)).rows) == 1


def test_1_3_a_row_says_what_the_columns_ask_for():
    done = p.but(p.complete_activity, result="выступила", order="приказ № 12")
    activity = p.but(
        p.activity,
        competencies=("professional.2", "communicative", "informational"),
        mentoring="partner",
        level="federal",
    )
    path = [p.but(p.plan_activity, activity=activity) if each is p.plan_activity else each for each in p.STARTED]
    found = made(route(*path, done))
    assert found.rows == (
        (
            "1",
            "Семинар «Критерии»",
            "профессиональные знания и умения;\nКоммуникативная компетенция",
            "федеральный",
            "Центр развития,\nприказ № 12",
            "01.10.2026 – 02.10.2026",
            "доклад /\nвыступила",
            "Партнерское наставничество",
        ),
    )
    assert [value for _, value in found.lines] == [
        "Ёлкина Анна Петровна, учитель математики",
        "12 лет, высшая",
        "Партнерское наставничество",
        "март 2027",
    ]


def test_what_people_does_not_know_is_left_blank():
    found = made(route(*p.STARTED), teacher=Teacher(name="Ёлкина Анна"))
    assert [value for _, value in found.lines] == ["Ёлкина Анна", "", "", ""]
    assert card_form.month("скоро") == card_form.month("2027-13") == ""


@pytest.mark.parametrize(("years", "told"), [(0, "0 лет"), (1, "1 год"), (3, "3 года"), (11, "11 лет"), (21, "21 год")])
def test_years_of_service_are_counted_in_russian(years: int, told: str):
    assert texts.service_years(years) == told


def test_a_competency_of_another_framework_is_shown_by_its_code():
    assert FORM.competency("assessment") == "assessment"
    assert FORM.competency("professional.9") == "Профессиональная компетенция педагога"


def test_the_form_has_the_annexs_eight_columns_eight_groups_and_nine_directions():
    assert len(FORM.columns) == len(FORM.mentoring) == len(FORM.competencies) == 8
    assert sum(len(each.indicators) for each in FORM.competencies) == 22
    assert sum(len(each.items) or 1 for each in FORM.directions) == 9
    assert set(texts.ACTIVITY_KINDS) == SPOKEN.codes("activities")


def test_the_form_speaks_as_the_vocabulary_does():
    assert FORM.levels == {word.code: word.title for word in SPOKEN.levels}
    assert [(each.code, each.name, each.about) for each in FORM.mentoring] == [
        (word.code, word.title, word.text) for word in SPOKEN.mentoring
    ]
    assert [(each.code, each.name, each.indicators) for each in FORM.competencies] == [
        (word.code, word.title, word.indicators) for word in SPOKEN.competencies
    ]


def test_the_paper_has_every_word_of_the_annex_in_its_order():
    text = said(card_page.render(made(route(*p.STARTED))))
    at = 0
    for words in every_word():
        found = text.find(squeezed(words), at)
        assert found >= 0, words
        at = found


def test_the_paper_is_landscape_tagged_russian_and_accessible():
    reader = PdfReader(io.BytesIO(card_page.render(made(route(*p.STARTED)))))
    root = reader.trailer["/Root"].get_object()
    assert root["/Lang"] == "ru"
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()
    assert all(page.mediabox.width > page.mediabox.height for page in reader.pages)


def test_the_expected_result_is_not_printed():
    planned = p.but(p.plan_activity, expected="ОЖИДАЕМОЕ")
    found = made(route(*(planned if each is p.plan_activity else each for each in p.STARTED)))
    assert "ОЖИДАЕМОЕ" not in said(card_page.render(found))
    assert not [cell.value for row in sheet(found).worksheets[0] for cell in row if "ОЖИДАЕМОЕ" in str(cell.value)]


def many(number: int, **texts: Any) -> card_form.Card:
    days = [term((2026, 9 + n % 4, 1 + n % 28)) for n in range(number)]
    plans = [planning(1000 + n, each, title=f"Мероприятие {n:03}", **texts) for n, each in enumerate(days)]
    return made(route(*p.DIAGNOSED, p.set_task, *plans))


def test_the_column_heads_are_repeated_on_every_page_of_the_table():
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(card_page.render(many(120)))).pages]
    table = [text for text in pages if "Мероприятие0" in text or "Мероприятие1" in text]
    assert len(table) >= 4
    for text in table:
        assert squeezed(WORDS["columns"][7]) in text
    assert [n for n in range(120) if not any(f"Мероприятие{n:03}" in text for text in table)] == []


def test_an_empty_year_is_an_empty_form():
    found = made()
    assert found.rows == ()
    assert squeezed(WORDS["columns"][0]) in said(card_page.render(found))
    assert sheet(found).worksheets[0].max_row == 9


ODD = {
    "reversed": "\u202eкопия\u202c договора",
    "emoji": "👩‍🏫 урок",
    "long": "слово " * 1_600,
    "unbroken": "я" * 10_000,
    "markup": '#eval("1+1") *x* $y$ <label> @ref \\u{41}',
    "lines": "первая строка\n\n  вторая\tстрока\x00",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts_are_printed_and_never_executed(text: str):
    found = many(3, form=text)
    printed = said(card_page.render(found))
    assert "Мероприятие002" in printed
    for word in set(card_form.printable(text).split()):
        if word.isascii() or word.isalpha():  # no font here has pictures
            wanted, most = (squeezed(word), 1) if len(word) < 50 else (word[0], len(word))  # a long one is cut by pages
            assert printed.count(wanted) >= 3 * most * text.count(word), word
    book = sheet(found).worksheets[0]
    assert book.cell(10, 7).value == card_form.printable(text)


def test_marks_that_turn_the_reading_are_not_printed():
    assert card_form.printable("\u202eкопия\u202c\u200f а") == "копия а"
    assert card_form.printable("👩‍🏫") == "👩‍🏫"


def test_the_sheet_has_the_form_and_is_laid_out_for_paper():
    found = many(3)
    book = sheet(found)
    first, annexes = book.worksheets
    assert [cell.value for cell in first[9]] == WORDS["columns"]
    shown = [[cell.value or "" for cell in row] for row in first.iter_rows(min_row=10)]
    assert shown == [list(row) for row in found.rows]
    assert first.cell(3, 1).value == f"{WORDS['lines'][0]} Ёлкина Анна Петровна, учитель математики"
    assert (first.freeze_panes, first.print_title_rows) == ("A10", "$9:$9")
    assert (first.page_setup.orientation, first.page_setup.fitToWidth) == ("landscape", 1)
    assert first.sheet_properties.pageSetUpPr.fitToPage
    assert all(cell.alignment.wrap_text for cell in first[10])
    assert all(first.column_dimensions[letter].width >= 5 for letter in "ABCDEFGH")
    told = squeezed(" ".join(str(cell.value) for row in annexes for cell in row))
    for words in annexs_words():
        assert squeezed(words) in told


@pytest.mark.parametrize("text", ["=1+1", "+7 900", "-СМИ", "@SUM(A1)", '=HYPERLINK("http://x.example")', "\t=1"])
def test_a_cell_is_never_a_formula(text: str):
    book = sheet(many(1, form=text)).worksheets[0]
    cell = book.cell(10, 7)
    assert (cell.data_type, cell.value) == ("s", text.strip())
    assert cell.quotePrefix


def test_a_form_that_is_not_whole_stops_the_start(tmp_path):
    file = tmp_path / "card.json"
    file.write_text(json.dumps(WORDS | {"columns": WORDS["columns"][:7]}))
    with pytest.raises(ValueError, match=r"card.json: .*columns"):
        card_form.read_form(file)
