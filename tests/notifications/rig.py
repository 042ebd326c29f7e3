"""The office of a test: real store, real mail server, a directory and a clock that are moved by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

from services.notifications import reactions
from services.notifications.announcing import Announcer
from services.notifications.categories import NOTICES
from services.notifications.consumers import wish
from services.notifications.delivery import Courier
from services.notifications.desk import Desk
from services.notifications.domain.notice import State
from services.notifications.letter import Stationery
from services.notifications.office import Office
from services.notifications.people import Entry
from shared.http.directory import DirectoryUnavailable, PersonUnreadable
from shared.mail.post import Post, Server
from shared.store.execute import Executor
from shared.store.postgres import PostgresStore
from shared.store.types import Context, Recorded
from tests.notifications.examples import NOON

SCHEMA = files("services.notifications").joinpath("schema.sql").read_text()
PAPER = Stationery(sender="iom@school.example", portal_url="https://portal.example")


@dataclass
class Known:
    """People, as far as notifications asks."""

    persons: dict[UUID, Entry] = field(default_factory=dict)
    leading: dict[str, list[UUID]] = field(default_factory=dict)
    coordinating: dict[str, list[UUID]] = field(default_factory=dict)
    deciding: list[UUID] = field(default_factory=list)
    breaking: set[UUID] = field(default_factory=set)
    away: bool = False

    def add(self, id: UUID, email: str = "", consented: bool = True) -> None:
        self.persons[id] = Entry(id=id, name="Имя Отчество", email=email or f"p{id.int}@s.example", consented=consented)

    async def person(self, id: UUID) -> Entry | None:
        self._answer()
        if id in self.breaking:
            raise PersonUnreadable
        return self.persons.get(id)

    async def leaders(self, municipality: str, school: str) -> list[UUID]:
        self._answer()
        assert municipality
        return self.leading.get(school, [])

    async def coordinators(self, municipality: str) -> list[UUID]:
        self._answer()
        return self.coordinating.get(municipality, [])

    async def centre(self) -> list[UUID]:
        self._answer()
        return self.deciding

    def _answer(self) -> None:
        if self.away:
            raise DirectoryUnavailable("away")


@dataclass
class Rig:
    store: PostgresStore
    known: Known = field(default_factory=Known)
    now: datetime = NOON
    doubt_after: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        self.executor = Executor(self.store)

    def desk(self) -> Desk:
        return Desk(Executor(self.store), lambda: self.now)

    def office(self, post: Post | str) -> Office:
        """Another process on the same database."""
        post = Post(Server.at(post), 2) if isinstance(post, str) else post
        desk = self.desk()
        return Office(
            self.store,
            desk,
            Announcer(self.store, desk, self.known),
            Courier(desk, self.known, post, PAPER),
            post,
            self.doubt_after,
        )

    async def hear(self, telling: reactions.Telling, promise: Any, message: str) -> list[UUID]:
        return [await self.wish(intent) for intent in reactions.tell(telling, promise, message, self.now)]

    async def wish(self, intent: reactions.Intent) -> UUID:
        wanted = wish(intent)
        await self.executor.execute(wanted.category, wanted.id, wanted.command, self.context())
        return wanted.id

    def context(self) -> Context:
        return Context(
            actor=None,
            role="service",
            scope="service:notifications",
            command=uuid4(),
            command_name="hear",
            causation="m-1",
            correlation="walk",
            occurred_at=self.now,
        )

    async def state(self, id: UUID) -> State:
        return (await Executor(self.store).state(NOTICES, id))[0]

    async def told(self, id: UUID) -> list[str]:
        """The kinds of the notice's facts."""
        facts: list[Recorded[Any]] = await self.store.read(NOTICES.stream(id))
        return [fact.kind.removeprefix("notice.") for fact in facts]

    async def row(self, id: UUID) -> dict[str, Any]:
        return dict((await self.store.fetch("SELECT * FROM notices WHERE id = $1", id))[0])
