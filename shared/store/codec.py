"""Facts to bytes and back: msgspec JSON of plain dataclasses, personal texts sealed on the way."""

from __future__ import annotations

import dataclasses
import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from shared.domain import Personal
from shared.store.keys import DataKey, KeyRing
from shared.store.leaf import Stored
from shared.store.types import Category, Context, LogBroken, Recorded

PLAIN_BASE64 = bytes.maketrans(b"-_", b"+/")  # of the web's alphabet; the library's function does it three times slower

_encoder = msgspec.json.Encoder()
_context = msgspec.json.Decoder(Context)


class Sealed(msgspec.Struct, frozen=True):
    """A personal text as it is stored; `key` and `sealed` are empty when it was already forgotten when written."""

    subject: UUID
    key: str
    sealed: str


class TextWanted(Exception):
    """A personal text was asked for where texts are left sealed."""


class Unread(Personal):
    """A personal text that was left sealed: whose it is can be seen; who asks for the text gets TextWanted."""

    __slots__ = ()

    def __init__(self, subject: UUID) -> None:
        object.__setattr__(self, "subject", subject)

    @property
    def text(self) -> str | None:
        raise TextWanted


class Form:
    """How one fact class is written and read."""

    def __init__(self, category: Category[Any, Any, Any], fact: type) -> None:
        hints = get_type_hints(fact, include_extras=True)
        check_storable(fact, hints)
        self.fact = fact
        self.kind = f"{category.name}.{snake_case(fact.__name__)}"
        self.upcasters = category.upcasters
        self.fields = tuple(field.name for field in dataclasses.fields(fact))
        self.personal = tuple(name for name in self.fields if is_personal(hints[name]))
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(
            self._mirror(hints) if self.personal else fact
        ).decode

    def _mirror(self, hints: dict[str, Any]) -> type[msgspec.Struct]:
        """The class's stored shape: the same fields, with sealed texts where it has personal ones."""
        fields: list[Any] = []
        for field in dataclasses.fields(self.fact):
            hint = Sealed | None if field.name in self.personal else hints[field.name]
            if field.default_factory is not dataclasses.MISSING:
                fields.append((field.name, hint, msgspec.field(default_factory=field.default_factory)))
            elif field.default is not dataclasses.MISSING:
                fields.append((field.name, hint, field.default))
            else:
                fields.append((field.name, hint))
        return msgspec.defstruct(self.fact.__name__, fields, kw_only=True)

    def subjects(self, event: Any) -> Iterator[UUID]:
        for name in self.personal:
            if (value := getattr(event, name)) is not None:
                yield value.subject

    def encode(self, id: UUID, event: Any, keys: dict[UUID, DataKey]) -> bytes:
        if not self.personal:
            return _encoder.encode(event)
        values = {name: getattr(event, name) for name in self.fields}
        for name in self.personal:
            if values[name] is not None:
                values[name] = seal(id, name, values[name], keys)
        return _encoder.encode(values)

    def key_ids(self, stored: Any) -> Iterator[str]:
        for name in self.personal:
            if (value := getattr(stored, name)) is not None and value.key:
                yield value.key

    def opened(self, id: UUID, stored: Any, keys: dict[str, DataKey]) -> Any:
        """The event that *stored* (what `decode` gave) stands for, in its newest form."""
        if not self.personal:
            return self._newest(stored)
        values = asdict(stored)
        for name in self.personal:
            if values[name] is not None:
                values[name] = unseal(id, name, values[name], keys)
        return self._newest(self.fact(**values))

    def closed(self, stored: Any) -> Any:
        """The event that *stored* stands for, its personal texts unread: no key is needed and no time is lost."""
        if not self.personal:
            return self._newest(stored)
        values = asdict(stored)
        for name in self.personal:
            if values[name] is not None:
                values[name] = Unread(values[name].subject)
        return self._newest(self.fact(**values))

    def _newest(self, event: Any) -> Any:
        while self.upcasters and (upcast := self.upcasters.get(type(event))):
            event = upcast(event)
        return event


