"""What the stream that keeps everything holds, against what was promised."""

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.bus.topology import HISTORY
from tests.faults.checker import Finding
from tests.faults.snapshot import take
from tests.faults.world import World, until


async def history_is_whole(world: World, channel: AbstractChannel) -> list[Finding]:
    """Once the relay says it is through, every promise lies in the history."""
    found: set[str] = set()

    async def keep(message: AbstractIncomingMessage) -> None:
        found.add(message.message_id or "")
        await message.ack()

    async def through() -> bool:
        status = await world.status("writing")
        view = await take(world)
        return not view.writing.pending and view.writing.relayed == len(view.writing.facts) == status["position"]

    await until(through, "the relay is through")
    await channel.set_qos(prefetch_count=200)
    queue = await channel.get_queue(HISTORY)
    await queue.consume(keep, arguments={"x-stream-offset": "first"})
    view = await take(world)
    promised = {str(fact.id) for fact in view.writing.facts if fact.kind != "claim.opened"}

    async def all_there() -> bool:
        return promised <= found

    try:
        await until(all_there, "the history is read", within=2)
    except AssertionError:
        lost = len(promised - found)
        return [Finding("history_is_whole", f"{lost} of {len(promised)} promises are not in the history")]
    if not (await world.status("writing"))["unroutable"]:
        return [Finding("alarm_is_given", "the relay has met nothing unroutable")]
    return []
