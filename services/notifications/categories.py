"""The kinds of streams this service keeps."""

from typing import Any

from services.notifications.domain import addressee, announcement, companion, notice, sending, view
from shared.store.types import Category

NOTICES: Category[notice.Command, notice.State, notice.Fact] = Category(
    name="notice",
    decider=sending.notice,
    facts=(
        notice.Planned,
        notice.SendingStarted,
        notice.Sent,
        notice.Delayed,
        notice.Failed,
        notice.Suppressed,
        notice.InDoubt,
        notice.Read,
    ),
    view=view.of_notice,
)
ANNOUNCEMENTS: Category[announcement.Command, announcement.State, announcement.Fact] = Category(
    name="announcement",
    decider=announcement.announcement,
    facts=(announcement.Announced, announcement.Resolved, announcement.Finished),
    view=view.of_announcement,
)
ADDRESSEES: Category[addressee.NoteConsent, addressee.State, addressee.ConsentNoted] = Category(
    name="addressee",
    decider=addressee.addressee,
    facts=(addressee.ConsentNoted,),
    view=view.of_addressee,
)
COMPANIONS: Category[companion.NoteTutor, companion.State, companion.TutorNoted] = Category(
    name="companion",
    decider=companion.companion,
    facts=(companion.TutorNoted,),
    view=view.nothing,
)
CATEGORIES: tuple[Category[Any, Any, Any], ...] = (NOTICES, ANNOUNCEMENTS, ADDRESSEES, COMPANIONS)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own."""
    return CATEGORIES
