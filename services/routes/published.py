"""What routes promises the rest of the suite: that something happened and whose it is, never what was written.

A v1 never changes; a v2 stands beside it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, Final, Literal, TypedDict
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.routes import asking_published as asking
from services.routes.asking_published import ApplicationAccepted as ApplicationAccepted
from services.routes.asking_published import ApplicationReturned as ApplicationReturned
from services.routes.asking_published import ApplicationSubmitted as ApplicationSubmitted
from services.routes.asking_published import ListReturned as ListReturned
from services.routes.asking_published import ListSubmitted as ListSubmitted
from services.routes.domain.route import facts as f
from services.routes.domain.route.records import Whose
from services.routes.published_resources import MAKERS as RESOURCE_MAKERS
from services.routes.published_resources import ResourceIncluded as ResourceIncluded
from services.routes.published_resources import ResourceWithdrawn as ResourceWithdrawn
from shared.store.types import Recorded


class Promise(BaseModel):
    """A route and its place; the place is part of the routing key."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str]

    route_id: UUID
    tutee_id: UUID
    municipality: str
    school: str


class RouteNominated(Promise):
    contract: ClassVar[str] = "routes.route_nominated.v1"

    nominated_at: AwareDatetime


class RouteInvited(Promise):
    contract: ClassVar[str] = "routes.route_invited.v1"

    invited_at: AwareDatetime


class RouteOpened(Promise):
    contract: ClassVar[str] = "routes.route_opened.v1"

    opened_at: AwareDatetime


class TutorAppointed(Promise):
    contract: ClassVar[str] = "routes.tutor_appointed.v1"

    tutor_id: UUID
    appointed_at: AwareDatetime


class RouteSubmitted(Promise):
    contract: ClassVar[str] = "routes.route_submitted.v1"

    tutor_id: UUID
    submitted_at: AwareDatetime


class RouteReturned(Promise):
    contract: ClassVar[str] = "routes.route_returned.v1"

    returned_at: AwareDatetime


class RouteAgreed(Promise):
    contract: ClassVar[str] = "routes.route_agreed.v1"

    agreed_at: AwareDatetime


class RouteStarted(Promise):
    contract: ClassVar[str] = "routes.route_started.v1"

    started_on: date
    planned_end: date


class RouteAdjusted(Promise):
    contract: ClassVar[str] = "routes.route_adjusted.v1"

    reason: Literal["request", "deficit", "interim_result", "final_result"]
    planned_end: date
    adjusted_at: AwareDatetime


class RouteExtended(Promise):
    contract: ClassVar[str] = "routes.route_extended.v1"

    planned_end: date
    extended_at: AwareDatetime


class ProductSubmitted(Promise):
    contract: ClassVar[str] = "routes.product_submitted.v1"

    submitted_at: AwareDatetime


class ProductPresented(Promise):
    contract: ClassVar[str] = "routes.product_presented.v1"

    presented_on: date


class ProductAssessed(Promise):
    contract: ClassVar[str] = "routes.product_assessed.v1"

    expert_id: UUID
    positive: bool
    assessed_at: AwareDatetime


class ConclusionDrafted(Promise):
    contract: ClassVar[str] = "routes.conclusion_drafted.v1"

    tutor_id: UUID
    drafted_at: AwareDatetime


class ConclusionReturned(Promise):
    contract: ClassVar[str] = "routes.conclusion_returned.v1"

    returned_at: AwareDatetime


class ConclusionAgreed(Promise):
    contract: ClassVar[str] = "routes.conclusion_agreed.v1"

    agreed_at: AwareDatetime


class RouteCompleted(Promise):
    """A certificate is made of this promise alone (p. 4.3)."""

    contract: ClassVar[str] = "routes.route_completed.v1"

    tutor_id: UUID
    medium: Literal["ais", "paper"]
    started_on: date
    completed_on: date
    hours: int
    tasks_total: int
    tasks_achieved: int
    certificate_due: bool
    policy: str
    completed_at: AwareDatetime


class RouteWithdrawn(Promise):
    contract: ClassVar[str] = "routes.route_withdrawn.v1"

    withdrawn_at: AwareDatetime


class MethodistAssigned(Promise):
    contract: ClassVar[str] = "routes.methodist_assigned.v1"

    methodist_id: UUID
    assigned_at: AwareDatetime


class HelpAsked(Promise):
    contract: ClassVar[str] = "routes.help_asked.v1"

    help_id: UUID
    of: Literal["methodist", "coordinator", "school"]
    asked_at: AwareDatetime


class HelpAnswered(Promise):
    contract: ClassVar[str] = "routes.help_answered.v1"

    help_id: UUID
    answered_at: AwareDatetime


