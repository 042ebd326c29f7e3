"""What people send as the plan is carried out."""

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import running
from services.routes.domain.route.rules import Command
from services.routes.fields import Day, MaybeText, Text


class DoneActivity(Body):
    done_on: Day
    result: Text
    order: MaybeText = ""

    def command(self, given: Given) -> Command:
        return running.CompleteActivity(
            **given.who,
            activity=given.named,
            on=self.done_on,
            result=self.result,
            order=self.order,
            today=given.today,
        )


class ActivityReflection(Body):
    text: Text

    def command(self, given: Given) -> Command:
        return running.ReflectOnActivity(**given.who, activity=given.named, text=self.text)


class Started(Body):
    start: Day | None = None

    def command(self, given: Given) -> Command:
        return running.Start(**given.who, on=self.start or given.today, today=given.today)
