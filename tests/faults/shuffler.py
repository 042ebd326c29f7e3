"""Somebody between the exchange and an inbox who turns around what is delivered for the first time."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

from shared.bus.connect import connect
from shared.bus.envelope import contract_of
from shared.bus.topology import EVENTS, binding, inbox_queue
from tests.faults import words
from tests.faults.checker import ready_messages
from tests.faults.world import World, until

BLOCK = 50  # messages
GATHER = 0.3  # seconds in which a block may fill
KEYS = [binding(contract_of(hearing.reads)) for hearing in words.HEARINGS]


class Shuffler:
    """`turned` messages were handed on in another place of their block than they came in."""

    def __init__(self, channel: AbstractChannel, chance: random.Random) -> None:
        self.turned = 0
        self._channel, self._chance = channel, chance
        self._came: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        self._in_hand = 0

    async def keep(self, message: AbstractIncomingMessage) -> None:
        self._in_hand += 1
        self._came.put_nowait(message)

    async def run(self) -> None:
        while True:
            block = [await self._came.get()]
            end = asyncio.get_running_loop().time() + GATHER
            while len(block) < BLOCK and (left := end - asyncio.get_running_loop().time()) > 0:
                try:
                    block.append(await asyncio.wait_for(self._came.get(), left))
                except TimeoutError:
                    break
            await self._hand_on(block)

    async def _hand_on(self, block: list[AbstractIncomingMessage]) -> None:
        shuffled = self._chance.sample(block, len(block))
        self.turned += sum(one is not other for one, other in zip(block, shuffled, strict=True))
        for one in shuffled:
            copy = Message(one.body, message_id=one.message_id, type=one.type, content_type=one.content_type)
            await self._channel.default_exchange.publish(copy, inbox_queue("hearing"), mandatory=True)
            await one.ack()
            self._in_hand -= 1

    async def is_empty(self, queue: AbstractQueue) -> bool:
        return not await ready_messages(self._channel, queue.name) and not self._in_hand


@asynccontextmanager
async def turned_around(world: World, chance: random.Random) -> AsyncIterator[Shuffler]:
    """All that is promised meanwhile comes to hearing's inbox by way of a shuffler, if hearing does not attach anew: it
    then binds its inbox as ever, and is given both. Afterwards everything is as it was, and nothing is on the way."""
    connection = await connect(world.broker)
    try:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=BLOCK)
        shuffler = Shuffler(channel, chance)
        own, inbox = await channel.declare_queue(exclusive=True), await channel.get_queue(inbox_queue("hearing"))
        for key in KEYS:
            await own.bind(EVENTS, key)
        for key in KEYS:
            await inbox.unbind(EVENTS, key)
        await own.consume(shuffler.keep)
        running = asyncio.create_task(shuffler.run())
        try:
            yield shuffler
        finally:
            for key in KEYS:
                await inbox.bind(EVENTS, key)
            for key in KEYS:
                await own.unbind(EVENTS, key)
            await until(lambda: shuffler.is_empty(own), "everything is handed on")
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    finally:
        await connection.close()
