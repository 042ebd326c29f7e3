"""The services of a suite over one notebook: their own desks and deciders, without a network between them.

What one service promises another hears at once, through the same makers and readers as over the broker.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from deploy.simulation.notebook import Notebook, now
from services.certificates import consumers as certificate_consumers
from services.diagnostics import library
from services.diagnostics import published as diagnostics_published
from services.diagnostics.api import Sessions
from services.diagnostics.categories import COMPARISONS
from services.diagnostics.desk import Desk as DiagnosticsDesk
from services.diagnostics.domain.comparison import DynamicsJudged, noting
from services.diagnostics.domain.dynamics import Policy
from services.diagnostics.domain.session_facts import SessionScored
from services.people.categories import ORGANISATIONS, PERSONS
from services.people.domain.organisation import RegisterOrganisation, organisation_id
from services.routes import bodies, deadlines
from services.routes import consumers as route_consumers
from services.routes import published as routes_published
from services.routes.addresses import ADDRESSES, Address
from services.routes.allowances import Allowances
from services.routes.api import Desk
from services.routes.categories import Routes, routes
from services.routes.domain.policy import Policies
from services.routes.domain.route.facts.concluding import RouteCompleted
from services.routes.navigator import Navigator
from services.routes.policies import read_policies
from services.routes.settings import RoutesSettings
from services.routes.themes import Themes
from services.routes.vocabularies import Vocabularies, read_vocabularies
from shared.bus.hearing import Hearing, by_contract
from shared.http.commands import Wanted
from shared.http.tokens import Person
from shared.store.execute import Executor
from shared.store.types import Context, Heard, Recorded

PUBLISHERS = {
    SessionScored: diagnostics_published.publish,
    DynamicsJudged: diagnostics_published.publish,
    RouteCompleted: routes_published.publish,
}


@cache
def policies() -> Policies:
    settings = RoutesSettings()
    return read_policies(settings.policies, settings.time_zone)


@cache
def words() -> Vocabularies:
    return read_vocabularies(RoutesSettings().vocabularies)


@cache
def judging() -> Policy:
    """What diagnostics calls dynamics."""
    return library.read_policy()


@cache
def category() -> Routes:
    return routes(policies())


def address_of(path: str) -> tuple[Address, UUID | None]:
    """Where a path below a route leads, and the item it names."""
    parts = path.split("/")
    known = BY_PATH["/".join(["{item}" if n == 1 else part for n, part in enumerate(parts)])]
    return known, UUID(parts[1]) if known.of_item else None


SERVICE_OF = {"route": "routes", "comparison": "diagnostics", "certificate": "certificates"}  # by the stream's category
BEGINNING = datetime.min.replace(tzinfo=UTC)  # before anybody asks for anything
BY_PATH = {address.path: address for address in ADDRESSES}


@dataclass
class Offices:
    store: Notebook
    names: UUID  # the namespace of the requests' keys, and so of all ids that are made of them
    executor: Executor = field(init=False)
    desk: Desk = field(init=False)
    themes: Themes = field(init=False)
    sessions: Sessions = field(init=False)
    _hearings: Mapping[str, Hearing] = field(init=False)
    _asked: int = 0
    _now: datetime = BEGINNING

    def __post_init__(self) -> None:
        self.executor = Executor(self.store)
        self.themes = Themes(self.store, self.executor, policies().zone)
        navigator = Navigator(self.store, self.executor, self.themes, words(), lambda: self._now, policies().zone)
        allowances = Allowances(self.executor, policies())
        self.desk = Desk(self.store, self.executor, category(), policies(), words(), self.themes, allowances, navigator)
        zone = ZoneInfo(policies().zone)
        self.sessions = Sessions(DiagnosticsDesk(self.store, self.executor, library.read_conduct(), zone))
        heard = (*route_consumers.hearings(category()), *certificate_consumers.hearings(self.new_code))
        self._hearings = by_contract(heard)

    def envelope(self, who: Person, at: datetime) -> Wanted:
        self._asked += 1
        self._now = at
        key = uuid5(self.names, str(self._asked))
        return Wanted(person=who, receipt=(key, b""), expected=None, at=at, correlation=str(key))

    def open(self, body: Mapping[str, Any], envelope: Wanted) -> dict[str, Any]:
        outcome = now(self.desk.open(bodies.opening.NewRoute.model_validate(body), envelope))
        return {"id": str(outcome.id)}

    def ask(self, route: str, path: str, body: Mapping[str, Any], envelope: Wanted) -> dict[str, Any]:
        address, item = address_of(path)
        outcome = now(self.desk.do(UUID(route), address, address.body.model_validate(body), envelope, item))
        self.tell(outcome.facts)
        return {"item_id": str(envelope.new_id(address.makes))} if address.makes else {}

    def clock(self, route: UUID, command: deadlines.Mark) -> None:
        """What the service's own clock finds."""
        context = self._service(category().name, command, str(route), command.at)
        now(self.executor.execute(category(), route, command, context))

    def register(self, organisation: RegisterOrganisation, administrator: Person) -> None:
        context = self.envelope(administrator, organisation.at).context(organisation, administrator.grants[0])
        id = organisation_id(organisation.kind, organisation.code)
        now(self.executor.execute(ORGANISATIONS, id, organisation, context))

    def people(self, id: UUID, command: Any, by: Person) -> None:
        """A command on a person, given by an administrator or by the person."""
        grant = None if by.id == id else by.grants[0]
        context = self.envelope(by, command.at).context(command, grant)
        now(self.executor.execute(PERSONS, id, command, context))

    def note(self, session: UUID, scored: Recorded[SessionScored]) -> str:
        """The comparison of the session's route hears of it; the verdict, if there is one."""
        wish = noting(session, scored.event, judging())
        if wish is None:
            return ""
        id, command = wish
        context = self._service(COMPARISONS.name, command, str(scored.id), command.at, scored)
        facts = now(self.executor.execute(COMPARISONS, id, command, context)).facts
        self.tell(facts)
        return next((f.event.judgement.verdict for f in facts if isinstance(f.event, DynamicsJudged)), "")

    def tell(self, facts: Iterable[Recorded[Any]]) -> None:
        """Those who listen hear what is promised of these facts."""
        for fact in facts:
            publish = PUBLISHERS.get(type(fact.event))
            promise = publish(fact) if publish else None
            if promise is None:
                continue
            contract = str(type(promise).contract)  # type: ignore[attr-defined]
            hearing = self._hearings[contract]
            heard = Heard(message=str(fact.id), contract=contract, stream=fact.stream, version=fact.version)
            for wish in hearing.react(hearing.reads.model_validate_json(promise.model_dump_json()), heard):
                context = self._service(wish.category.name, wish.command, wish.id.hex, fact.recorded_at, fact)
                now(self.executor.execute(wish.category, wish.id, wish.command, context, heard=heard))

    def new_code(self) -> str:
        """A code of the form that certificates have, the same in every run."""
        self._asked += 1
        return sha256(f"{self.names}/{self._asked}".encode()).hexdigest()[:26]

    def _service(
        self, category: str, command: object, about: str, at: datetime, cause: Recorded[Any] | None = None
    ) -> Context:
        name = type(command).__name__
        return Context(
            actor=None,
            role="service",
            scope=f"service:{SERVICE_OF[category]}",
            command=uuid5(cause.id if cause else self.names, f"{about}/{name}/{at.isoformat()}"),
            command_name=name,
            causation=str(cause.id) if cause else None,
            correlation=cause.context.correlation if cause else "",
            occurred_at=at,
            policy=policies().at(at).version,
        )
