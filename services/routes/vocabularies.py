"""The region's enumerations, read from their published files: levels, forms, kinds, competencies, tags, models."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from shared.domain import message

PUBLISHED = Path(__file__).parent / "data" / "vocabularies"

Location = tuple[int | str, ...]


@message
class Word:
    """A code that is stored, the regulation's words for it, and what the regulation says of it, if anything."""

    code: str
    title: str
    text: str = ""


@message
class Competency:
    """A group of annex 2 with its indicators."""

    code: str
    title: str
    indicators: tuple[str, ...]


@message
class Vocabulary:
    version: str
    basis: str
    valid_from: date
    levels: tuple[Word, ...]
    mentoring: tuple[Word, ...]
    competencies: tuple[Competency, ...]
    tags: tuple[Word, ...]
    products: tuple[Word, ...]
    presentations: tuple[Word, ...]
    activities: tuple[Word, ...]
    models: tuple[Word, ...]

    def codes(self, of: str) -> frozenset[str]:
        return frozenset(word.code for word in getattr(self, of))


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """Every version that was published, the earliest first."""

    versions: tuple[Vocabulary, ...]

    def on(self, day: date) -> Vocabulary:
        """The version in force; before the first one is valid, the first."""
        valid = [each for each in self.versions if each.valid_from <= day]
        return valid[-1] if valid else self.versions[0]

    def version(self, name: str) -> Vocabulary | None:
        return next((each for each in self.versions if each.version == name), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """Marks a body's field whose value is one of the vocabulary's codes."""

    of: str


def read_vocabularies(folder: Path) -> Vocabularies:
    """Every *.json of the folder; raises ValueError naming the file and what is wrong with it."""
    found = sorted((read_vocabulary(file) for file in folder.glob("*.json")), key=lambda each: each.valid_from)
    if not found:
        raise ValueError(f"{folder} holds no vocabulary")
    if len({each.version for each in found}) < len(found) or len({each.valid_from for each in found}) < len(found):
        raise ValueError(f"two vocabularies in {folder} have one version or one day")
    return Vocabularies(tuple(found))


def read_vocabulary(file: Path) -> Vocabulary:
    """Raises ValueError naming the field that is missing or wrong, or the code that is there twice."""
    try:
        read = msgspec.json.decode(file.read_bytes(), type=Vocabulary, strict=True)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file.name}: {error}") from error
    for name in ("levels", "mentoring", "competencies", "tags", "products", "presentations", "activities", "models"):
        if len(read.codes(name)) < len(getattr(read, name)):
            raise ValueError(f"{file.name}: {name} has a code twice")
    return read


def spoken(body: BaseModel, vocabulary: Vocabulary) -> None:
    """Raises RequestValidationError for every field whose value the vocabulary does not have."""
    wrong = [
        {"type": "literal_error", "loc": ("body", *place), "msg": f"not in {of}", "input": value}
        for place, of, value in listed(body)
        if value not in vocabulary.codes(of)
    ]
    if wrong:
        raise RequestValidationError(wrong)


def listed(body: BaseModel, place: Location = ()) -> Iterator[tuple[Location, str, Any]]:
    """(where, of which list, value) of every listed field that is filled in, also inside other bodies."""
    for name, field in type(body).model_fields.items():
        value = getattr(body, name)
        for mark in marks(field):
            if value is not None:
                yield (*place, name), mark.of, value
        for position, inner in enumerate(value) if isinstance(value, tuple) else ():
            if isinstance(inner, BaseModel):
                yield from listed(inner, (*place, name, position))


def marks(field: Any) -> Iterator[Listed]:
    """The marks of a field, whether it may be left out or not."""
    inner = [mark for part in getattr(field.annotation, "__args__", ()) for mark in getattr(part, "__metadata__", ())]
    yield from (mark for mark in (*field.metadata, *inner) if isinstance(mark, Listed))
