"""How the plan is written: facts of stage 3.

Stored for ever: read what the package says before changing one.
"""

from datetime import datetime
from uuid import UUID

from services.routes.domain.route.records import Activity, Presentation, ProductKind, Term
from shared.domain import Personal, message


@message
class TaskSet:
    task: UUID
    bases: tuple[UUID, ...]
    competencies: tuple[str, ...]
    text: Personal
    at: datetime


@message
class TaskDropped:
    task: UUID
    at: datetime


@message
class RouteDescribed:
    """What p. 1.3 says a route is: content, forms, technologies, pace and time, and the resources it rests on."""

    hours: int
    final_diagnostics: bool
    content: Personal
    forms: Personal
    technologies: Personal
    pace: Personal
    personal_resources: Personal
    school_conditions: Personal
    external_resources: Personal
    at: datetime


@message
class TermPlanned:
    term: Term
    at: datetime


@message
class ActivityPlanned:
    activity: Activity
    title: Personal
    organiser: Personal
    form: Personal
    expected: Personal
    at: datetime


@message
class ActivityDropped:
    activity: UUID
    at: datetime


@message
class ProductChosen:
    product: ProductKind
    title: Personal
    at: datetime


@message
class PresentationChosen:
    presentation: Presentation
    title: Personal
    at: datetime


Designing = (
    TaskSet
    | TaskDropped
    | RouteDescribed
    | TermPlanned
    | ActivityPlanned
    | ActivityDropped
    | ProductChosen
    | PresentationChosen
)
