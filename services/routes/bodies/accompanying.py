"""What people send to accompany a route: reviews, reporting events, methodists, next steps."""

from uuid import UUID

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import accompanying
from services.routes.domain.route.records import Term
from services.routes.domain.route.rules import Command
from services.routes.fields import Day, Line, Text


class Review(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return accompanying.ReviewInterim(**given.who, review=given.new("review"), text=self.text)


class Report(Body):
    title: Line
    start: Day
    end: Day

    def command(self, given: Given) -> Command:
        planned = Term(start=self.start, end=self.end)
        return accompanying.ProposeReport(**given.who, report=given.new("report"), title=self.title, planned=planned)


class AgreedReport(Body):
    def command(self, given: Given) -> Command:
        return accompanying.AgreeReport(**given.who, report=given.named)


class Methodist(Body):
    methodist_id: UUID

    def command(self, given: Given) -> Command:
        return accompanying.AssignMethodist(**given.who, methodist=self.methodist_id)


class ReleasedMethodist(Body):
    def command(self, given: Given) -> Command:
        return accompanying.ReleaseMethodist(**given.who, methodist=given.named)


class NextSteps(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return accompanying.PlanNextSteps(**given.who, text=self.text)
