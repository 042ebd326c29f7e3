"""What people send of the product, and of the offer that may follow its assessment."""

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import reflecting
from services.routes.domain.route.rules import Command
from services.routes.fields import Day, Line, Link, Text


class Offer(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return reflecting.OfferAdjustment(**given.who, text=self.text)


class OfferAnswer(Body):
    accepted: bool

    def command(self, given: Given) -> Command:
        return reflecting.AnswerOffer(**given.who, accepted=self.accepted)


class Product(Body):
    title: Line
    link: Link = ""
    summary: Text

    def command(self, given: Given) -> Command:
        return reflecting.SubmitProduct(**given.who, title=self.title, link=self.link, summary=self.summary)


class Presented(Body):
    presented_on: Day

    def command(self, given: Given) -> Command:
        return reflecting.PresentProduct(**given.who, on=self.presented_on, today=given.today)


class NewAssessment(Body):
    developed: bool
    deficits_removed: bool | None = None
    dynamics: bool
    text: Text

    def command(self, given: Given) -> Command:
        return reflecting.AssessProduct(
            **given.who,
            assessment=given.new("assessment"),
            developed=self.developed,
            deficits_removed=self.deficits_removed,
            dynamics=self.dynamics,
            text=self.text,
        )


class Achievement(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return reflecting.ReflectOnAchievement(**given.who, text=self.text)
