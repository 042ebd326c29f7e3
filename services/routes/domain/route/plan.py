"""What a route plans: the sections of p. 2.5 as they are written, and what became of each activity."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from uuid import UUID

from services.routes.domain.route.records import (
    Activity,
    DeficitSource,
    DiagnosticResult,
    Presentation,
    ProductKind,
    Term,
)
from shared.domain import Personal, message


@message
class Deficit:
    text: Personal
    source: DeficitSource
    competency: str


@message
class Task:
    text: Personal
    bases: tuple[UUID, ...]
    competencies: tuple[str, ...]


@message
class Doing:
    """An activity, its texts and what became of it."""

    activity: Activity
    title: Personal
    organiser: Personal
    form: Personal
    expected: Personal
    done_on: date | None = None
    result: Personal | None = None
    order: Personal | None = None
    reflection: Personal | None = None


@message
class Description:
    hours: int
    final_diagnostics: bool
    content: Personal
    forms: Personal
    technologies: Personal
    pace: Personal
    personal_resources: Personal
    school_conditions: Personal
    external_resources: Personal


@message
class ChosenProduct:
    kind: ProductKind
    title: Personal


@message
class ChosenPresentation:
    presentation: Presentation
    title: Personal


@message
class Plan:
    """The diagnostic, goal and activity sections, and what was chosen for the reflection section (p. 2.5)."""

    results: tuple[DiagnosticResult, ...] = ()
    deficits: Mapping[UUID, Deficit] = field(default_factory=dict)
    difficulties: Mapping[UUID, Personal] = field(default_factory=dict)
    requests: Mapping[UUID, Personal] = field(default_factory=dict)
    tasks: Mapping[UUID, Task] = field(default_factory=dict)
    activities: Mapping[UUID, Doing] = field(default_factory=dict)
    description: Description | None = None
    term: Term | None = None
    product: ChosenProduct | None = None
    presentation: ChosenPresentation | None = None

    @property
    def grounds(self) -> frozenset[UUID]:
        """What a task may rest on."""
        return frozenset((*self.deficits, *self.difficulties, *self.requests))
