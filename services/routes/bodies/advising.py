"""What people send to suggest, to support, to ask for help and to answer."""

from uuid import UUID

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import advising
from services.routes.domain.route.records import Helper, Subject, SupportKind
from services.routes.domain.route.rules import Command
from services.routes.fields import Day, Text


class Suggestion(Body):
    subject: Subject
    text: Text
    end: Day | None = None

    def command(self, given: Given) -> Command:
        return advising.Suggest(
            **given.who, suggestion=given.new("suggestion"), subject=self.subject, text=self.text, end=self.end
        )


class SuggestionAnswer(Body):
    accepted: bool

    def command(self, given: Given) -> Command:
        return advising.AnswerSuggestion(**given.who, suggestion=given.named, accepted=self.accepted)


class Support(Body):
    kind: SupportKind
    text: Text
    on: Day | None = None
    activity: UUID | None = None

    def command(self, given: Given) -> Command:
        on = self.on or given.today
        return advising.GiveSupport(
            **given.who,
            support=given.new("support"),
            kind=self.kind,
            text=self.text,
            on=on,
            today=given.today,
            activity=self.activity,
        )


class Help(Body):
    of: Helper
    text: Text

    def command(self, given: Given) -> Command:
        return advising.AskHelp(**given.who, help=given.new("help"), of=self.of, text=self.text)


class HelpAnswer(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return advising.AnswerHelp(**given.who, help=given.named, text=self.text)
