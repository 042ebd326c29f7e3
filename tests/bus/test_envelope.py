"""The envelope: CloudEvents 1.0 as anybody may read it, and nothing else accepted."""

import json
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel, ValidationError

from shared.bus.envelope import Unreadable, contract_of, envelope, parse
from tests.bus.words import NOON, TALLY, Counted, publish, recorded


def sent(**changes: Any) -> dict[str, Any]:
    fact = recorded(7, version=3)
    promise = publish(fact)
    assert promise is not None
    fields: dict[str, Any] = json.loads(envelope(fact, promise, "sums"))
    return {key: value for key, value in (fields | changes).items() if value is not ...}


def test_it_is_a_cloud_event() -> None:
    id = uuid4()
    fact = recorded(7, id=id, version=3)
    promise = publish(fact)
    assert promise is not None
    assert json.loads(envelope(fact, promise, "sums")) == {
        "specversion": "1.0",
        "id": str(fact.id),
        "source": "/services/sums",
        "type": "sums.counted.v1",
        "subject": TALLY.stream(id),
        "time": "2026-01-09T12:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:iom:schema:sums.counted.v1",
        "streamversion": 3,
        "correlation": "walk-1",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "data": {"tally_id": str(id), "number": 7, "municipality": "m-1", "school": None},
    }


def test_what_is_sent_is_what_is_read() -> None:
    read = parse(json.dumps(sent(somebodys="extension")).encode())
    assert (read.type, read.streamversion, read.time) == ("sums.counted.v1", 3, NOON)
    assert read.read(Counted).number == 7


def test_a_reader_takes_the_fields_it_knows() -> None:
    class OnlyTheNumber(BaseModel):
        number: int

    assert parse(json.dumps(sent()).encode()).read(OnlyTheNumber) == OnlyTheNumber(number=7)


def test_a_trace_and_a_correlation_may_be_missing() -> None:
    read = parse(json.dumps(sent(traceparent=..., correlation=..., dataschema=...)).encode())
    assert (read.traceparent, read.correlation, read.dataschema) == ("", "", "")


def test_what_a_message_follows_is_a_text_or_left_out() -> None:
    fact = recorded(7, version=3)
    promise = publish(fact)
    assert promise is not None
    assert parse(json.dumps(sent()).encode()).follows == ""
    said = json.loads(envelope(fact, promise, "sums", "counted.v1=1"))
    assert said == sent(follows="counted.v1=1", id=str(fact.id), subject=fact.stream, data=said["data"])
    assert parse(json.dumps(said).encode()).follows == "counted.v1=1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"specversion": "0.3"}, "specversion is not 1.0"),
        ({"id": ""}, "id is empty"),
        ({"subject": "tally-\0"}, "subject holds a zero"),
        ({"subject": ...}, "missing required field `subject`"),
        ({"data": ...}, "missing required field `data`"),
        ({"follows": 3}, "Expected `str`, got `int` - at `$.follows`"),
        ({"streamversion": 0}, "streamversion is below 1"),
        ({"streamversion": "three"}, "Expected `int`, got `str` - at `$.streamversion`"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-01-09T12:00:00"}, "time has no zone"),
        ({"datacontenttype": "text/xml"}, "data is not JSON"),
    ],
)
def test_what_is_not_ours_is_named_without_being_quoted(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason.replace("$", r"\$")) as caught:
        parse(json.dumps(sent(**changes)).encode())
    assert "three" not in str(caught.value)
    assert "yesterday" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"{", b"null", b'"text"'])
def test_what_is_not_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)


def test_data_that_is_no_promise_is_refused_by_its_model() -> None:
    with pytest.raises(ValidationError):
        parse(json.dumps(sent(data={"number": "seven"})).encode()).read(Counted)


def test_a_promise_without_a_contract_is_a_fault_of_ours() -> None:
    class Nameless(BaseModel):
        number: int

    with pytest.raises(TypeError, match="no contract"):
        contract_of(Nameless)
