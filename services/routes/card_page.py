"""The route card on paper: landscape A4, tagged, its column heads on every page."""

import re
from pathlib import Path
from typing import Any, Final

from services.routes.card_form import Card
from shared.typesetting import Template

MEDIA_TYPE: Final = "application/pdf"
TEMPLATE: Final = Template(Path(__file__).parent / "templates" / "card.typ")
UNBROKEN: Final = re.compile(r"[^\s-]{24,}")  # no column is much wider, and few words are longer
STEP: Final = 9


def render(card: Card) -> bytes:
    """The PDF; tens of milliseconds of processor time, so call it in a thread."""
    return TEMPLATE.pdf(words(card), card.made_on, ["a-2a", "ua-1"])


def words(card: Card) -> dict[str, Any]:
    """Everything the template places, as texts: it decides nothing but where they stand."""
    form = card.form
    return {
        "title": card.title,
        "information": form.information,
        "lines": [[label, breakable(value)] for label, value in card.lines],
        "activities": form.activities,
        "hint": form.hint,
        "columns": form.columns,
        "rows": [[breakable(cell) for cell in row] for row in card.rows],
        "annexes": annexes(card),
        "made": {"year": card.made_on.year, "month": card.made_on.month, "day": card.made_on.day},
    }


def annexes(card: Card) -> list[dict[str, Any]]:
    """Heading, and parts of a name with its items."""
    form = card.form
    mentoring = [{"name": "", "items": [f"{each.name}. {each.about}" for each in form.mentoring], "numbered": True}]
    competencies = [
        {"name": f"{each.name}:", "items": each.indicators, "numbered": False} for each in form.competencies
    ]
    directions = [{"name": each.name, "items": each.items, "numbered": False} for each in form.directions]
    return [
        {"heading": form.mentoring_heading, "parts": mentoring},
        {"heading": form.competencies_heading, "parts": competencies},
        {"heading": form.directions_heading, "parts": directions},
    ]


def breakable(text: str) -> str:
    """A run without a space may break anywhere, for hyphenation knows words only."""
    return UNBROKEN.sub(lambda run: "\u200b".join(pieces(run.group())), text)


def pieces(run: str) -> list[str]:
    return [run[at : at + STEP] for at in range(0, len(run), STEP)]
