"""A thematic track: a group of projects on one theme that routes of the regional model may belong to (p. 3.1.5)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from services.routes.domain.route.rules import in_order
from shared.domain import Decider, Refusal, Right, Row, changed, message

NAMES = UUID("3d5f2b0e-6f0a-5a54-8a6b-5f2b8d1c7e21")


@message
class PublishTrack:
    """Routes may join it from the day `opens` to the day `closes`, where these are set (p. 2.8.1)."""

    code: str
    title: str
    at: datetime
    opens: date | None = None
    closes: date | None = None


@message
class CloseTrack:
    """No new route joins it; those that belong to it go on."""

    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class TrackPublished:
    code: str
    title: str
    at: datetime
    opens: date | None = None
    closes: date | None = None


@message
class TrackClosed:
    at: datetime


@message
class Unpublished: ...


@message
class Track:
    code: str
    title: str
    closed: bool = False
    opens: date | None = None
    closes: date | None = None

    def takes(self, today: date) -> bool:
        """Whether a route may join it today."""
        return not self.closed and (self.opens or today) <= today <= (self.closes or today)


Command = PublishTrack | CloseTrack
Event = TrackPublished | TrackClosed
State = Unpublished | Track


class TrackPublishedOtherwise(Refusal):
    """A track with this code is published with another title or other dates, or closed."""

    clause = "3.1.5"


class TrackUnavailable(Refusal):
    """There is no such track, or no new route may join it today."""

    clause = "3.1.5"


def track_id(code: str) -> UUID:
    return uuid5(NAMES, code)


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case PublishTrack(), Unpublished():
            return [published(command)]
        case PublishTrack(), Track(closed=False) if same(command, state):
            return []
        case PublishTrack(), _:
            raise TrackPublishedOtherwise
        case CloseTrack(), Track(closed=closed):
            return [] if closed else [TrackClosed(at=command.at)]
        case _:
            raise TrackUnavailable


def published(command: PublishTrack) -> TrackPublished:
    if command.opens and command.closes:
        in_order(command.opens, command.closes)
    return TrackPublished(
        code=command.code, title=command.title, opens=command.opens, closes=command.closes, at=command.at
    )


def same(command: PublishTrack, state: Track) -> bool:
    return (command.title, command.opens, command.closes) == (state.title, state.opens, state.closes)


def evolve(state: State, event: Event) -> State:
    match event, state:
        case TrackPublished(), _:
            return Track(code=event.code, title=event.title, opens=event.opens, closes=event.closes)
        case TrackClosed(), Track():
            return changed(state, closed=True)
        case _:
            return state


track: Decider[Command, State, Event] = Decider(initial=Unpublished(), decide=decide, evolve=evolve)
RULES: Final[Mapping[type, Right]] = MappingProxyType(
    {
        PublishTrack: Right("3.1.5", frozenset({"regional_centre"}), ("2.8.1.2",)),
        CloseTrack: Right("3.1.5", frozenset({"regional_centre"}), ("2.8.1.2",)),
    }
)


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Track():
            yield Row(
                table="tracks",
                values={
                    "code": state.code,
                    "title": state.title,
                    "closed": state.closed,
                    "opens": state.opens,
                    "closes": state.closes,
                },
            )
