"""What each service is told before its read models are damaged: enough to show something in each of its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from services.certificates.categories import CERTIFICATES, REGISTERS
from services.certificates.domain import register
from services.diagnostics.categories import (
    APPRAISALS,
    COMPARISONS,
    DIAGNOSTICS,
    IMPORTS,
    INSTRUMENTS,
    SESSIONS,
)
from services.diagnostics.domain import authoring, session
from services.notifications.categories import ADDRESSEES, ANNOUNCEMENTS, COMPANIONS, NOTICES
from services.notifications.domain import addressee, announcement, companion
from services.people.categories import ACTS, INVITATIONS, ORGANISATIONS, PERSONS
from services.people.domain import act, invitation
from services.people.domain.person import roles
from services.routes.categories import PRIORITIES, RESOURCES, TRACKS, applications, lists, papers, routes, supports
from services.routes.domain import priority, track
from shared.store import Category
from shared.store.execute import Executor
from shared.store.postgres import PostgresStore
from tests.certificates import examples as c
from tests.diagnostics import examples as d
from tests.notifications import examples as n
from tests.people import examples as e
from tests.routes import asking as a
from tests.routes import catalogue
from tests.routes import path as r
from tests.routes import test_paper as registered
from tests.routes.test_refusals import meet
from tests.store.parcel import context

Told = tuple[Category[Any, Any, Any], UUID, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Life:
    """`tables` are made of facts alone; `kept` writes a row that no fact gives back."""

    told: tuple[Told, ...]
    tables: tuple[str, ...]
    kept: str = ""


LIVES = {
    "routes": Life(
        (
            (routes(r.POLICIES), uuid4(), (*r.OPENED, r.assign_methodist)),
            (routes(r.POLICIES), uuid4(), r.COMPLETED),
            (routes(r.POLICIES), uuid4(), (r.nominate,)),
            (lists(r.POLICIES), uuid4(), a.TAKEN),
            (applications(r.POLICIES), uuid4(), a.ACCEPTED),
            (supports(r.POLICIES), uuid4(), (a.name, a.note_reached)),
            (routes(r.POLICIES), uuid4(), (*r.PLANNED, meet("self_regulated", mentors=(r.OTHER,), capacity=1))),
            (papers(r.POLICIES), uuid4(), (registered.REGISTER, registered.CLOSE)),
            (TRACKS, uuid4(), (track.PublishTrack(code="rural", title="Сельский учитель", at=r.NOW),)),
            (
                PRIORITIES,
                uuid4(),
                [
                    priority.SetPriorities(
                        municipality="m-ust",
                        year=2026,
                        directions=(priority.Direction(code="d-1", title="Оценивание"),),
                        basis="план",
                        at=r.NOW,
                    )
                ],
            ),
            (RESOURCES, uuid4(), (catalogue.publish, catalogue.revise, catalogue.withdraw)),
            (RESOURCES, uuid4(), (catalogue.propose, catalogue.decline)),
        ),
        (
            *("applications", "paper_routes", "priorities", "resources", "route_mentors", "route_methodists", "routes"),
            *("school_lists", "support_routes", "supports", "tracks"),
        ),
    ),
    "people": Life(
        (
            (ORGANISATIONS, uuid4(), (e.municipality,)),
            (ORGANISATIONS, uuid4(), (e.school,)),
            (PERSONS, e.ANNA, (e.register, roles.GrantRole(grant=e.TEACHER, at=e.NOW), *e.CABINET)),
            (INVITATIONS, uuid4(), (e.invite, invitation.NoteSent(delivered=True, at=e.NOW))),
            (ACTS, e.ORDER, (e.register_act, act.EndAct(how="replaced", by=e.LATER, **e.BY_LATER))),
        ),
        ("invitations", "local_acts", "organisations", "persons", "roles_held"),
        "INSERT INTO credentials VALUES ('a', gen_random_uuid(), 'hash')",
    ),
    "certificates": Life(
        (
            (CERTIFICATES, uuid4(), (c.grant, c.issue, c.revoke)),
            (REGISTERS, uuid4(), (register.Enter(certificate=c.ROUTE, at=c.NOON),)),
        ),
        ("certificates",),
        "INSERT INTO documents VALUES ('a', 'pdf', 'application/pdf', gen_random_uuid(), gen_random_uuid())",
    ),
    "diagnostics": Life(
        (
            (INSTRUMENTS, uuid4(), (authoring.Publish(instrument=d.TINY, at=d.NOON),)),
            (SESSIONS, uuid4(), (d.assign, session.Start(at=d.NOON))),
            (COMPARISONS, uuid4(), (d.note("initial", d.result(1)), d.note("final", d.result(2, "2.000")))),
            (APPRAISALS, uuid4(), (d.arrange,)),
            (IMPORTS, uuid4(), (d.taking_over,)),
            (DIAGNOSTICS, uuid4(), (d.finding(1), d.finding(2, "observation"))),
        ),
        ("appraisals", "diagnostics", "dynamics", "imports", "instruments", "outside_results", "sessions"),
    ),
    "notifications": Life(
        (
            (NOTICES, uuid4(), (n.plan,)),
            (
                ANNOUNCEMENTS,
                uuid4(),
                (announcement.Announce(audience="school", message="m", matter=n.MATTER, at=n.NOON),),
            ),
            (ADDRESSEES, n.ANNA, (addressee.NoteConsent(given=True, at=n.NOON),)),
            (COMPANIONS, n.ROUTE, (companion.NoteTutor(tutor=n.BORIS, at=n.NOON),)),
        ),
        ("addressees", "announcements", "notices"),
    ),
}


async def lived(store: PostgresStore, life: Life) -> None:
    executor = Executor(store)
    for category, id, commands in life.told:
        for command in commands:
            await executor.execute(category, id, command, context())