class DeadlineNeared(Promise):
    """At most so many days are left, the last one not counted."""

    contract: ClassVar[str] = "routes.deadline_neared.v1"

    planned_end: date
    days: int
    told_at: AwareDatetime


class RouteOverdue(Promise):
    """A mark, not an end: the last day has passed."""

    contract: ClassVar[str] = "routes.route_overdue.v1"

    planned_end: date
    marked_at: AwareDatetime


class Place(TypedDict):
    route_id: UUID
    tutee_id: UUID
    municipality: str
    school: str


def _place(id: UUID, whose: Whose) -> Place:
    return {"route_id": id, "tutee_id": whose.tutee, "municipality": whose.municipality, "school": whose.school}


def _completed(place: Place, fact: f.concluding.RouteCompleted) -> RouteCompleted:
    return RouteCompleted(
        **place,
        tutor_id=fact.tutor,
        medium=fact.medium,
        started_on=fact.started_on,
        completed_on=fact.completed_on,
        hours=fact.hours,
        tasks_total=fact.tasks_total,
        tasks_achieved=fact.tasks_achieved,
        certificate_due=fact.certificate_due,
        policy=fact.policy,
        completed_at=fact.at,
    )


MAKERS: Final[Mapping[type, Callable[[Place, Any], Promise]]] = {
    f.opening.RouteNominated: lambda place, fact: RouteNominated(**place, nominated_at=fact.at),
    f.opening.RouteInvited: lambda place, fact: RouteInvited(**place, invited_at=fact.at),
    f.opening.RouteOpened: lambda place, fact: RouteOpened(**place, opened_at=fact.at),
    f.preparing.TutorAppointed: lambda place, fact: TutorAppointed(**place, tutor_id=fact.tutor, appointed_at=fact.at),
    f.agreeing.RouteSubmitted: lambda place, fact: RouteSubmitted(**place, tutor_id=fact.tutor, submitted_at=fact.at),
    f.agreeing.RouteReturned: lambda place, fact: RouteReturned(**place, returned_at=fact.at),
    f.agreeing.RouteAgreed: lambda place, fact: RouteAgreed(**place, agreed_at=fact.at),
    f.running.RouteStarted: lambda place, fact: RouteStarted(
        **place, started_on=fact.term.start, planned_end=fact.term.end
    ),
    f.adjusting.RouteAdjusted: lambda place, fact: RouteAdjusted(
        **place, reason=fact.reason, planned_end=fact.end, adjusted_at=fact.at
    ),
    f.adjusting.RouteExtended: lambda place, fact: RouteExtended(**place, planned_end=fact.end, extended_at=fact.at),
    f.reflecting.ProductSubmitted: lambda place, fact: ProductSubmitted(**place, submitted_at=fact.at),
    f.reflecting.ProductPresented: lambda place, fact: ProductPresented(**place, presented_on=fact.on),
    f.reflecting.ProductAssessed: lambda place, fact: ProductAssessed(
        **place, expert_id=fact.assessment.expert, positive=fact.assessment.positive, assessed_at=fact.at
    ),
    f.concluding.ConclusionDrafted: lambda place, fact: ConclusionDrafted(
        **place, tutor_id=fact.tutor, drafted_at=fact.at
    ),
    f.concluding.ConclusionReturned: lambda place, fact: ConclusionReturned(**place, returned_at=fact.at),
    f.concluding.ConclusionAgreed: lambda place, fact: ConclusionAgreed(**place, agreed_at=fact.at),
    f.concluding.RouteCompleted: _completed,
    f.accompanying.MethodistAssigned: lambda place, fact: MethodistAssigned(
        **place, methodist_id=fact.methodist, assigned_at=fact.at
    ),
    f.advising.HelpAsked: lambda place, fact: HelpAsked(**place, help_id=fact.help, of=fact.of, asked_at=fact.at),
    f.advising.HelpAnswered: lambda place, fact: HelpAnswered(**place, help_id=fact.help, answered_at=fact.at),
    f.deadlines.DeadlineNeared: lambda place, fact: DeadlineNeared(
        **place, planned_end=fact.planned_end, days=fact.days, told_at=fact.at
    ),
    f.deadlines.RouteOverdue: lambda place, fact: RouteOverdue(
        **place, planned_end=fact.planned_end, marked_at=fact.at
    ),
    f.preparing.RouteWithdrawn: lambda place, fact: RouteWithdrawn(**place, withdrawn_at=fact.at),
}


def publish(fact: Recorded[Any]) -> BaseModel | None:
    """The promise of a fact; None for what stays between the participants of the route."""
    if make := RESOURCE_MAKERS.get(type(fact.event)):
        return make(fact.stream_id, fact.event)
    maker = MAKERS.get(type(fact.event))
    if maker is None:
        return asking.publish(fact)
    return maker(_place(fact.stream_id, fact.event.whose), fact.event)
