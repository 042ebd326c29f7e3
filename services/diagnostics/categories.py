"""The kinds of streams this service keeps."""

from typing import Any

from services.diagnostics.domain import comparison, instrument, session, session_view
from shared.store.types import Category

INSTRUMENTS: Category[instrument.Command, instrument.State, instrument.Event] = Category(
    name="instrument",
    decider=instrument.instrument,
    facts=(instrument.InstrumentPublished,),
    view=instrument.view,
)
SESSIONS: Category[session.Command, session.State, session.Event] = Category(
    name="session",
    decider=session.session,
    facts=(
        session.SessionAssigned,
        session.SessionStarted,
        session.ItemAnswered,
        session.SessionSubmitted,
        session.SessionScored,
    ),
    view=session_view.view,
)
COMPARISONS: Category[comparison.Command, comparison.State, comparison.Event] = Category(
    name="comparison",
    decider=comparison.comparison,
    facts=(comparison.InitialNoted, comparison.DynamicsJudged),
    view=comparison.view,
)
CATEGORIES: tuple[Category[Any, Any, Any], ...] = (INSTRUMENTS, SESSIONS, COMPARISONS)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own."""
    return CATEGORIES
