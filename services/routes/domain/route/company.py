"""Who stands beside the tutee, what they did and said (p. 2.8), and what each fact makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.routes.domain.route import facts as f
from services.routes.domain.route.maps import with_one
from services.routes.domain.route.records import Actor, Helper, Subject, SupportKind, Term
from shared.domain import Personal, changed, message


@message
class Suggestion:
    """`accepted` is None until the tutee answers."""

    subject: Subject
    by: Actor
    end: date | None
    text: Personal
    accepted: bool | None = None


@message
class Support:
    kind: SupportKind
    by: Actor
    on: date
    text: Personal
    activity: UUID | None = None


@message
class Help:
    of: Helper
    text: Personal
    answers: tuple[Personal, ...] = ()


@message
class Report:
    title: Personal
    planned: Term
    by_tutee: bool
    agreed: bool = False


@message
class Company:
    methodists: frozenset[UUID] = frozenset()
    suggestions: Mapping[UUID, Suggestion] = field(default_factory=dict)
    supports: Mapping[UUID, Support] = field(default_factory=dict)
    helps: Mapping[UUID, Help] = field(default_factory=dict)
    reviews: Mapping[UUID, Personal] = field(default_factory=dict)
    reports: Mapping[UUID, Report] = field(default_factory=dict)
    next_steps: Personal | None = None


def stood_by(beside: Company, fact: object) -> Company:
    """The company after a fact; unchanged by one that does not concern it."""
    step = STEPS.get(type(fact))
    return step(beside, fact) if step else beside


def suggested(beside: Company, fact: f.advising.SuggestionMade) -> Company:
    one = Suggestion(subject=fact.subject, by=fact.by, end=fact.end, text=fact.text)
    return changed(beside, suggestions=with_one(beside.suggestions, fact.suggestion, one))


def answered(beside: Company, fact: f.advising.SuggestionAnswered) -> Company:
    known = beside.suggestions.get(fact.suggestion)
    if known is None:
        return beside
    one = changed(known, accepted=fact.accepted)
    return changed(beside, suggestions=with_one(beside.suggestions, fact.suggestion, one))


def supported(beside: Company, fact: f.advising.SupportGiven) -> Company:
    one = Support(kind=fact.kind, by=fact.by, on=fact.on, text=fact.text, activity=fact.activity)
    return changed(beside, supports=with_one(beside.supports, fact.support, one))


def helped(beside: Company, fact: f.advising.HelpAnswered) -> Company:
    known = beside.helps.get(fact.help)
    if known is None:
        return beside
    one = changed(known, answers=(*known.answers, fact.text))
    return changed(beside, helps=with_one(beside.helps, fact.help, one))


def proposed_report(beside: Company, fact: f.accompanying.ReportProposed) -> Company:
    one = Report(title=fact.title, planned=fact.planned, by_tutee=fact.by_tutee)
    return changed(beside, reports=with_one(beside.reports, fact.report, one))


def agreed_report(beside: Company, fact: f.accompanying.ReportAgreed) -> Company:
    known = beside.reports.get(fact.report)
    if known is None:
        return beside
    return changed(beside, reports=with_one(beside.reports, fact.report, changed(known, agreed=True)))


STEPS: Final[Mapping[type, Callable[[Company, Any], Company]]] = {
    f.advising.SuggestionMade: suggested,
    f.advising.SuggestionAnswered: answered,
    f.advising.SupportGiven: supported,
    f.advising.HelpAsked: lambda beside, fact: changed(
        beside, helps=with_one(beside.helps, fact.help, Help(of=fact.of, text=fact.text))
    ),
    f.advising.HelpAnswered: helped,
    f.accompanying.InterimReviewed: lambda beside, fact: changed(
        beside, reviews=with_one(beside.reviews, fact.review, fact.text)
    ),
    f.accompanying.ReportProposed: proposed_report,
    f.accompanying.ReportAgreed: agreed_report,
    f.accompanying.MethodistAssigned: lambda beside, fact: changed(
        beside, methodists=beside.methodists | {fact.methodist}
    ),
    f.accompanying.MethodistReleased: lambda beside, fact: changed(
        beside, methodists=beside.methodists - {fact.methodist}
    ),
    f.accompanying.NextStepsPlanned: lambda beside, fact: changed(beside, next_steps=fact.text),
}
