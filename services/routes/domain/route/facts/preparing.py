"""The tutor, the model, the consent and the leaving: facts of stage 1.

Stored for ever: read what the package says before changing one.
"""

from datetime import datetime
from uuid import UUID

from services.routes.domain.route.records import Model, Whose
from shared.domain import message


@message
class TutorAppointed:
    whose: Whose
    tutor: UUID
    replaced: UUID | None
    at: datetime


@message
class ModelChosen:
    """`tutor` is whom the choice of the regional model lets see the route (p. 3.1.2)."""

    model: Model
    tutor: UUID | None
    at: datetime
    track: str = ""


@message
class ModelProposed:
    """The tutor's choice (p. 2.8.4), which the tutee confirms by choosing."""

    model: Model
    tutor: UUID
    at: datetime


@message
class ConsentRequired:
    tutor: UUID
    at: datetime


@message
class ConsentGiven:
    tutor: UUID
    at: datetime


@message
class ConsentWithdrawn:
    tutor: UUID
    at: datetime


@message
class RouteWithdrawn:
    whose: Whose
    at: datetime


Preparing = (
    TutorAppointed | ModelProposed | ModelChosen | ConsentRequired | ConsentGiven | ConsentWithdrawn | RouteWithdrawn
)
