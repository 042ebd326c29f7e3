"""One service of the fault suite as a process: a whole Runtime of the kit behind a socket that speaks JSON lines.

A request asks for a command, `{"ask": 1, "key": …, "claim": …, "command": "Note", "with": {…}}`, and is answered by
exactly one of `done`, `refused`, `stale`, `reused`, `unavailable`, `failed`; `{"ask": 2, "read": "log"}` is answered by
`read`, `unavailable` or `failed`; `{"status": …}` asks how the service is.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from pydantic import SecretStr

from shared import runtime as running
from shared.bus import consumer, hearing, topology
from shared.bus.dead import replay_dead
from shared.bus.hearing import Listener
from shared.domain import Refusal
from shared.runtime import Runtime
from shared.settings import ServiceSettings
from shared.store import sequencer as sequencing
from shared.store.types import Context, KeyReused, StaleVersion, StoreUnavailable
from shared.supervise import told
from shared.telemetry import log_to_stderr
from tests.faults import words

COMMANDS: dict[str, type] = {"Open": words.Open, "Note": words.Note, "Decide": words.Decide}
MASTER, SEED = bytes(range(32)), bytes(range(32, 64))


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Everything a process is started with; it travels to it pickled."""

    service: str  # "writing", "hearing" or "mender", which gives the dead letters back and ends
    database: str
    broker: str
    socket: Path
    log: Path
    deaths: Path  # a line is written here before the process dies at its point
    lease: float = 0.4  # seconds; a killed holder is waited for so long
    sign_every: float = 0.1
    first_pause: float = 0.02  # of a reader that failed
    delivery_limit: int = topology.DELIVERY_LIMIT
    late: float = 0.0  # seconds by which its clock is behind
    note: str = ""  # a comment in the schema: another one makes the service migrate again
    point: str = ""  # where it dies, a name of points.POINTS
    nth: int = 0  # at which pass; 0 is the point's own
    defects: tuple[str, ...] = ()  # names of defects.DEFECTS
    healed: bool = False  # hearing no longer fails at the notes that were traps
    mended: tuple[str, ...] = ()  # the traps that no longer kill it, though it still fails at them


def run(setup: Setup) -> None:
    """The process; ends by SIGTERM, gracefully."""
    _write_to(setup.log)
    log_to_stderr(setup.service)
    _hasten(setup)
    if setup.late:
        _set_back(timedelta(seconds=setup.late))
    from tests.faults import defects, points  # here, for both may look at what this module has

    for name in setup.defects:
        defects.DEFECTS[name].plant()
    if setup.point:
        points.arm(setup.point, setup.nth, setup.deaths)
    words.healed, words.mended = setup.healed, setup.mended
    asyncio.run(mend(setup) if setup.service == "mender" else serve(setup))


def _write_to(log: Path) -> None:
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def _hasten(setup: Setup) -> None:
    """Only times: a suite of deaths cannot wait five seconds for each lease."""
    defaults: Any = sequencing.Sequencer.__init__.__kwdefaults__
    defaults["lease"] = timedelta(seconds=setup.lease)
    sequencing.SIGN_SECONDS = setup.sign_every
    topology.DELIVERY_LIMIT = setup.delivery_limit
    pauses: Any = Listener.__init__.__kwdefaults__
    pauses["first_pause"] = setup.first_pause


def _set_back(by: timedelta) -> None:
    """Every clock of this process that tells a time of day; the database has its own."""

    real = datetime

    class Late(real):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.now(tz) - by

    for module in (hearing, consumer, running, sys.modules[__name__]):
        assert vars(module)["datetime"] is real
        vars(module)["datetime"] = Late
    seconds, nanoseconds = time.time, time.time_ns
    time.time = lambda: seconds() - by.total_seconds()
    time.time_ns = lambda: nanoseconds() - by // timedelta(microseconds=1) * 1000


def composed(setup: Setup) -> Runtime:
    """The service as its app.py would put it together."""
    settings = ServiceSettings(
        database_url=SecretStr(setup.database),
        broker_url=SecretStr(setup.broker),
        master_key=SecretStr(MASTER.hex()),
        signing_key=SecretStr(SEED.hex()),
    )
    note = f"-- {setup.note}\n"
    if setup.service == "writing":
        return Runtime(
            "writing", settings, categories=[words.claims], schema=note + words.WRITING_SCHEMA, publish=words.publish
        )
    return Runtime(
        "hearing", settings, categories=[words.mirrors, words.certificates, words.notices],
        schema=note + words.HEARING_SCHEMA, publish=lambda _: None, hearings=words.HEARINGS,
    )  # fmt: skip


