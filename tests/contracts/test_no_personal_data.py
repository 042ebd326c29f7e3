"""No promise can carry personal data: every field is of a kind that has no room for it."""

import types
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel

from tests.contracts.house import contract, promises, samples

HARMLESS = (UUID, AwareDatetime, datetime, date, int, bool, Enum, types.NoneType)
# Texts that are codes and numbers. A new name here is a decision: can this field ever hold what a person wrote or is?
CODES = {
    *("municipality", "school", "kind", "role", "policy", "number", "subject_contract"),
    *("instrument", "competency", "level", "theta", "se"),
    *("theta_initial", "se_initial", "theta_final", "se_final", "z"),
}
SHORT = 64


def texts(model: type[BaseModel]) -> Iterator[str]:
    """The fields that are free in form, with their path."""
    for name, field in model.model_fields.items():
        for hint in parts(field.annotation):
            if isinstance(hint, type) and issubclass(hint, BaseModel):
                yield from (f"{name}.{inner}" for inner in texts(hint))
            elif not (isinstance(hint, type) and issubclass(hint, HARMLESS)):
                yield name


def parts(hint: Any) -> Iterator[Any]:
    """The types a value may have, without unions, containers and literals."""
    origin = get_origin(hint)
    if origin is Literal:
        return
    if origin is Annotated or hasattr(hint, "__metadata__"):
        yield from parts(get_args(hint)[0])
    elif origin in (Union, types.UnionType, list, tuple, set, frozenset):
        for each in get_args(hint):
            if each is not Ellipsis:
                yield from parts(each)
    else:
        yield hint


@pytest.mark.parametrize("model", promises("published"), ids=contract)
def test_a_promise_has_no_room_for_personal_data(model):
    assert [path for path in texts(model) if path.split(".")[-1] not in CODES] == []


@pytest.mark.parametrize("shown", samples().values(), ids=samples())
def test_a_sample_shows_codes_not_sentences(shown):
    values = [shown]
    while values:
        value = values.pop()
        if isinstance(value, dict | list):
            values += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str):
            assert len(value) <= SHORT
            assert "@" not in value
            assert "\n" not in value


class Careless(BaseModel):
    family_name: str
    details: dict[str, str]
    notes: list[str | None]
    school: str
    route_id: UUID | None


def test_the_check_has_teeth():
    assert list(texts(Careless)) == ["family_name", "details", "notes", "school"]
