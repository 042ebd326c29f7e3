"""What is said on a wire between a client and a server: where an append or a publish is asked for, and where granted.

Both sides' bytes are taken apart into whole messages, however they were cut on the way.
"""

from collections.abc import Iterator
from typing import Protocol

APPEND = b"INTO facts"  # in the text of the statement, which is sent once; later it is called by its name
SSL_REQUEST = (80877103).to_bytes(4)
PUBLISH, CONFIRM = (60, 40), (60, 80)  # class and method
METHOD_FRAME = 1


class Talk(Protocol):
    """One connection. An answer counts when it grants what the client asked for last, or some of it."""

    def asked(self, data: bytes) -> None: ...

    def answered(self, data: bytes) -> int:
        """How many answers *data* brings to an end."""
        ...


class PostgresTalk:
    def __init__(self) -> None:
        self._out, self._back = bytearray(), bytearray()
        self._begun = self._greeted = False
        self._appends: set[bytes] = set()  # names of prepared statements
        self._awaited = False

    def asked(self, data: bytes) -> None:
        self._out += data
        while not self._begun and (message := cut_off(self._out, head=0)):
            self._begun = message[4:8] != SSL_REQUEST
            self._greeted = self._greeted or self._begun  # or the server's first byte says whether it wants to
        while self._begun and (message := cut_off(self._out, head=1)):
            kind, body = message[:1], message[5:]
            if kind == b"P":
                name, _, rest = body.partition(b"\0")
                (self._appends.add if APPEND in rest else self._appends.discard)(name)
            elif kind == b"B":
                self._awaited = body.split(b"\0", 2)[1] in self._appends

    def answered(self, data: bytes) -> int:
        self._back += data
        if not self._greeted and self._back:
            del self._back[0]
            self._greeted = True
        count = 0
        while message := cut_off(self._back, head=1):
            kind = message[:1]
            count += self._awaited and kind == b"Z"  # ready for the next one: only now it is committed
            self._awaited = self._awaited and kind not in (b"Z", b"E")
        return count


class AmqpTalk:
    def __init__(self) -> None:
        self._out, self._back = bytearray(), bytearray()
        self._begun = False
        self._published: set[bytes] = set()  # channels on which something was

    def asked(self, data: bytes) -> None:
        self._out += data
        if not self._begun and len(self._out) >= 8:
            del self._out[:8]
            self._begun = True
        if self._begun:
            self._published |= {channel for channel, method in methods(self._out) if method == PUBLISH}

    def answered(self, data: bytes) -> int:
        self._back += data
        return sum(method == CONFIRM and channel in self._published for channel, method in methods(self._back))


def methods(buffer: bytearray) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """The channel, class and method of every whole frame that has one; all whole frames are taken off the buffer."""
    while len(buffer) >= 7 and len(buffer) >= (size := int.from_bytes(buffer[3:7]) + 8):
        frame = bytes(buffer[:size])
        del buffer[:size]
        if frame[0] == METHOD_FRAME:
            yield frame[1:3], (int.from_bytes(frame[7:9]), int.from_bytes(frame[9:11]))


def cut_off(buffer: bytearray, *, head: int) -> bytes:
    """The first whole message, taken off the buffer; b"" when there is none. Its length stands behind *head* bytes."""
    if len(buffer) < head + 4 or len(buffer) < (size := head + int.from_bytes(buffer[head : head + 4])):
        return b""
    message = bytes(buffer[:size])
    del buffer[:size]
    return message


def talk_of(scheme: str) -> Talk:
    return AmqpTalk() if scheme.startswith("amqp") else PostgresTalk()
