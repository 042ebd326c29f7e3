"""A body: checked for form only, and turned into the command with what is given besides it."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.routes.domain.route.picking import Offered
from services.routes.domain.route.records import EVERY_MODEL, Actor, Model
from services.routes.domain.route.rules import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a command has besides its body: who, when, which day it is at the school, and ids for what it makes."""

    by: Actor
    at: datetime
    today: date
    new: Callable[[str], UUID]
    models: frozenset[Model] = EVERY_MODEL  # what the coordinator and the school allow
    mentored: Callable[[tuple[UUID, ...]], int] = lambda _: 0  # how many other people these mentors accompany
    item: UUID | None = None  # the activity or task named in the address
    offered: Mapping[UUID, Offered] = field(default_factory=dict)  # the entries of the navigator that the body names

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}

    @property
    def named(self) -> UUID:
        assert self.item is not None  # noqa: S101 - the address has it
        return self.item


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @property
    def resources(self) -> tuple[UUID, ...]:
        """The entries of the navigator that it names."""
        return ()

    def completed(self, offered: Mapping[UUID, Offered]) -> "Body":
        """With what it leaves out taken from the entries that it names."""
        return self

    @abstractmethod
    def command(self, given: Given) -> Command: ...


def empty(kind: Callable[..., Command]) -> type[Body]:
    """The body of a command that needs no words: {} or none at all."""

    class Nothing(Body):
        def command(self, given: Given) -> Command:
            return kind(**given.who)

    return Nothing
