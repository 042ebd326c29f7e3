"""Connections to the broker: any of several addresses, every wait bounded."""

from __future__ import annotations

import aio_pika
from aio_pika.abc import AbstractConnection
from yarl import URL

HEARTBEAT = 10  # seconds; the default of 60 takes three minutes to notice a dead peer
PATIENCE = 5.0  # seconds for one call to the broker
LONGEST_PAUSE = 2.0  # seconds between attempts to come back: a broker kill must not be felt for long


def addresses(url: str) -> tuple[str, ...]:
    """The addresses in a comma-separated list, each with our heartbeat unless it names its own."""
    found = [URL(part.strip()) for part in url.split(",") if part.strip()]
    return tuple(str(one if "heartbeat" in one.query else one.update_query(heartbeat=HEARTBEAT)) for one in found)


async def connect(url: str) -> AbstractConnection:
    """A plain connection to the first address that answers: it does not heal itself, its owner makes a new one."""
    problem: Exception = ConnectionError("no address of a broker was given")
    for address in addresses(url):
        try:
            return await aio_pika.connect(address, timeout=PATIENCE)
        except (OSError, RuntimeError, aio_pika.exceptions.AMQPError) as error:
            problem = error
    raise problem
