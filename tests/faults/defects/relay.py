"""Messages that count as sent and were not."""

from typing import Any
from uuid import uuid4

import msgspec

from tests.faults.defects.planting import defect, swap


@defect(
    "no confirms",
    breaks="what the broker never got counts as sent",
    experiment="swallowed by the network",
    finding="each_effect_once",
)
def no_confirms() -> None:
    def make(connect: Any) -> Any:
        async def connected(url: str) -> Any:
            connection = await connect(url)
            channel = connection.channel
            connection.channel = lambda **_: channel(publisher_confirms=False)
            return connection

        return connected

    swap("shared.bus.relay:connect", make)


@defect(
    "checkpoint before the confirm",
    breaks="what was under way when the connection died is never sent again",
    experiment="swallowed by the network",
    finding="each_effect_once",
)
def early_checkpoint() -> None:
    def make(put: Any) -> Any:
        async def hasty(self: Any, position: int, out: Any) -> None:
            await put(self, position, out)
            self.confirmed = position

        return hasty

    swap("shared.bus.pipeline:Pipeline.put", make)


@defect(
    "unroutable ignored",
    breaks="a message that no queue takes counts as sent",
    experiment="damaged topology",
    finding="history_is_whole",
)
def unroutable_ignored() -> None:
    def make(publish: Any) -> Any:
        async def optional(*args: Any, **kwargs: Any) -> Any:
            assert kwargs["mandatory"]
            return await publish(*args, **{**kwargs, "mandatory": False})

        return optional

    swap("aiormq:Channel.basic_publish", make)


@defect(
    "a new id at each publish",
    breaks="the reader cannot know a message again",
    experiment="everything sent twice",
    finding="each_effect_once",
)
def new_message_id() -> None:
    def make(envelope: Any) -> Any:
        return lambda recorded, *more: envelope(msgspec.structs.replace(recorded, id=uuid4()), *more)

    swap("shared.bus.relay:envelope", make)
