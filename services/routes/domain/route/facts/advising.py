"""What is suggested, given and asked for beside the tutee: facts of every stage.

Stored for ever: read what the package says before changing one.
"""

from datetime import date, datetime
from uuid import UUID

from services.routes.domain.route.records import Actor, Helper, Subject, SupportKind, Whose
from shared.domain import Personal, message


@message
class SuggestionMade:
    suggestion: UUID
    subject: Subject
    by: Actor
    end: date | None
    text: Personal
    at: datetime


@message
class SuggestionAnswered:
    suggestion: UUID
    accepted: bool
    at: datetime


@message
class SupportGiven:
    """`activity` is the one it accompanied, where it was about one."""

    support: UUID
    kind: SupportKind
    by: Actor
    on: date
    text: Personal
    at: datetime
    activity: UUID | None = None


@message
class HelpAsked:
    whose: Whose
    help: UUID
    of: Helper
    text: Personal
    at: datetime


@message
class HelpAnswered:
    whose: Whose
    help: UUID
    by: Actor
    text: Personal
    at: datetime


Advising = SuggestionMade | SuggestionAnswered | SupportGiven | HelpAsked | HelpAnswered
