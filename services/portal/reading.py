"""What the services tell, as a page shows it: words for codes, days for dates, the next step for a status."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.portal import texts
from services.portal.timeline import Event

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """`values` is never empty; more than one is shown as a list."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    rows: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    name: str
    standing: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePage:
    title: str
    status: str
    next_step: str
    summary: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A route in the list of routes."""

    id: str
    title: str
    status: str
    stage: str
    planned_end: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One fact of a history."""

    when: str
    words: str
    clause: str


def local(moment: str, zone: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))


def day(told: str | None) -> str:
    return texts.day(date.fromisoformat(told)) if told else ""


def title(route: Told, zone: str) -> str:
    opened = route.get("opened_at")
    return texts.ROUTE_OF.format(day=texts.day(local(opened, zone).date())) if opened else texts.ROUTE_OFFERED


def status(route: Told) -> tuple[str, str]:
    """The status in words, and what the teacher does next."""
    if route.get("on_hold") and route["status"] not in texts.ENDED:
        return texts.ON_HOLD
    return texts.STATUS.get(route["status"], (route["status"], ""))


def card(route: Told, zone: str) -> Card:
    words, step = status(route)
    return Card(
        id=route["id"],
        title=title(route, zone),
        status=words,
        stage=texts.STAGES[route["stage"] - 1],
        planned_end=day(route.get("planned_end")),
        next_step=step,
    )


def route_page(route: Told, zone: str) -> RoutePage:
    words, step = status(route)
    return RoutePage(
        title=title(route, zone),
        status=words,
        next_step=step,
        summary=tuple(summary(route, words)),
        stages=stages(route),
        sections=tuple(sections(route)),
    )


def summary(route: Told, words: str) -> Iterator[tuple[str, str]]:
    yield texts.TEXT["status"], words
    if returned := route.get("returned_because"):
        yield texts.TEXT["returned_because"], returned
    if model := route.get("model"):
        yield texts.TEXT["model"], texts.MODELS[model]
    if term := route.get("term"):
        yield texts.TEXT["term"], texts.TERM.format(start=day(term["start"]), end=day(term["end"]))


def stages(route: Told) -> tuple[Stage, ...]:
    now, ended = route["stage"], route["status"] in texts.ENDED
    return tuple(
        Stage(name=name, standing=standing(number, now, ended), current=number == now and not ended)
        for number, name in enumerate(texts.STAGES, 1)
    )


def standing(number: int, now: int, ended: bool) -> str:
    if number < now or (number == now and ended):
        return texts.TEXT["stage_done"]
    return texts.TEXT["stage_now"] if number == now else texts.TEXT["stage_ahead"]


def sections(route: Told) -> Iterator[Section]:
    """The sections of p. 2.5; the information section is the person's own, in the service of people."""
    diagnostic = route.get("diagnostic") or {}
    yield section("diagnostic", diagnostic_rows(diagnostic))
    yield section("goal", [("tasks", [each["text"] for each in route.get("goal") or ()])])
    yield section("description", described(route.get("description") or {}))
    yield section("activity", [("activities", [activity(each) for each in route.get("activity") or ()])])
    yield section("reflection", reflection_rows(route.get("reflection") or {}))


def section(name: str, rows: Sequence[tuple[str, Sequence[str | None]]]) -> Section:
    filled = ((field, tuple(value or texts.FORGOTTEN for value in values)) for field, values in rows)
    return Section(
        texts.SECTIONS[name], tuple(Field(texts.FIELDS[field], values) for field, values in filled if values)
    )


def diagnostic_rows(diagnostic: Told) -> list[tuple[str, list[str | None]]]:
    found = [(f"levels_{purpose}", [*levels(diagnostic, purpose)]) for purpose in ("initial", "final")]
    texts_of = {name: [each["text"] for each in diagnostic.get(name, ())] for name in ("deficits", "difficulties")}
    requests = [each["text"] for each in diagnostic.get("requests", ())]
    return [*found, *texts_of.items(), ("requests", requests)]


def levels(diagnostic: Told, purpose: str) -> Iterator[str]:
    """Each competency by its name; one that the portal has no name for by its code."""
    for result in diagnostic.get("results", ()):
        if result["purpose"] == purpose:
            for each in result["levels"]:
                yield f"{texts.COMPETENCIES.get(each['competency'], each['competency'])}: {each['level']}"


def described(description: Told) -> list[tuple[str, list[str | None]]]:
    names = (
        "content",
        "forms",
        "technologies",
        "pace",
        "personal_resources",
        "school_conditions",
        "external_resources",
    )
    rows = [(name, [description[name]]) for name in names if description.get(name)]
    return [*rows, ("hours", [str(description["hours"])])] if description else []


def activity(doing: Told) -> str:
    planned = doing["planned"]
    words = f"{doing['title'] or texts.FORGOTTEN} ({day(planned['start'])} — {day(planned['end'])})"
    if doing["done_on"] is None:
        return words
    done = texts.DONE.format(day=day(doing["done_on"]), result=doing["result"] or texts.FORGOTTEN)
    reflected = texts.REFLECTED.format(text=doing["reflection"]) if doing["reflection"] else ""
    return f"{words}. {done}{reflected}"


def reflection_rows(reflection: Told) -> list[tuple[str, list[str | None]]]:
    chosen = [each["title"] for name in ("product_choice", "presentation_choice") if (each := reflection.get(name))]
    conclusion = reflection.get("conclusion")
    return [
        ("chosen", chosen),
        ("products", [each["title"] for each in reflection.get("products", ())]),
        ("presented", [day(reflection["presented_on"])] if reflection.get("presented_on") else []),
        ("assessments", [each["text"] for each in reflection.get("assessments", ())]),
        ("achievement", [reflection["achievement"]] if reflection.get("achievement") else []),
        ("conclusion", [conclusion["text"]] if conclusion else []),
    ]


def history(timeline: Told, zone: str) -> list[Item]:
    return [
        Item(
            when=texts.moment(local(each["at"], zone)),
            words=each["title"],
            clause=texts.CLAUSE.format(clause=each["clause"]) if each["clause"] else "",
        )
        for each in timeline["items"]
    ]


def milestones(timeline: Told, zone: str) -> list[Event]:
    """What the picture shows: the turning points, under their numbers in the list of all facts."""
    return [
        Event(number=number, on=local(each["at"], zone).date(), label=each["title"])
        for number, each in enumerate(timeline["items"], 1)
        if each["kind"] in texts.MILESTONES
    ]
