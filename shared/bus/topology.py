"""The names on the broker, in one place, and how they are declared."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from typing import Any

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel

EVENTS = "iom.events"
HISTORY = "iom.history"
DEAD = "iom.dead"

DELIVERY_LIMIT = 20  # a message that kills its reader so often goes to the dead letters
NO_LIMIT = 1_000_000_000  # looking at dead letters must not use them up; newer brokers limit at 20 unless told
PATIENCE = 10.0
UNKNOWN = "-"

HISTORY_ARGUMENTS: dict[str, Any] = {"x-queue-type": "stream", "x-max-length-bytes": 20_000_000_000}
DEAD_ARGUMENTS: dict[str, Any] = {"x-queue-type": "quorum", "x-delivery-limit": NO_LIMIT}


def inbox_queue(service: str) -> str:
    return f"{service}.inbox"


def dead_queue(service: str) -> str:
    return f"{service}.dead"


def inbox_arguments(service: str) -> dict[str, Any]:
    """Dead letters travel with confirms inside the broker (at-least-once), which asks for reject-publish.

    Of several processes that read one inbox, one is given all messages and the others stand by: else a stream's second
    message, given to another process, would have its effect before the first.
    """
    return {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def binding(contract: str) -> str:
    """What an inbox is bound by to hear one contract of every municipality and school."""
    return f"{contract}.#"


def routing_key(contract: str, municipality: str | None = None, school: str | None = None) -> str:
    """<service>.<promise>.v<n>.<municipality>.<school>; "-" stands for what is not known."""
    return f"{contract}.{_word(municipality)}.{_word(school)}"


def _word(code: str | None) -> str:
    """One word of a routing key: dots would make it two, and a key has at most 255 bytes."""
    return re.sub(r"[^\w-]", "-", code)[:40] if code else UNKNOWN


async def declare_common(channel: AbstractChannel) -> None:
    """The exchanges, and the stream that keeps everything: with it no promise is ever unroutable."""
    async with asyncio.timeout(PATIENCE):
        events = await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True)
        await channel.declare_exchange(DEAD, ExchangeType.DIRECT, durable=True)
        history = await channel.declare_queue(HISTORY, durable=True, arguments=HISTORY_ARGUMENTS)
        await history.bind(events, "#")


async def declare(channel: AbstractChannel, service: str, contracts: Collection[str]) -> None:
    """One service's inbox and dead letters; may be done by anyone before the service's first start.

    A binding that is no longer wanted stays: its messages are acknowledged unread.
    """
    await declare_common(channel)
    async with asyncio.timeout(PATIENCE):
        dead = await channel.declare_queue(dead_queue(service), durable=True, arguments=DEAD_ARGUMENTS)
        await dead.bind(DEAD, service)
        inbox = await channel.declare_queue(inbox_queue(service), durable=True, arguments=inbox_arguments(service))
        for contract in sorted(contracts):
            await inbox.bind(EVENTS, binding(contract))


async def declare_known(channel: AbstractChannel, known: Mapping[str, Collection[str]]) -> None:
    """Every known service's queues, so that nothing published before a reader's first start is lost."""
    for service, contracts in sorted(known.items()):
        await declare(channel, service, contracts)


def definitions(known: Mapping[str, Collection[str]], vhost: str = "iom") -> dict[str, Any]:
    """The same topology as the broker's own definitions document, for operators and importers.

    *known* maps each service to the contracts it hears.
    """
    queues = [_queue(HISTORY, HISTORY_ARGUMENTS, vhost)]
    bindings = [_bound(EVENTS, HISTORY, "#", vhost)]
    for service in sorted(known):
        queues += [
            _queue(dead_queue(service), DEAD_ARGUMENTS, vhost),
            _queue(inbox_queue(service), inbox_arguments(service), vhost),
        ]
        bindings.append(_bound(DEAD, dead_queue(service), service, vhost))
        bindings += [_bound(EVENTS, inbox_queue(service), binding(c), vhost) for c in sorted(known[service])]
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [_exchange(EVENTS, "topic", vhost), _exchange(DEAD, "direct", vhost)],
        "queues": queues,
        "bindings": bindings,
    }


def _exchange(name: str, kind: str, vhost: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, arguments: dict[str, Any], vhost: str) -> dict[str, Any]:
    return {"name": name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": arguments}


def _bound(source: str, queue: str, key: str, vhost: str) -> dict[str, Any]:
    return {
        "source": source,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
