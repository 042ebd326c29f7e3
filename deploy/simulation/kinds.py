"""What kind of life a history tells, read from its facts alone: what the shares are compared with afterwards."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shared.store.types import Recorded

History = Sequence[Recorded[Any]]

HAPPENED: Final = {  # kind of life -> the fact that makes it one
    "nominated": "route_nominated",
    "invited": "route_invited",
    "declined": "invitation_declined",
    "opened": "route_opened",
    "modelled": "model_chosen",
    "methodist": "methodist_assigned",
    "tested": "diagnostic_result_recorded",
    "submitted": "route_submitted",
    "returned": "route_returned",
    "agreed": "route_agreed",
    "started": "route_started",
    "done": "activity_done",
    "reflected_on_activities": "activity_reflected",
    "supported": "support_given",
    "reviewed": "interim_reviewed",
    "reported": "report_agreed",
    "suggested": "suggestion_made",
    "suggestion_answered": "suggestion_answered",
    "helped": "help_asked",
    "help_answered": "help_answered",
    "adjusted": "route_adjusted",
    "adjustment_submitted": "adjustment_submitted",
    "adjustment_returned": "adjustment_returned",
    "extended": "route_extended",
    "reminded": "deadline_neared",
    "overdue": "route_overdue",
    "held": "consent_required",
    "consent_withdrawn": "consent_withdrawn",
    "consented_again": "consent_given",
    "withdrawn": "route_withdrawn",
    "product": "product_submitted",
    "presented": "product_presented",
    "assessed": "product_assessed",
    "offered": "adjustment_offered",
    "offer_answered": "offer_answered",
    "concluded": "conclusion_agreed",
    "conclusion_returned": "conclusion_returned",
    "cosigned": "conclusion_cosigned",
    "completed": "route_completed",
    "next_steps": "next_steps_planned",
}


def kinds_of_life(history: History) -> set[str]:
    """Of one route."""
    facts: dict[str, list[Any]] = {}
    for fact in history:
        facts.setdefault(fact.kind.partition(".")[2], []).append(fact.event)
    found = {"route", *(life for life, kind in HAPPENED.items() if kind in facts)}
    found |= {life for life, (kind, is_so) in TOLD.items() if any(map(is_so, facts.get(kind, ())))}
    found |= {life for life, is_so in COMPARED.items() if is_so(found, facts)}
    return found


# What a fact says in its fields.
TOLD: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "own_wish": ("route_opened", lambda f: not f.invited),
    "successor": ("route_opened", lambda f: f.continues is not None),
    "priority": ("route_opened", lambda f: bool(f.priority)),
    "regional": ("model_chosen", lambda f: f.model == "regional"),
    "school_model": ("model_chosen", lambda f: f.model == "school"),
    "tracked": ("model_chosen", lambda f: bool(f.track)),
    "replaced": ("tutor_appointed", lambda f: f.replaced is not None),
    "suggestion_accepted": ("suggestion_answered", lambda f: f.accepted),
    "suggestion_declined": ("suggestion_answered", lambda f: not f.accepted),
    "offer_accepted": ("offer_answered", lambda f: f.accepted),
    "offer_declined": ("offer_answered", lambda f: not f.accepted),
    "improved": ("dynamics_recorded", lambda f: f.judgement.verdict == "improved"),
    "no_reliable_change": ("dynamics_recorded", lambda f: f.judgement.verdict == "no_reliable_change"),
    "dynamics_declined": ("dynamics_recorded", lambda f: f.judgement.verdict == "declined"),
    "not_comparable": ("dynamics_recorded", lambda f: f.judgement.verdict == "not_comparable"),
    "certificate": ("route_completed", lambda f: f.certificate_due),
    "no_certificate": ("route_completed", lambda f: not f.certificate_due),
    "achieved": ("route_completed", lambda f: f.tasks_achieved == f.tasks_total),
    "partly": ("route_completed", lambda f: 0 < f.tasks_achieved < f.tasks_total),
    "not_achieved": ("route_completed", lambda f: f.tasks_achieved == 0),
}


def first(found: set[str], _: Any) -> bool:
    """Not continuing another; a nomination that nobody answered is one too."""
    return "successor" not in found


# What several facts say together.
COMPARED: Final[Mapping[str, Callable[[set[str], Mapping[str, list[Any]]], bool]]] = {
    "first": first,
    "paper": lambda _, facts: any(
        fact.medium == "paper" for kind in ("route_nominated", "route_opened") for fact in facts.get(kind, ())
    ),
    "first_paper": lambda found, facts: first(found, facts) and COMPARED["paper"](found, facts),
    "own_first": lambda found, facts: first(found, facts) and "own_wish" in found,
    "own_priority": lambda found, facts: first(found, facts) and {"own_wish", "priority"} <= found,
    "answered": lambda found, _: "invited" in found and bool(found & {"declined", "opened"}),
    "evaluated": lambda _, facts: bool(facts.keys() & {"product_submitted", "dynamics_recorded"}),
    "several_experts": lambda _, facts: len({each.assessment.expert for each in facts.get("product_assessed", ())}) > 1,
    "adjustment_judged": lambda found, facts: (
        "adjustment_submitted" in found
        and ("adjustment_returned" in found or any(fact.change.end for fact in facts.get("route_adjusted", ())))
    ),
    "agreed_suggested": lambda found, _: {"agreed", "suggested"} <= found,
    "agreed_returned": lambda found, _: {"agreed", "returned"} <= found,
    "evaluated_helped": lambda found, facts: COMPARED["evaluated"](found, facts) and "helped" in found,
    "evaluated_replaced": lambda found, facts: COMPARED["evaluated"](found, facts) and "replaced" in found,
    "concluded_returned": lambda found, _: {"concluded", "conclusion_returned"} <= found,
}
EVERY_KIND: Final = frozenset({"route", "teacher", "with_route", "moved", *HAPPENED, *TOLD, *COMPARED})
