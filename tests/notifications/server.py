"""An SMTP server that answers as it is told, to see what a sender does about it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

HANG_UP = ""
SILENCE = "silence"


@dataclass
class Answers:
    """What is said to each step, the last one again and again; "" hangs up, SILENCE says nothing more."""

    hello: list[str] = field(default_factory=lambda: ["220 ready"])
    mail: list[str] = field(default_factory=lambda: ["250 sender ok"])
    rcpt: list[str] = field(default_factory=lambda: ["250 recipient ok"])
    data: list[str] = field(default_factory=lambda: ["354 go on"])
    text: list[str] = field(default_factory=lambda: ["250 accepted"])


@dataclass
class ScriptedServer:
    answers: Answers
    port: int = 0
    connections: int = 0
    heard: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if await self.say(writer, self.next(self.answers.hello)):
                await self.listen(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := (await reader.readline()).decode().strip():
            self.heard.append(line)
            word = line.split()[0].upper()
            if word == "QUIT":
                await self.say(writer, "221 bye")
                return
            if not await self.say(writer, self.reply(word)):
                return
            if word == "DATA" and self.heard[-1] == "DATA" and self.accepting:
                self.texts.append(await reader.readuntil(b"\r\n.\r\n"))
                if not await self.say(writer, self.next(self.answers.text)):
                    return

    def reply(self, word: str) -> str:
        steps = {"MAIL": self.answers.mail, "RCPT": self.answers.rcpt, "DATA": self.answers.data}
        answer = self.next(steps[word]) if word in steps else "250 ok"
        self.accepting = word == "DATA" and answer.startswith("354")
        return answer

    @staticmethod
    def next(answers: list[str]) -> str:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    @staticmethod
    async def say(writer: asyncio.StreamWriter, answer: str) -> bool:
        if answer == HANG_UP:
            return False
        if answer == SILENCE:
            await asyncio.Event().wait()
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def scripted(**answers: list[str]) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(Answers(**answers))
    tasks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(asyncio.CancelledError):  # asyncio's streams log a cancelled talk as an error
            await server.talk(reader, writer)

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
