"""Mappings that are replaced, never changed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

V = TypeVar("V")


def with_one(known: Mapping[UUID, V], id: UUID, value: V) -> Mapping[UUID, V]:
    return MappingProxyType({**known, id: value})


def without(known: Mapping[UUID, V], *ids: UUID) -> Mapping[UUID, V]:
    return MappingProxyType({id: value for id, value in known.items() if id not in ids})
