"""A thematic track: a group of projects on one theme that routes of the regional model may belong to (p. 3.1.5)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from shared.domain import Decider, Refusal, Row, message

NAMES = UUID("3d5f2b0e-6f0a-5a54-8a6b-5f2b8d1c7e21")


@message
class PublishTrack:
    code: str
    title: str
    at: datetime


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


Command = PublishTrack | CloseTrack
Event = TrackPublished | TrackClosed
State = Unpublished | Track


class TrackPublishedOtherwise(Refusal):
    """A track with this code is published under another title, or closed."""

    clause = "3.1.5"


class TrackUnavailable(Refusal):
    """There is no such track, or it is closed to new routes."""

    clause = "3.1.5"


def track_id(code: str) -> UUID:
    return uuid5(NAMES, code)


def decide(command: Command, state: State) -> list[Event]:
    match command, state:
        case PublishTrack(), Unpublished():
            return [TrackPublished(code=command.code, title=command.title, at=command.at)]
        case PublishTrack(title=title), Track(closed=False) if title == state.title:
            return []
        case PublishTrack(), _:
            raise TrackPublishedOtherwise
        case CloseTrack(), Track(closed=closed):
            return [] if closed else [TrackClosed(at=command.at)]
        case _:
            raise TrackUnavailable


def evolve(state: State, event: Event) -> State:
    match event, state:
        case TrackPublished(), _:
            return Track(code=event.code, title=event.title)
        case TrackClosed(), Track():
            return Track(code=state.code, title=state.title, closed=True)
        case _:
            return state


track: Decider[Command, State, Event] = Decider(initial=Unpublished(), decide=decide, evolve=evolve)


def view(id: UUID, version: int, state: State) -> Iterable[Row]:
    match state:
        case Track():
            yield Row(table="tracks", values={"code": state.code, "title": state.title, "closed": state.closed})
