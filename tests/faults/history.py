"""What the stream that keeps everything holds, against what was promised."""

import asyncio
from typing import Any
from uuid import uuid4

from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.bus.topology import HISTORY
from tests.faults.checker import Finding
from tests.faults.snapshot import take
from tests.faults.world import World, until

MARK = "mark "  # so begin the ids of what was put there to know the end by


async def kept(channel: AbstractChannel, since: Any = "first") -> list[AbstractIncomingMessage]:
    """All messages of the history up to now: to a mark that is put behind them."""
    mark = f"{MARK}{uuid4()}"
    await channel.default_exchange.publish(Message(b"", message_id=mark), HISTORY, mandatory=True)
    found: list[AbstractIncomingMessage] = []
    ended = asyncio.Event()

    async def keep(message: AbstractIncomingMessage) -> None:
        found.append(message)
        await message.ack()
        if message.message_id == mark:
            ended.set()

    await channel.set_qos(prefetch_count=200)
    queue = await channel.get_queue(HISTORY)
    consumer = await queue.consume(keep, arguments={"x-stream-offset": since})
    await asyncio.wait_for(ended.wait(), 20)
    await queue.cancel(consumer)
    return [message for message in found if not (message.message_id or "").startswith(MARK)]


async def history_is_whole(world: World, channel: AbstractChannel) -> list[Finding]:
    """Once the relay says it is through, every promise lies in the history."""

    async def through() -> bool:
        status = await world.status("writing")
        view = await take(world)
        return not view.writing.pending and view.writing.relayed == len(view.writing.facts) == status["position"]

    await until(through, "the relay is through")
    view = await take(world)
    promised = {str(fact.id) for fact in view.writing.facts if fact.kind != "claim.opened"}
    if lost := promised - {message.message_id or "" for message in await kept(channel)}:
        return [Finding("history_is_whole", f"{len(lost)} of {len(promised)} promises are not in the history")]
    if not (await world.status("writing"))["unroutable"]:
        return [Finding("alarm_is_given", "the relay has met nothing unroutable")]
    return []
