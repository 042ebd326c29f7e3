"""Who is told of what: one line for each promise, and the commands that follow from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.notifications import subscribed as s
from services.notifications.domain.addressee import NoteConsent
from services.notifications.domain.announcement import Announce, Audience, announcement_id
from services.notifications.domain.companion import NoteTutor
from services.notifications.domain.matter import Matter
from services.notifications.domain.notice import Plan, notice_id

EMAIL: Final = "email"

Command = Plan | Announce | NoteConsent | NoteTutor
Intent = tuple[UUID, Command]  # the stream's id and what is asked of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """`persons` are fields of the promise that name them; `audiences` are those the promise does not name."""

    of: type[s.Placed]
    subject: str
    persons: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    day: str | None = None
    number: str | None = None


def of_route(
    of: type[s.OfRoute], *audiences: Audience, persons: tuple[str, ...] = (), day: str | None = None
) -> Telling:
    return Telling(of=of, subject="route_id", persons=persons, audiences=audiences, day=day)


TUTEE: Final = ("tutee_id",)
TABLE: Final[tuple[Telling, ...]] = (
    of_route(s.RouteInvited, persons=TUTEE),
    of_route(s.RouteOpened, "school"),
    of_route(s.TutorAppointed, persons=("tutee_id", "tutor_id")),
    of_route(s.RouteSubmitted, "school"),
    of_route(s.RouteReturned, "tutor", persons=TUTEE),
    of_route(s.RouteAgreed, "tutor", persons=TUTEE),
    of_route(s.RouteStarted, "school", "tutor", persons=TUTEE, day="planned_end"),
    of_route(s.RouteAdjusted, "school", "tutor", day="planned_end"),
    of_route(s.RouteExtended, "school", "tutor", day="planned_end"),
    of_route(s.ProductSubmitted, "school", "tutor"),
    of_route(s.ProductPresented, "school", "tutor", day="presented_on"),
    of_route(s.ProductAssessed, "tutor", persons=TUTEE),
    of_route(s.ConclusionDrafted, "school"),
    of_route(s.ConclusionReturned, "tutor"),
    of_route(s.ConclusionAgreed, "tutor", persons=TUTEE),
    of_route(s.RouteCompleted, "school", "tutor", persons=TUTEE, day="completed_on"),
    of_route(s.RouteWithdrawn, "school", "tutor"),
    of_route(s.MethodistAssigned, persons=("tutee_id", "methodist_id")),
    of_route(s.HelpAnswered, persons=TUTEE),
    of_route(s.DeadlineNeared, "tutor", persons=TUTEE, day="planned_end"),
    of_route(s.RouteOverdue, "school", "tutor", persons=TUTEE, day="planned_end"),
    Telling(of=s.ListSubmitted, subject="list_id", audiences=("municipality",)),
    Telling(of=s.ListReturned, subject="list_id", audiences=("school",)),
    Telling(of=s.ApplicationSubmitted, subject="application_id", audiences=("region",)),
    Telling(of=s.ApplicationAccepted, subject="application_id", audiences=("municipality",)),
    Telling(of=s.ApplicationReturned, subject="application_id", audiences=("municipality",)),
    Telling(of=s.SessionAssigned, subject="session_id", persons=("person_id",)),
    Telling(of=s.SessionScored, subject="session_id", persons=("person_id",)),
    Telling(of=s.DynamicsJudged, subject="route_id", persons=("person_id",)),
    Telling(of=s.CertificateIssued, subject="certificate_id", persons=("holder_id",), number="number"),
    Telling(of=s.CertificateRevoked, subject="certificate_id", persons=("holder_id",), number="number"),
)


def topic(contract: str, role: str) -> str:
    """The key of the catalogue: "routes.route_agreed.v1" told to the tutee is "route_agreed.tutee"."""
    return f"{contract.split('.')[1]}.{role.removesuffix('_id')}"


def tell(telling: Telling, promise: s.Placed, message: str, at: datetime) -> Iterator[Intent]:
    """A notice for everybody the promise names, an announcement for those it does not."""
    for field in telling.persons:
        recipient: UUID = getattr(promise, field)
        plan = Plan(recipient=recipient, channel=EMAIL, matter=matter(telling, promise, field), at=at)
        yield notice_id(message, recipient, EMAIL), plan
    for audience in telling.audiences:
        announce = Announce(audience=audience, message=message, matter=matter(telling, promise, audience), at=at)
        yield announcement_id(message, audience), announce


def matter(telling: Telling, promise: s.Placed, role: str) -> Matter:
    def value(field: str | None) -> Any:
        return getattr(promise, field) if field else None

    day: date | None = value(telling.day)
    return Matter(
        topic=topic(promise.contract, role),
        contract=promise.contract,
        subject=value(telling.subject),
        route=getattr(promise, "route_id", None),
        municipality=promise.municipality or "",
        school=getattr(promise, "school", None) or "",
        day=day,
        number=value(telling.number) or "",
    )


def note_tutor(heard: s.TutorAppointed) -> Intent:
    return heard.route_id, NoteTutor(tutor=heard.tutor_id, at=heard.appointed_at)


def note_consent(heard: s.ConsentGiven | s.ConsentWithdrawn) -> Intent:
    match heard:
        case s.ConsentGiven():
            return heard.person_id, NoteConsent(given=True, at=heard.given_at)
        case s.ConsentWithdrawn():
            return heard.person_id, NoteConsent(given=False, at=heard.withdrawn_at)
