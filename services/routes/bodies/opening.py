"""What people send to open a route or to nominate a teacher."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.routes.domain.route import opening
from services.routes.domain.route.records import Actor, Medium, Whose
from services.routes.fields import Code, MaybeCode


class NewRoute(BaseModel):
    model_config = ConfigDict(extra="forbid")

    teacher_id: UUID | None = None
    municipality: Code
    school: Code
    medium: Medium = "ais"
    continues: UUID | None = None
    priority: MaybeCode = ""

    def whose(self, caller: UUID) -> Whose:
        return Whose(tutee=self.teacher_id or caller, municipality=self.municipality, school=self.school)

    def command(
        self, by: Actor, whose: Whose, at: datetime, continued_of: UUID | None
    ) -> opening.Open | opening.Nominate:
        if by.person != whose.tutee:
            return opening.Nominate(by=by, whose=whose, medium=self.medium, at=at)
        return opening.Open(
            by=by,
            whose=whose,
            medium=self.medium,
            at=at,
            continues=self.continues,
            continued_of=continued_of,
            priority=self.priority,
        )
