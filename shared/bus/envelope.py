"""The wrapping of a promise on the wire: CloudEvents 1.0, structured JSON."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel

from shared.store.types import Recorded

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SCHEMA = "urn:iom:schema:"

M = TypeVar("M", bound=BaseModel)


class Unreadable(Exception):
    """These bytes are not a promise in our envelope."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One message; `data` is the promise's JSON as it was sent. Unknown extensions are skipped."""

    specversion: str
    id: str
    source: str
    type: str  # the contract: "routes.route_completed.v1"
    subject: str  # the stream the fact stands in
    time: datetime
    data: msgspec.Raw
    streamversion: int
    datacontenttype: str = "application/json"
    dataschema: str = ""
    traceparent: str = ""
    correlation: str = ""
    follows: str = ""  # what was promised before in the stream, see trail.py; "" too where a maker does not tell

    def read(self, model: builtins.type[M]) -> M:
        """The promise as *model* sees it; pydantic's ValidationError when it is not one."""
        return model.model_validate_json(bytes(self.data))


_decoder = msgspec.json.Decoder(Envelope)


def contract_of(promise: BaseModel | type[BaseModel]) -> str:
    """A promise's public name, kept in the class: "routes.route_completed.v1"."""
    name: Any = getattr(promise, "contract", None)
    if not isinstance(name, str) or name.count(".") != 2:
        raise TypeError(f"{promise!r} has no contract of the form service.promise.v1")
    return name


def envelope(recorded: Recorded[Any], promise: BaseModel, source: str, follows: str = "") -> bytes:
    """The message for one fact's promise; *source* is the service's name, `id` is the fact's, *follows* the trail's."""
    contract = contract_of(promise)
    fields: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(recorded.id),
        "source": f"/services/{source}",
        "type": contract,
        "subject": recorded.stream,
        "time": recorded.context.occurred_at,
        "datacontenttype": "application/json",
        "dataschema": SCHEMA + contract,
        "streamversion": recorded.version,
        "correlation": recorded.context.correlation,
        "data": msgspec.Raw(promise.model_dump_json().encode()),
    }
    if recorded.context.trace:
        fields["traceparent"] = recorded.context.trace
    if follows:
        fields["follows"] = follows
    return msgspec.json.encode(fields)


def parse(body: bytes) -> Envelope:
    """The message in *body*; raises Unreadable with the reason, which quotes no value of the message."""
    try:
        read = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # A validation error names the field and types; only a syntax error is free to quote, and it gives an offset.
        raise Unreadable(str(error) if isinstance(error, msgspec.ValidationError) else "not valid JSON") from None
    _check(read)
    return read


def _check(read: Envelope) -> None:
    if read.specversion != "1.0":
        raise Unreadable("specversion is not 1.0")
    for name in ("id", "source", "type", "subject"):
        if not getattr(read, name):
            raise Unreadable(f"{name} is empty")
        if "\0" in getattr(read, name):
            raise Unreadable(f"{name} holds a zero, which no database keeps")
    if read.streamversion < 1:
        raise Unreadable("streamversion is below 1")
    if read.time.tzinfo is None:
        raise Unreadable("time has no zone")
    if read.datacontenttype.partition(";")[0].strip() != "application/json":
        raise Unreadable("data is not JSON")
