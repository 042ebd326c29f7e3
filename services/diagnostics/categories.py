"""The kinds of streams this service keeps."""

from typing import Any

from services.diagnostics.domain import (
    appraisal,
    appraisal_facts,
    appraisal_view,
    authoring,
    authoring_facts,
    comparison,
    diagnostic,
    instrument_view,
    outside,
    session,
    session_facts,
    session_view,
)
from shared.store.types import Category

INSTRUMENTS: Category[authoring.Command, authoring_facts.State, authoring_facts.Event] = Category(
    name="instrument",
    decider=authoring.instrument,
    facts=(
        authoring_facts.InstrumentDrafted,
        authoring_facts.DraftRevised,
        authoring_facts.DraftSubmitted,
        authoring_facts.DraftReturned,
        authoring_facts.DraftApproved,
        authoring_facts.InstrumentPublished,
        authoring_facts.InstrumentRetired,
    ),
    view=instrument_view.view,
)
SESSIONS: Category[session.Command, session_facts.State, session_facts.Event] = Category(
    name="session",
    decider=session.session,
    facts=(
        session_facts.SessionAssigned,
        session_facts.SessionStarted,
        session_facts.ItemAnswered,
        session_facts.SessionSubmitted,
        session_facts.SessionScored,
        session_facts.SessionWithdrawn,
    ),
    view=session_view.view,
)
APPRAISALS: Category[appraisal.Command, appraisal_facts.State, appraisal_facts.Event] = Category(
    name="appraisal",
    decider=appraisal.appraisal,
    facts=(
        appraisal_facts.AppraisalAssigned,
        appraisal_facts.RaterNamed,
        appraisal_facts.RatingGiven,
        appraisal_facts.AppraisalConcluded,
        appraisal_facts.AppraisalWithdrawn,
    ),
    view=appraisal_view.view,
)
IMPORTS: Category[outside.Command, outside.State, outside.Event] = Category(
    name="import", decider=outside.outside, facts=(outside.ResultsImported,), view=outside.view
)
COMPARISONS: Category[comparison.Command, comparison.State, comparison.Event] = Category(
    name="comparison",
    decider=comparison.comparison,
    facts=(comparison.InitialNoted, comparison.DynamicsJudged),
    view=comparison.view,
)
DIAGNOSTICS: Category[diagnostic.Command, diagnostic.State, diagnostic.Event] = Category(
    name="diagnostic", decider=diagnostic.diagnostic, facts=(diagnostic.FindingNoted,), view=diagnostic.view
)
CATEGORIES: tuple[Category[Any, Any, Any], ...] = (
    INSTRUMENTS,
    SESSIONS,
    APPRAISALS,
    IMPORTS,
    COMPARISONS,
    DIAGNOSTICS,
)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own."""
    return CATEGORIES
