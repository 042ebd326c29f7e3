"""A route on paper (p. 2.7): its five sections as a page to print, with lines to write on where the names belong.

Names and addresses live in the service of people; on paper the tutee writes them by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.routes import responses, texts
from services.routes.domain.route.plan import Doing
from services.routes.domain.route.state import Route
from services.routes.vocabularies import Vocabulary
from shared.domain import Personal


@dataclass(frozen=True, slots=True)
class Line:
    """What is told under which name; without a text it is a line to write on."""

    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


@cache
def page() -> Environment:
    folder = f"{__file__.rsplit('/', 1)[0]}/templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def printed(route: Route, words: Vocabulary) -> str:
    return (
        page()
        .get_template("route.html")
        .render(
            title=texts.PRINTED,
            sections=sections(route, words),
            signatures_title=texts.SIGNATURES_TITLE,
            signatures=texts.SIGNATURES,
        )
    )


def sections(route: Route, words: Vocabulary) -> list[Section]:
    """The five of p. 2.5, in their order."""
    lines = (information(), diagnostic(route), goal(route), activity(route, words), reflection(route, words))
    return [Section(title, tuple(each)) for title, each in zip(texts.SECTIONS, lines, strict=True)]


def information() -> Iterator[Line]:
    yield from (Line(label) for label in texts.INFORMATION)


def diagnostic(route: Route) -> Iterator[Line]:
    plan = route.plan
    for result in plan.results:
        levels = (f"{each.competency} — {each.level}" for each in result.levels)
        yield Line(texts.RESULT, "; ".join(levels))
    yield from (Line(texts.DEFICIT, told(each.text)) for each in plan.deficits.values())
    yield from (Line(texts.DIFFICULTY, told(each)) for each in plan.difficulties.values())
    yield from (Line(texts.REQUEST, told(each)) for each in plan.requests.values())


def goal(route: Route) -> Iterator[Line]:
    for number, task in enumerate(route.plan.tasks.values(), start=1):
        yield Line(f"{texts.FIELDS['task']} {number}", told(task.text))


def activity(route: Route, words: Vocabulary) -> Iterator[Line]:
    description = responses.shown(route.plan.description) or {}
    for name in ("content", "forms", "technologies", "pace", "hours", "external_resources", "school_conditions"):
        if description.get(name):
            yield Line(texts.FIELDS[name], str(description[name]))
    term = route.run.term if route.run else route.plan.term
    if term is not None:
        yield Line(texts.TERM, days(term))
    yield from (Line(told(doing.title), done(doing, words)) for doing in route.plan.activities.values())


def done(doing: Doing, words: Vocabulary) -> str:
    """An activity in one paragraph: kind, level, days, organiser, result and what was learnt."""
    of = doing.activity
    parts = [word(words, "activities", of.kind), word(words, "levels", of.level), days(of.planned)]
    parts += [told(text) for text in (doing.organiser, doing.form, doing.result, doing.order, doing.reflection)]
    return "; ".join(part for part in parts if part)


def reflection(route: Route, words: Vocabulary) -> Iterator[Line]:
    plan, run = route.plan, route.run
    if plan.product is not None:
        kind = word(words, "products", plan.product.kind)
        yield Line(texts.PRODUCT, f"{told(plan.product.title)} ({kind})")
    if plan.presentation is not None:
        chosen = plan.presentation.presentation
        form = word(words, "presentations", chosen.form)
        level = word(words, "levels", chosen.level)
        yield Line(texts.PRESENTATION, f"{told(plan.presentation.title)}; {form}; {level}; {days(chosen.planned)}")
    if run is not None:
        yield Line(texts.FIELDS["presented_on"], day(run.presented_on) if run.presented_on else "")
        yield from (Line(texts.ASSESSMENT, told(each.text)) for each in run.assessments)
        verdict = texts.VERDICTS[run.judgement.verdict] if run.judgement else ""
        yield Line(texts.FIELDS["final_diagnostics"], verdict)
        yield Line(texts.ACHIEVEMENT, told(run.achievement))
    verdicts = getattr(route.phase, "verdicts", None)
    yield Line(texts.CONCLUSION, told(verdicts.text) if verdicts else "")


def told(text: Personal | None) -> str:
    """A forgotten text is an empty line."""
    return (text.text or "") if text else ""


def word(words: Vocabulary, of: str, code: str) -> str:
    """The regulation's word for a code; a code that this version does not have is told as it is."""
    return next((each.title for each in getattr(words, of) if each.code == code), code)


def days(term: Any) -> str:
    return f"{day(term.start)} — {day(term.end)}"


def day(of: Any) -> str:
    return f"{of:%d.%m.%Y}"
