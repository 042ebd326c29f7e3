"""Why a session of diagnostics may say no."""

from shared.domain import Refusal


class AssignedOtherwise(Refusal):
    """This session was already assigned, and not like this."""

    clause = "2.8.5"


class NotAssigned(Refusal):
    """Nobody assigned this session."""

    clause = "2.8.5"


class NotStarted(Refusal):
    """Answers are taken after the session is started."""

    clause = "2.8.5"


class AlreadySubmitted(Refusal):
    """The session was submitted, so its answers no longer change."""

    clause = "2.8.5"


class UnknownItem(Refusal):
    """This session does not ask that."""

    clause = "2.8.5"


class UnknownOption(Refusal):
    """The item has no such option."""

    clause = "2.8.5"


class ItemsUnanswered(Refusal):
    """A session is submitted when every item has an answer."""

    clause = "2.8.5"


class AnsweredElsewhere(Refusal):
    """Another device saved a newer answer to this item, which an older one does not undo."""

    clause = "2.8.5"


class AnswersOnTheWay(Refusal):
    """The client has sent an answer that has not arrived, and a submission must not lose it."""

    clause = "2.8.5"


class SessionCalledOff(Refusal):
    """The session was withdrawn by who organised it."""

    clause = "2.8.4"