class Codec:
    """Every fact class of a service's categories, both ways."""

    def __init__(self, categories: Iterable[Category[Any, Any, Any]], keys: KeyRing) -> None:
        self._keys = keys
        self._by_class: dict[tuple[str, type], Form] = {}
        self._by_kind: dict[str, Form] = {}
        self._last_meta: tuple[bytes, Context | None] = (b"", None)
        for category in categories:
            if "-" in category.name:
                raise TypeError(f"a category's name has no hyphen: {category.name}")
            for fact in category.facts:
                form = Form(category, fact)
                if form.kind in self._by_kind:
                    raise TypeError(f"two facts are called {form.kind}")
                self._by_class[category.name, fact] = self._by_kind[form.kind] = form

    async def encode(self, stream: str, ids: Sequence[UUID], events: Sequence[object]) -> list[tuple[str, bytes]]:
        """(kind, data) of each event; *ids* are the facts' ids, which sealed texts are bound to."""
        category = stream.partition("-")[0]
        forms = [self._form(category, type(event)) for event in events]
        subjects = [
            subject
            for form, event in zip(forms, events, strict=True)
            if form.personal
            for subject in form.subjects(event)
        ]
        keys = await self._keys.for_sealing(subjects) if subjects else {}
        return [(form.kind, form.encode(id, event, keys)) for form, id, event in zip(forms, ids, events, strict=True)]

    async def decode(self, facts: Sequence[tuple[Stored, int | None]]) -> list[Recorded[Any]]:
        """The facts of (stored columns, position) pairs; raises LogBroken when one cannot be read."""
        read = [self._read(fact) for fact, _ in facts]
        ids = {key for form, stored in read if form.personal for key in form.key_ids(stored)}
        keys = await self._keys.for_opening(ids) if ids else {}
        return [
            self._recorded(fact, position, form, stored, keys)
            for (fact, position), (form, stored) in zip(facts, read, strict=True)
        ]

    def encode_context(self, context: Context) -> bytes:
        return _encoder.encode(context)

    def _form(self, category: str, fact: type) -> Form:
        try:
            return self._by_class[category, fact]
        except KeyError:
            raise TypeError(f"{fact.__name__} is no fact of category {category!r}") from None

    def _read(self, fact: Stored) -> tuple[Form, Any]:
        form = self._by_kind.get(fact.kind)
        if form is None:
            raise LogBroken(f"fact {fact.id} has the unknown kind {fact.kind}")
        try:
            return form, form.decode(fact.data)
        except msgspec.DecodeError as error:
            raise LogBroken(f"fact {fact.id} of kind {fact.kind} cannot be read: {error}") from error

    def _recorded(
        self, fact: Stored, position: int | None, form: Form, stored: Any, keys: dict[str, DataKey]
    ) -> Recorded[Any]:
        try:
            event = form.opened(fact.id, stored, keys)
        except ValueError as error:
            raise LogBroken(f"fact {fact.id} of kind {fact.kind}: {error}") from error
        return Recorded(
            id=fact.id,
            stream=fact.stream,
            version=fact.version,
            kind=fact.kind,
            event=event,
            context=self._decode_context(fact.meta),
            recorded_at=fact.recorded_at,
            position=position,
        )

    def _decode_context(self, meta: bytes) -> Context:
        # Facts of one append lie side by side and share their context.
        last, context = self._last_meta
        if context is None or last != meta:
            context = _context.decode(meta)
            self._last_meta = (meta, context)
        return context


def seal(id: UUID, field: str, personal: Personal, keys: dict[UUID, DataKey]) -> Sealed:
    if personal.text is None:
        return Sealed(subject=personal.subject, key="", sealed="")
    key = keys[personal.subject]
    sealed = key.seal(personal.text, bound_to(id, field, key.id))
    return Sealed(subject=personal.subject, key=key.id, sealed=urlsafe_b64encode(sealed).decode())


def unseal(id: UUID, field: str, sealed: Sealed, keys: dict[str, DataKey]) -> Personal:
    key = keys.get(sealed.key)
    if key is None:
        return Personal(subject=sealed.subject, text=None)
    text = key.open(a2b_base64(sealed.sealed.encode().translate(PLAIN_BASE64)), bound_to(id, field, key.id))
    return Personal(subject=sealed.subject, text=text)


def bound_to(id: UUID, field: str, key: str) -> bytes:
    return b"personal\x00" + id.bytes + field.encode() + b"\x00" + key.encode()


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def is_personal(hint: Any) -> bool:
    return hint is Personal or set(get_args(hint)) == {Personal, NoneType}


def has_personal(fact: type) -> bool:
    return any(is_personal(hint) for hint in get_type_hints(fact).values())


def check_storable(fact: type, hints: dict[str, Any]) -> None:
    """Refuse, when a service starts, what would be wrong for ever once written."""
    for name, hint in hints.items():
        parts = set(mentioned(hint, set()))
        if float in parts:
            raise TypeError(f"{fact.__name__}.{name} is a float: two programs may read it differently, use str")
        if Personal in parts and not is_personal(hint):
            raise TypeError(f"{fact.__name__}.{name}: a personal text stands in a field of its own")


def mentioned(hint: Any, seen: set[Any]) -> Iterator[Any]:
    """Every type that occurs in *hint*, also within the dataclasses it names."""
    yield hint
    for part in get_args(hint):
        yield from mentioned(part, seen)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and hint is not Personal and hint not in seen:
        seen.add(hint)
        for inner in get_type_hints(hint).values():
            yield from mentioned(inner, seen)