async def mend(setup: Setup) -> None:
    await replay_dead(setup.broker, "hearing", lambda letter: letter.readable)


async def serve(setup: Setup) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    runtime = composed(setup)
    await runtime.start()
    setup.socket.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(Desk(runtime).attend, setup.socket)
    await stopping.wait()
    server.close()
    await runtime.stop()


class Desk:
    """Answers requests, as many at a time as are asked."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks: set[asyncio.Task[None]] = set()
        with suppress(ConnectionError, asyncio.CancelledError):  # cancelled when the process ends
            while line := await reader.readline():
                task = asyncio.create_task(self._attend_one(msgspec.json.decode(line), writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        writer.close()

    async def _attend_one(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if "status" in request:
            answer = self.status()
        else:
            answer = {"ask": request["ask"], **await (self.read if "read" in request else self.obey)(request)}
        with suppress(ConnectionError):
            reply(writer, answer)
            await writer.drain()

    async def obey(self, request: dict[str, Any]) -> dict[str, Any]:
        command = msgspec.convert(request["with"], COMMANDS[request["command"]])
        try:
            outcome = await self._runtime.executor.execute(
                words.claims,
                UUID(request["claim"]),
                command,
                context(request),
                expected=request.get("expected"),
                receipt=(UUID(request["key"]), fingerprint(request)) if request.get("key") else None,
            )
        except Refusal as refusal:
            return {"refused": type(refusal).__name__}
        except (StaleVersion, KeyReused) as no:
            return {"stale" if isinstance(no, StaleVersion) else "reused": True}
        except StoreUnavailable as fault:
            return {"unavailable": str(fault)}
        except Exception as fault:
            return {"failed": told(fault)}
        ids = [str(fact.id) for fact in outcome.facts]
        return {"done": {"version": outcome.version, "facts": ids, "repeated": outcome.repeated}}

    async def read(self, request: dict[str, Any]) -> dict[str, Any]:
        store, newest = self._runtime.store, self._runtime.sequencer.position
        ways: dict[str, Callable[[], Awaitable[Sequence[Any]]]] = {
            "stream": lambda: store.read(request["stream"]),
            "log": lambda: store.read_log(max(0, newest - 20)),
            "rows": lambda: store.fetch("SELECT count(*) FROM claims"),
        }
        try:
            return {"read": len(await ways[request["read"]]())}
        except StoreUnavailable as fault:
            return {"unavailable": str(fault)}
        except Exception as fault:
            return {"failed": told(fault)}

    def status(self) -> dict[str, Any]:
        runtime = self._runtime
        relay, consumers = runtime.relay, runtime.consumers
        assert relay is not None
        assert consumers is not None
        return {
            "status": runtime.name,
            "ready": not runtime.reasons(),
            "reasons": runtime.reasons(),
            "position": runtime.sequencer.position,
            "leading": runtime.sequencer.leading,
            "relayed": relay.position,
            "unroutable": relay.unroutable,
            "relay_error": relay.last_error,
            "attached": consumers.attached,
            "in_hand": consumers.in_hand,
            "received": str(consumers.last_received or ""),
            "worries": runtime.worries(),
            "consumer_error": consumers.last_error,
            "rejected": consumers.listener.rejected,
            "refused": consumers.listener.refused,
            "unread": consumers.listener.unread,
            "gaps": consumers.listener.gaps,
            "running": runtime.supervisor.running,
        }


def reply(writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
    writer.write(msgspec.json.encode(answer) + b"\n")


def context(request: dict[str, Any]) -> Context:
    return Context(
        actor=UUID(int=7),
        role="tester",
        scope="own",
        command=UUID(request["key"]) if request.get("key") else UUID(int=request["ask"]),
        command_name=request["command"],
        causation=None,
        correlation=f"ask-{request['ask']}",
        occurred_at=datetime.now(UTC),
    )


def fingerprint(request: dict[str, Any]) -> bytes:
    """Of what is wished; the number of the request is not part of it."""
    wish = [request["claim"], request["command"], request["with"], request.get("expected")]
    return sha256(msgspec.json.encode(wish)).digest()
