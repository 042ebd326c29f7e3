"""What the school sends of a plan that waits for it."""

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import agreeing
from services.routes.domain.route.rules import Command
from services.routes.fields import Text


class Agreement(Body):
    def command(self, given: Given) -> Command:
        return agreeing.Agree(**given.who, today=given.today)


class Returned(Body):
    reason: Text

    def command(self, given: Given) -> Command:
        return agreeing.Return(**given.who, reason=self.reason)
