"""A route as it is shown: the five sections of p. 2.5 as JSON, a forgotten text as null."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.routes import texts
from services.routes.domain.policy import Policy
from services.routes.domain.route.company import Company
from services.routes.domain.route.facts.advising import SuggestionMade, SupportGiven
from services.routes.domain.route.facts.deadlines import DeadlineNeared
from services.routes.domain.route.facts.opening import StageEntered
from services.routes.domain.route.facts.preparing import ModelChosen, ModelProposed
from services.routes.domain.route.facts.reflecting import DynamicsRecorded
from services.routes.domain.route.plan import Doing, Plan
from services.routes.domain.route.records import Actor
from services.routes.domain.route.reenact import Happened, WouldRefuse
from services.routes.domain.route.state import Completed, Concluded, Drafted, Nominated, Route, Run, status
from shared.domain import Personal
from shared.http.problems import slug
from shared.store.types import Recorded


def shown(value: Any) -> Any:
    """A record as JSON: personal texts are told, ids and days become texts."""
    match value:
        case Personal():
            return value.text
        case UUID():
            return str(value)
        case frozenset():
            return sorted(shown(each) for each in value)
        case date() | datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): shown(each) for key, each in value.items()}
        case tuple() | list():
            return [shown(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: shown(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value


def items(known: Mapping[UUID, Any]) -> list[dict[str, Any]]:
    return [{"id": str(id), **shown(each)} for id, each in known.items()]


def texts_of(known: Mapping[UUID, Personal]) -> list[dict[str, Any]]:
    return [{"id": str(id), "text": each.text} for id, each in known.items()]


def route_shown(id: UUID, version: int, state: Nominated | Route) -> dict[str, Any]:
    head = {"id": str(id), "version": version, "status": status(state), **shown(state.whose), "medium": state.medium}
    head["tutee_id"] = head.pop("tutee")
    match state:
        case Nominated():
            return head | {"stage": 1}
        case Route(plan=plan):
            return head | {
                "stage": state.stage,
                "stage_name": texts.STAGES[state.stage],
                "tutor_id": shown(state.tutor),
                "model": state.model,
                "proposed_model": state.proposed_model,
                "track": state.track,
                "on_hold": state.on_hold,
                "overdue": state.overdue,
                "continues": shown(state.continues),
                "priority": state.priority,
                "opened_at": shown(state.opened_at),
                "returned_because": shown(getattr(state.phase, "returned", None)),
                "term": shown(state.run.term if state.run else plan.term),
                "diagnostic": diagnostic(plan),
                "goal": items(plan.tasks),
                "description": shown(plan.description),
                "activity": [activity(doing) for doing in plan.activities.values()],
                "reflection": reflection(state),
                "adjustment": adjustment(state.run),
                "company": company(state.company),
            }


def diagnostic(plan: Plan) -> dict[str, Any]:
    return {
        "results": shown(plan.results),
        "deficits": items(plan.deficits),
        "difficulties": texts_of(plan.difficulties),
        "requests": texts_of(plan.requests),
    }


def activity(doing: Doing) -> dict[str, Any]:
    told: dict[str, Any] = shown(doing)
    planned: dict[str, Any] = told.pop("activity")
    return planned | told


def reflection(route: Route) -> dict[str, Any]:
    plan, run = route.plan, route.run
    told: dict[str, Any] = {"product_choice": shown(plan.product), "presentation_choice": presentation(plan)}
    if run is not None:
        told |= {
            "products": shown(run.products),
            "presented_on": shown(run.presented_on),
            "assessments": [shown(each.assessment) | {"text": each.text.text} for each in run.assessments],
            "assessment_asked": run.assessment_asked,
            "dynamics": shown(run.judgement),
            "achievement": shown(run.achievement),
            "offer": shown(run.offer),
        }
    match route.phase:
        case Drafted(verdicts=verdicts) | Concluded(verdicts=verdicts) | Completed(verdicts=verdicts):
            texts_too = {
                "text": verdicts.text.text,
                "weighing": shown(verdicts.weighing),
                "cosigned_by": shown(verdicts.cosigned),
            }
            told["conclusion"] = shown(verdicts.conclusion) | texts_too
    return told


def presentation(plan: Plan) -> dict[str, Any] | None:
    chosen = plan.presentation
    return shown(chosen.presentation) | {"title": chosen.title.text} if chosen else None


def company(beside: Company) -> dict[str, Any]:
    """Who stands beside the tutee, and what they did and said."""
    return {
        "methodists": shown(sorted(beside.methodists)),
        "suggestions": items(beside.suggestions),
        "supports": items(beside.supports),
        "helps": items(beside.helps),
        "reviews": texts_of(beside.reviews),
        "reports": items(beside.reports),
        "next_steps": shown(beside.next_steps),
    }


def adjustment(run: Run | None) -> dict[str, Any] | None:
    """The adjustment that waits for the school, with what it proposes."""
    if run is None or run.pending is None:
        return None
    proposed = {
        "proposed_tasks": items(run.proposed_tasks),
        "proposed_activities": [activity(doing) for doing in run.proposed_activities.values()],
    }
    told: dict[str, Any] = shown(run.pending)
    return told | proposed


def row_shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown(value) for name, value in row.items()}


def page(rows: Sequence[Mapping[str, Any]], limit: int) -> dict[str, Any]:
    """`next` is the cursor of the following page, null on the last one."""
    return {"items": [row_shown(row) for row in rows], "next": str(rows[-1]["id"]) if len(rows) == limit else None}


def timeline(history: Sequence[Recorded[Any]]) -> dict[str, Any]:
    return {"items": [entry(fact) for fact in history]}


def entry(fact: Recorded[Any]) -> dict[str, Any]:
    title, clause = texts.FACTS[fact.kind]
    return {
        "version": fact.version,
        "kind": fact.kind,
        "title": title.format(**names(fact.event)),
        "clause": clause,
        "at": shown(fact.context.occurred_at),
        "actor": shown(fact.context.actor),
        "role": fact.context.role,
        "command": fact.context.command_name,
        "fact_id": str(fact.id),
    }


def names(event: object) -> dict[str, object]:
    """The words a title leaves open."""
    match event:
        case StageEntered(stage=stage):
            return {"stage": stage, "stage_name": texts.STAGES[stage]}
        case ModelChosen(model=model) | ModelProposed(model=model):
            return {"model_name": texts.MODELS[model]}
        case DeadlineNeared(days=days):
            return {"days": days}
        case SuggestionMade(subject=subject):
            return {"subject_name": texts.SUBJECTS[subject]}
        case SupportGiven(kind=kind):
            return {"support_name": texts.SUPPORTS[kind]}
        case DynamicsRecorded(judgement=judgement):
            return {"verdict_name": texts.VERDICTS[judgement.verdict]}
        case _:
            return {}


def happened(fact: Recorded[Any]) -> Happened:
    by = Actor(person=fact.context.actor or UUID(int=0), role=fact.context.role)
    at, command = fact.context.occurred_at, fact.context.command_name
    return Happened(version=fact.version, by=by, at=at, command=command, fact=fact.event)


def judged_again(policy: Policy, found: Sequence[WouldRefuse]) -> dict[str, Any]:
    return {
        "policy": policy.version,
        "basis": policy.basis,
        "valid_from": shown(policy.valid_from),
        "refused": [
            {
                "version": each.version,
                "command": each.command,
                "rule": slug(each.rule),
                "clause": each.rule.clause,
                "title": texts.REFUSALS[slug(each.rule)][0],
            }
            for each in found
        ],
    }
