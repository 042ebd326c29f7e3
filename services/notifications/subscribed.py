"""The part of other services' promises that notifications reads, and nothing more."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel


class Placed(BaseModel):
    """Every promise that somebody is told of says where it happened; a place may be unknown."""

    contract: ClassVar[str]

    municipality: str | None = None


class Promise(Placed):
    school: str | None = None


class OfRoute(Promise):
    route_id: UUID
    tutee_id: UUID


class RouteInvited(OfRoute):
    contract: ClassVar[str] = "routes.route_invited.v1"


class RouteOpened(OfRoute):
    contract: ClassVar[str] = "routes.route_opened.v1"


class TutorAppointed(OfRoute):
    contract: ClassVar[str] = "routes.tutor_appointed.v1"

    tutor_id: UUID
    appointed_at: AwareDatetime


class RouteSubmitted(OfRoute):
    contract: ClassVar[str] = "routes.route_submitted.v1"


class RouteReturned(OfRoute):
    contract: ClassVar[str] = "routes.route_returned.v1"


class RouteAgreed(OfRoute):
    contract: ClassVar[str] = "routes.route_agreed.v1"


class RouteStarted(OfRoute):
    contract: ClassVar[str] = "routes.route_started.v1"

    planned_end: date


class RouteAdjusted(OfRoute):
    contract: ClassVar[str] = "routes.route_adjusted.v1"

    planned_end: date


class RouteExtended(OfRoute):
    contract: ClassVar[str] = "routes.route_extended.v1"

    planned_end: date


class ProductSubmitted(OfRoute):
    contract: ClassVar[str] = "routes.product_submitted.v1"


class ProductPresented(OfRoute):
    contract: ClassVar[str] = "routes.product_presented.v1"

    presented_on: date


class ProductAssessed(OfRoute):
    contract: ClassVar[str] = "routes.product_assessed.v1"


class ConclusionDrafted(OfRoute):
    contract: ClassVar[str] = "routes.conclusion_drafted.v1"


class ConclusionReturned(OfRoute):
    contract: ClassVar[str] = "routes.conclusion_returned.v1"


class ConclusionAgreed(OfRoute):
    contract: ClassVar[str] = "routes.conclusion_agreed.v1"


class RouteCompleted(OfRoute):
    contract: ClassVar[str] = "routes.route_completed.v1"

    completed_on: date


class RouteWithdrawn(OfRoute):
    contract: ClassVar[str] = "routes.route_withdrawn.v1"


class MethodistAssigned(OfRoute):
    contract: ClassVar[str] = "routes.methodist_assigned.v1"

    methodist_id: UUID


class HelpAnswered(OfRoute):
    contract: ClassVar[str] = "routes.help_answered.v1"


class DeadlineNeared(OfRoute):
    contract: ClassVar[str] = "routes.deadline_neared.v1"

    planned_end: date


class RouteOverdue(OfRoute):
    contract: ClassVar[str] = "routes.route_overdue.v1"

    planned_end: date


class OfList(Promise):
    list_id: UUID


class ListSubmitted(OfList):
    contract: ClassVar[str] = "routes.list_submitted.v1"


class ListReturned(OfList):
    contract: ClassVar[str] = "routes.list_returned.v1"


class OfApplication(Placed):
    application_id: UUID


class ApplicationSubmitted(OfApplication):
    contract: ClassVar[str] = "routes.application_submitted.v1"


class ApplicationAccepted(OfApplication):
    contract: ClassVar[str] = "routes.application_accepted.v1"


class ApplicationReturned(OfApplication):
    contract: ClassVar[str] = "routes.application_returned.v1"


class OfSession(Promise):
    session_id: UUID
    person_id: UUID
    route_id: UUID | None = None


class SessionAssigned(OfSession):
    contract: ClassVar[str] = "diagnostics.session_assigned.v1"


class SessionScored(OfSession):
    contract: ClassVar[str] = "diagnostics.session_scored.v1"


class DynamicsJudged(Promise):
    contract: ClassVar[str] = "diagnostics.dynamics_judged.v1"

    route_id: UUID
    person_id: UUID


class OfCertificate(Promise):
    certificate_id: UUID
    route_id: UUID
    holder_id: UUID
    number: str


class CertificateIssued(OfCertificate):
    contract: ClassVar[str] = "certificates.certificate_issued.v1"


class CertificateRevoked(OfCertificate):
    contract: ClassVar[str] = "certificates.certificate_revoked.v1"


class ConsentGiven(BaseModel):
    contract: ClassVar[str] = "people.consent_given.v1"

    person_id: UUID
    given_at: AwareDatetime


class ConsentWithdrawn(BaseModel):
    contract: ClassVar[str] = "people.consent_withdrawn.v1"

    person_id: UUID
    withdrawn_at: AwareDatetime
