"""What notifications listens to on the broker: everything that concerns somebody."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from services.notifications import reactions
from services.notifications import subscribed as s
from services.notifications.categories import ADDRESSEES, ANNOUNCEMENTS, COMPANIONS, NOTICES
from services.notifications.domain.addressee import NoteConsent
from services.notifications.domain.announcement import Announce
from services.notifications.domain.companion import NoteTutor
from services.notifications.domain.notice import Plan
from shared.bus.hearing import Hearing, Wish
from shared.runtime import now
from shared.store.types import Category, Heard

Clock = Callable[[], datetime]
CATEGORY_OF: dict[type, Category[Any, Any, Any]] = {
    Plan: NOTICES,
    Announce: ANNOUNCEMENTS,
    NoteConsent: ADDRESSEES,
    NoteTutor: COMPANIONS,
}


def wish(intent: reactions.Intent) -> Wish:
    id, command = intent
    return Wish(category=CATEGORY_OF[type(command)], id=id, command=command)


def hearings(clock: Clock = now) -> tuple[Hearing, ...]:
    """A message heard again brings a later time, and the decider drops it with the whole wish."""
    return (
        *(telling(each, clock) for each in reactions.TABLE),
        Hearing(reads=s.ConsentGiven, react=on_consent),
        Hearing(reads=s.ConsentWithdrawn, react=on_consent),
    )


def telling(each: reactions.Telling, clock: Clock) -> Hearing:
    def react(promise: s.Placed, heard: Heard) -> Iterable[Wish]:
        if isinstance(promise, s.TutorAppointed):
            yield wish(reactions.note_tutor(promise))  # before anybody looks for the route's tutor
        for intent in reactions.tell(each, promise, heard.message, clock()):
            yield wish(intent)

    return Hearing(reads=each.of, react=react)


def on_consent(promise: s.ConsentGiven | s.ConsentWithdrawn, _heard: Heard) -> Iterable[Wish]:
    yield wish(reactions.note_consent(promise))
