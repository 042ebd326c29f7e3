"""What people send to the diagnostic section."""

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import diagnosing
from services.routes.domain.route.records import DeficitSource
from services.routes.domain.route.rules import Command
from services.routes.fields import Code, Text


class Deficit(Body):
    competency: Code
    text: Text
    source: DeficitSource

    def command(self, given: Given) -> Command:
        return diagnosing.RecordDeficit(
            **given.who,
            deficit=given.new("deficit"),
            competency=self.competency,
            source=self.source,
            text=self.text,
        )


class Difficulty(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return diagnosing.RecordDifficulty(**given.who, difficulty=given.new("difficulty"), text=self.text)


class Request(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return diagnosing.RecordRequest(**given.who, request=given.new("request"), text=self.text)
