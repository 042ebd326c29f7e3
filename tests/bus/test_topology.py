"""The topology: one set of names, declared by services and described for operators."""

import json
from urllib.parse import quote

import pytest

from deploy.rabbitmq.definitions import FILE, document, known
from deploy.servers.admin import Management
from shared.bus.topology import (
    DEAD,
    EVENTS,
    HISTORY,
    dead_queue,
    declare,
    declare_known,
    definitions,
    inbox_queue,
    routing_key,
)
from tests.bus.wire import channel_to

PARTS = ("exchanges", "queues", "bindings")
KNOWN = {"alpha": ["sums.counted.v1", "sums.cleared.v1"], "mute": []}


def test_the_file_for_the_broker_is_what_the_services_declare() -> None:
    assert FILE.read_text() == document(), "run: python -m deploy.rabbitmq.definitions"
    assert all(contract.count(".") == 2 for contracts in known().values() for contract in contracts)


async def test_services_find_imported_definitions_as_they_would_declare_them(
    amqp_url: str, management: Management
) -> None:
    """The broker refuses a declaration that differs in any argument, and would keep one of another name beside it."""
    vhost = amqp_url.rpartition("/")[2]
    imported = {key: part for key, part in definitions(KNOWN, vhost).items() if key != "vhosts"}
    management.call("POST", f"/definitions/{quote(vhost, safe='')}", imported)
    before = _topology(management, vhost)
    assert len(before["queues"]) == 1 + 2 * len(KNOWN)
    async with channel_to(amqp_url) as channel:
        await declare_known(channel, KNOWN)
    assert _topology(management, vhost) == before


async def test_what_is_declared_is_what_the_document_says(amqp_url: str, management: Management) -> None:
    vhost = amqp_url.rpartition("/")[2]
    async with channel_to(amqp_url) as channel:
        await declare_known(channel, KNOWN)
        await declare_known(channel, KNOWN)  # the same once more changes nothing
    said = definitions(KNOWN, vhost)
    assert _topology(management, vhost) == {part: _sorted(_without_vhost(said[part])) for part in PARTS}


def _topology(management: Management, vhost: str) -> dict[str, list[str]]:
    """What the broker has, in an order of ours."""
    found = management.call("GET", f"/definitions/{vhost}")
    return {part: _sorted(found[part]) for part in PARTS}


def _sorted(rows: list[dict[str, object]]) -> list[str]:
    return sorted(json.dumps({key: row[key] for key in row if key != "type"}, sort_keys=True) for row in rows)


def _without_vhost(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{key: row[key] for key in row if key != "vhost"} for row in rows]


async def test_what_is_published_before_a_readers_first_start_waits_for_it(amqp_url: str) -> None:
    async with channel_to(amqp_url) as channel:
        await declare(channel, "late", ["sums.counted.v1"])
        queue = await channel.get_queue(inbox_queue("late"))
        await channel.default_exchange.publish(_message(), inbox_queue("late"))
        exchange = await channel.get_exchange(EVENTS)
        await exchange.publish(_message(), routing_key("sums.counted.v1", "m-1", "s-1"))
        await exchange.publish(_message(), routing_key("sums.counted.v10", "m-1", "s-1"))
        assert (await channel.declare_queue(queue.name, passive=True)).declaration_result.message_count == 2


def _message() -> object:
    from aio_pika import Message

    return Message(b"")


@pytest.mark.parametrize(
    ("municipality", "school", "key"),
    [
        ("m-ust", "s-011", "a.b.v1.m-ust.s-011"),
        (None, None, "a.b.v1.-.-"),
        ("m.x", "", "a.b.v1.m-x.-"),
        ("м-усть", "x" * 300, "a.b.v1.м-усть." + "x" * 40),
    ],
)
def test_a_routing_key_is_five_words(municipality: str | None, school: str | None, key: str) -> None:
    assert routing_key("a.b.v1", municipality, school) == key
    assert len(key.encode()) < 256


def test_the_names_are_these() -> None:
    names = (EVENTS, HISTORY, DEAD, inbox_queue("routes"), dead_queue("routes"))
    assert names == ("iom.events", "iom.history", "iom.dead", "routes.inbox", "routes.dead")
