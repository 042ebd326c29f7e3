"""What people send to prepare a route: its tutor and its model."""

from uuid import UUID

from services.routes.bodies.body import Body, Given
from services.routes.domain.route import preparing
from services.routes.domain.route.records import Model
from services.routes.domain.route.rules import Command
from services.routes.fields import MaybeCode


class Tutor(Body):
    tutor_id: UUID

    def command(self, given: Given) -> Command:
        return preparing.AppointTutor(**given.who, tutor=self.tutor_id)


class ProposedModel(Body):
    model: Model

    def command(self, given: Given) -> Command:
        return preparing.ProposeModel(**given.who, model=self.model, allowed=given.models)


class ChosenModel(Body):
    model: Model
    track: MaybeCode = ""

    def command(self, given: Given) -> Command:
        return preparing.ChooseModel(**given.who, model=self.model, track=self.track, allowed=given.models)
