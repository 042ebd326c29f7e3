"""Which models of a route a school may use: its coordinator and the school choose them together (p. 2.8.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID, uuid5

from services.routes.domain.policy import RightUnder
from services.routes.domain.route.records import EVERY_MODEL, Model
from shared.domain import Decider, Refusal, Row, message

NAMES = UUID("b1b7f0a4-7c0d-5c0a-9d0f-3e6a5f1c2d43")

Side = Literal["coordinator", "school"]


@message
class AllowModels:
    """What one of the two sides allows; it replaces what the same side said before."""

    municipality: str
    school: str
    side: Side
    models: frozenset[Model]
    at: datetime


# Facts keep their names and fields for ever: a new optional field with a default is allowed, nothing else.
@message
class ModelsAllowed:
    municipality: str
    school: str
    side: Side
    models: tuple[Model, ...]
    at: datetime


@message
class Allowance:
    """A side that has said nothing allows every model."""

    municipality: str = ""
    school: str = ""
    by_side: Mapping[Side, frozenset[Model]] = field(default_factory=dict)

    @property
    def models(self) -> frozenset[Model]:
        """What both sides allow."""
        return EVERY_MODEL.intersection(*self.by_side.values())


class NoModelInCommon(Refusal):
    """The coordinator and the school would allow no model in common."""

    clause = "2.8.2"


def allowance_id(municipality: str, school: str) -> UUID:
    return uuid5(NAMES, f"{municipality}:{school}")


def decide(command: AllowModels, state: Allowance) -> list[ModelsAllowed]:
    if state.by_side.get(command.side) == command.models:
        return []
    wanted = ModelsAllowed(
        municipality=command.municipality,
        school=command.school,
        side=command.side,
        models=tuple(sorted(command.models)),
        at=command.at,
    )
    if not evolve(state, wanted).models:
        raise NoModelInCommon
    return [wanted]


def evolve(state: Allowance, event: ModelsAllowed) -> Allowance:
    said = MappingProxyType({**state.by_side, event.side: frozenset(event.models)})
    return Allowance(municipality=event.municipality, school=event.school, by_side=said)


def view(id: UUID, version: int, state: Allowance) -> Iterable[Row]:
    """Nobody lists them: a school's allowance is read by its name."""
    return ()


allowance: Decider[AllowModels, Allowance, ModelsAllowed] = Decider(initial=Allowance(), decide=decide, evolve=evolve)
RULES: Final[Mapping[type, RightUnder]] = MappingProxyType(
    {AllowModels: RightUnder(clause="2.8.2", who=lambda policy: policy.allowing, functions=("2.8.2.3",))}
)
