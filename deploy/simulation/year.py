"""A year of a region, school by school: lives told from beginning to end, then read, counted and checked.

A school's facts depend on the wish and the school's number alone, so schools may be told anywhere and in any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid5

import msgspec

from deploy.simulation.founding import founded, names, opened
from deploy.simulation.invariants import broken
from deploy.simulation.kinds import kinds_of_life
from deploy.simulation.life.whole import whole_year
from deploy.simulation.notebook import Notebook, now
from deploy.simulation.offices import Offices, category
from deploy.simulation.region import Region, School, Somebody
from deploy.simulation.shares import Shares
from deploy.simulation.tally import Tally
from deploy.simulation.telling import Clock, Surprise, Telling
from services.certificates.categories import CERTIFICATES, REGISTERS
from services.certificates.domain import register
from services.certificates.domain.certificate import Document, Granted, Issue
from services.certificates.domain.number import number
from services.routes.domain.calendar import add_months
from services.routes.domain.route.facts.concluding import RouteCompleted
from services.routes.domain.route.state import Nominated, Route, status
from shared.store.execute import Executor
from shared.store.types import Context, Recorded

FIRST_DAY = date(2026, 9, 1)
PRINTED_AFTER = timedelta(minutes=1)
_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Everything that the facts of a year depend on."""

    seed: int
    schools: int
    teachers: int
    months: int
    shares: Shares

    @property
    def region(self) -> Region:
        return Region(self.seed, self.schools, self.teachers, self.shares)


class Year:
    def __init__(self, wish: Wish) -> None:
        self.begins = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(hours=1)
        self.ends = datetime.combine(add_months(FIRST_DAY, wish.months), datetime.min.time(), UTC)
        self.region = wish.region
        self._founding = founded(self.region, self.begins)

    def founding(self) -> tuple[Notebook, Tally]:
        """What the regional centre and the municipalities did before the year."""
        return self._founding, read(self._founding, Tally())

    def school(self, number: int) -> tuple[Notebook, Tally]:
        """One school's year."""
        school, book, tally = self.region.school(number), Notebook(self._founding), Tally()
        offices = Offices(book, names(self.region, school.code))
        opened(offices, self.region, school, self.begins)
        for me in school.teachers:
            self._live(offices, school, me, tally)
        return book, read(book, tally)

    def _live(self, offices: Offices, school: School, me: Somebody, tally: Tally) -> None:
        clock = Clock(self.begins, self.ends)
        told = Telling(offices, clock, self.region.fate(me.key), tally.meant)
        try:
            told.tell(whole_year(me, school, self.region, clock))
        except Surprise as surprise:
            tally.surprises.append(str(surprise))
        tally.lives["teacher"] += 1
        tally.lives["with_route"] += bool(told.routes)
        tally.lives["moved"] += all(grant.school != school.code for grant in me.grants)
        for route in told.routes:
            state, _ = now(offices.executor.state(category(), route))
            if isinstance(state, Route | Nominated):
                tally.routes[status(state), state.stage if isinstance(state, Route) else 1] += 1

    def numbering(self, granted: Sequence[Recorded[Granted]]) -> tuple[Notebook, Tally]:
        """The whole region's certificates entered into the one register of their year, in the order of their grants.

        The paper is not set here: what stands for its bytes is the number it would bear.
        """
        before = Notebook()
        before.streams = {fact.stream: [fact] for fact in granted}
        book = Notebook(before)
        executor = Executor(book)
        for fact in sorted(granted, key=lambda fact: (fact.recorded_at, fact.id)):
            self._issue(executor, fact)
        return book, read(book, Tally())

    def _issue(self, executor: Executor, fact: Recorded[Granted]) -> None:
        at, year = fact.recorded_at + PRINTED_AFTER, fact.event.grounds.completed_on.year
        enter = register.Enter(certificate=fact.stream_id, at=at)
        context = printing(fact, at)
        entered = now(executor.execute(REGISTERS, register.register_id(year), enter, context)).facts
        readable = number(year, entered[0].event.serial)
        document = Document(
            number=readable,
            sha256=sha256(readable.encode()).hexdigest(),
            template="simulated",
            issued_on=at.date(),
        )
        issue = Issue(document=document, name="Учитель вымышленного региона", at=at)
        now(executor.execute(CERTIFICATES, fact.stream_id, issue, context))


def printing(fact: Recorded[Any], at: datetime) -> Context:
    return Context(
        actor=None,
        role="service",
        scope="service:certificates",
        command=uuid5(fact.id, "issue"),
        command_name="issue",
        causation=str(fact.id),
        correlation=fact.context.correlation,
        occurred_at=at,
        policy=fact.context.policy,
    )


def read(book: Notebook, tally: Tally) -> Tally:
    """Count and check every stream, and digest what was written."""
    digest = sha256()
    for stream, history, before in book.written():
        tally.broken += broken(stream, history)
        if stream.startswith("route-"):
            tally.lives.update(kinds_of_life(history))
        for fact in history[before:]:
            tally.facts[fact.kind] += 1
            digest.update(_encode((fact.id, fact.stream, fact.version, fact.kind, fact.event, fact.context)))
            if isinstance(fact.event, RouteCompleted) and fact.event.certificate_due:
                tally.due.append(fact.stream_id)
            if isinstance(fact.event, Granted):
                tally.granted.append(fact)
    tally.digests.append(digest.hexdigest())
    return tally
