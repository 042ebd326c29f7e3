"""What other services say, put on the broker as they would put it."""

import json
from uuid import UUID

import aio_pika

from shared.bus.topology import EVENTS, routing_key
from tests.contracts.house import sample
from tests.notifications.examples import NOON


def message(contract: str, id: str, version: int = 1) -> bytes:
    """The contract's sample as message *id*."""
    told = {
        "specversion": "1.0",
        "id": id,
        "source": f"/services/{contract.split('.')[0]}",
        "type": contract,
        "subject": f"thing-{UUID(int=100)}",
        "time": NOON.isoformat(),
        "streamversion": version,
        "data": json.loads(sample(contract)),
    }
    return json.dumps(told).encode()


async def publish(url: str, contract: str, id: str, version: int = 1) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(EVENTS)
        body = aio_pika.Message(message(contract, id, version))
        await exchange.publish(body, routing_key(contract, "m-ust", "s-011"))
