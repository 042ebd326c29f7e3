"""The named points at which a process of the fault suite dies, put around the kit's calls from outside.

A point is one call, of a function or of an SQL statement, and one of three moments: *before* it, *during* it (it was
begun: what it sends is on its way, the answer is not there) and *after* it (it returned, and nobody has heard of it).
The process writes the point's name to a file and kills itself with SIGKILL, on the nth time that it comes by. At a
fourth kind of point the process lives and the *answer* of a statement is *lost*: it was committed, and the connection
died.
"""

import asyncio
import functools
import importlib
import inspect
import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from shared.store.lane import Lane

STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany")  # of a connection

BEFORE, DURING, AFTER, LOST = "before", "during", "after", "answer lost"


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where: *service* is the process that dies; *call* names a function ("module:Class.method") or, behind "sql:",
    a piece of a statement's text. *scene* is what must happen for the process to come by (see test_points.py)."""

    name: str
    service: str
    call: str
    when: str
    nth: int = 1
    scene: str = "load"
    only: Callable[..., bool] | None = None  # of the call's arguments

    @property
    def group(self) -> str:
        """The name without the moment."""
        return self.name.rpartition(", ")[0]


def around(
    name: str, service: str, call: str, *whens: str, nth: int = 1, scene: str = "load", only: Any = None
) -> list[Point]:
    return [
        Point(name=f"{name}, {when}", service=service, call=call, when=when, nth=nth, scene=scene, only=only)
        for when in whens
    ]


def of_category(name: str) -> Callable[..., bool]:
    return lambda _, category, *args, **kwargs: category.name == name


def of_a_bounded_wait(_: object, within: float | None) -> bool:
    return within is not None


ALL = (BEFORE, DURING, AFTER)
FOUR = (*ALL, LOST)
ENDS = (BEFORE, AFTER)
APPEND = "sql:INTO facts"
TABLE = [
    # A command on its way to its commit and back.
    *around("command", "writing", "shared.store.execute:Executor.execute", *ENDS, nth=4),
    *around("load of a stream", "writing", "shared.store.execute:Executor._load", AFTER, nth=2),
    *around("decision", "writing", "shared.store.execute:Executor._append", *ENDS, nth=5),
    *around("making of a data key", "writing", "sql:INTO data_keys", *FOUR),
    *around("reading of a data key", "writing", "sql:FROM data_keys WHERE subject", AFTER),
    *around("sealing", "writing", "shared.store.codec:Codec.encode", *ENDS, nth=3),
    *around("append", "writing", APPEND, *FOUR, nth=5),
    *around("first append of a connection", "writing", APPEND, *ALL),
    *around("waking of the sequencer", "writing", "shared.store.postgres:PostgresStore._tell", *ENDS, nth=4),
    *around("reading of a receipt", "writing", "sql:FROM commands WHERE id", AFTER),
    *around("answer", "writing", "tests.faults.child:reply", *ENDS, nth=6),
    # The sequencer.
    *around("lease take", "writing", "sql:SET token = token + 1", *FOUR),
    *around("reading of the last checkpoint", "writing", "sql:FROM tree_heads ORDER BY size DESC", AFTER),
    *around("restoring of the frontier", "writing", "shared.store.sequencer:Sequencer._restore", AFTER),
    *around("lease renewal", "writing", "sql:FROM sequence_pending(", AFTER, nth=8, scene="rest"),
    *around("giving of positions", "writing", "sql:FROM sequence_pending(", *FOUR, nth=4),
    *around("telling of the new position", "writing", "shared.store.sequencer:Sequencer._move", *ENDS, nth=3),
    *around("signing", "writing", "shared.store.notes:Signer.sign", *ENDS),
    *around("keeping of a checkpoint", "writing", "sql:INTO tree_heads", *FOUR, nth=2),
    *around("lease release", "writing", "sql:SET expires_at = '-infinity'", *ALL, scene="stop"),
    # The relay.
    *around("reading of the relay's checkpoint", "writing", "sql:FROM checkpoints WHERE reader", AFTER),
    *around("connection of the relay", "writing", "shared.bus.relay:connect", AFTER),
    *around("declaration by the relay", "writing", "shared.bus.relay:declare_common", *ENDS),
    *around("page of the log", "writing", "shared.store.postgres:PostgresStore.read_log", AFTER, nth=2),
    *around("reading of what messages follow", "writing", "shared.store.postgres:PostgresStore.read_many", *ENDS,
            scene="midway"),
    *around("making of a message", "writing", "shared.bus.relay:Relay._made", AFTER, nth=3),
    *around("first publish", "writing", "aiormq:Channel.basic_publish", *ALL),
    *around("publish and its confirm", "writing", "aiormq:Channel.basic_publish", *ALL, nth=9),
    *around("putting into the window", "writing", "shared.bus.pipeline:Pipeline.put", *ENDS, nth=9),
    *around("noting of what is confirmed", "writing", "shared.bus.relay:Relay._look", AFTER, nth=3),
    *around("move of the relay's checkpoint", "writing", "sql:INTO checkpoints VALUES", *FOUR, nth=2),
    *around("closing of the relay", "writing", "shared.bus.relay:_close", *ENDS, scene="stop"),
    # Consumers.
    *around("declaration by the reader", "hearing", "shared.bus.consumer:declare", *ENDS),
    *around("attachment", "hearing", "faststream.rabbit:RabbitBroker.start", AFTER),
    *around("receiving", "hearing", "shared.bus.consumer:Consumers._receive", BEFORE, nth=5),
    *around("reading of a message", "hearing", "shared.bus.hearing:parse", AFTER, nth=6),
    *around("reading of what was heard", "hearing", "sql:FROM inbox WHERE stream", *FOUR, scene="midway"),
    *around("wait for what is missing", "hearing", "shared.bus.turns:Waiter.called", *ENDS, scene="disorder",
            only=of_a_bounded_wait),
    *around("reaction", "hearing", "shared.bus.hearing:Listener._react", *ENDS, nth=7),
    *around("effect", "hearing", APPEND, *FOUR, nth=4),
    *around("first of two effects", "hearing", "shared.store.execute:Executor.execute", AFTER,
            nth=3, only=of_category("mirror")),
    *around("certificate", "hearing", "shared.store.execute:Executor.execute", *ENDS, only=of_category("certificate")),
    *around("acknowledgement", "hearing", "aio_pika:IncomingMessage.ack", *ALL, nth=5),
    *around("refusal to the dead letters", "hearing", "aio_pika:IncomingMessage.reject", *ALL,
            scene="poison"),
    *around("row of a message without effect", "hearing", "shared.store.execute:Executor.settle", *ALL, scene="trap"),
    *around("wait for another try", "hearing", "shared.bus.hearing:Listener._wait", BEFORE, scene="trap"),
    *around("giving of positions to effects", "hearing", "sql:FROM sequence_pending(", AFTER, nth=5),
    *around("end of the reader's connection", "hearing", "aiormq:Connection.close", *ENDS, scene="stop"),
    *around("leaving of the broker", "hearing", "faststream.rabbit:RabbitBroker.stop", *ENDS, scene="stop"),
    *around("copy of a dead letter", "mender", "shared.bus.dead:_fresh", AFTER, scene="replay"),
    *around("replay of a dead letter", "mender", "aio_pika:Exchange.publish", *ALL, scene="replay"),
    *around("removal of a dead letter", "mender", "aio_pika:IncomingMessage.ack", *ALL, scene="replay"),
    # Migration of an empty database.
    *around("migration lock", "writing", "sql:pg_advisory_xact_lock", *ENDS, scene="migrate"),
    *around("making of the kit's tables", "writing", "sql:CREATE TABLE IF NOT EXISTS facts", *ALL, scene="migrate"),
    *around("making of the read models", "writing", "sql:CREATE TABLE IF NOT EXISTS claims", AFTER, scene="migrate"),
    *around("mark of the migration", "writing", "sql:INTO migrations VALUES", *ENDS, scene="migrate"),
    *around("migration", "writing", "shared.runtime:migrate", AFTER, scene="migrate"),
    # Opening and closing.
    *around("opening of the store", "writing", "shared.store.postgres:PostgresStore.open", AFTER),
    *around("end of the appends", "writing", "shared.store.writer:Writer.stop", *ENDS, scene="stop"),
    *around("closing of the store", "hearing", "shared.store.postgres:PostgresStore.close", *ENDS, scene="stop"),
]  # fmt: skip
POINTS = {point.name: point for point in TABLE}


def selected() -> set[str]:
    """One moment of each call, not always the same: what every test run can afford."""
    groups: dict[str, list[str]] = {}
    for point in TABLE:
        groups.setdefault(point.group, []).append(point.name)
    return {names[number % len(names)] for number, names in enumerate(groups.values())}


def arm(name: str, nth: int, deaths: Path) -> None:
    """Make this process die at point *name*; *nth* 0 is the point's own."""
    point = POINTS[name]
    trap = Trap(name, nth or point.nth, deaths)
    if point.call.startswith("sql:"):
        text = point.call.removeprefix("sql:")
        for owner, attribute in ((Lane, "ask"), *((asyncpg.Connection, statement) for statement in STATEMENTS)):
            wrap(owner, attribute, point.when, trap, lambda _, sql, *a, **k: text in sql)
        return
    owner, attribute = found(point.call)
    wrap(owner, attribute, point.when, trap, point.only)


def found(call: str) -> tuple[Any, str]:
    """The module or class that holds the attribute, and the attribute's name."""
    module, _, path = call.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, attribute = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    getattr(owner, attribute)
    return owner, attribute


class Trap:
    """Counts who comes by and kills the process at the nth."""

    def __init__(self, name: str, nth: int, deaths: Path) -> None:
        self._name, self._nth, self._deaths = name, nth, deaths
        self._passes = itertools.count(1)

    def now(self) -> bool:
        return next(self._passes) == self._nth

    def tell(self) -> None:
        with self._deaths.open("a") as deaths:
            deaths.write(f"{self._name}\n")

    def spring(self) -> None:
        self.tell()
        os.kill(os.getpid(), signal.SIGKILL)

    def lose(self, asked: Any) -> None:
        """The statement was done, and its answer never arrives."""
        self.tell()
        asked.drop() if isinstance(asked, Lane) else asked.terminate()
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")


def soon(what: Callable[[], None], turns: int) -> None:
    """Do *what* some turns of the loop from now; whoever calls goes on meanwhile, as if nothing were."""
    loop = asyncio.get_running_loop()
    loop.call_soon(soon if turns else what, *((what, turns - 1) if turns else ()))


def wrap(owner: Any, attribute: str, when: str, trap: Trap, only: Callable[..., bool] | None) -> None:
    original = getattr(owner, attribute)

    def concerns(*args: Any, **kwargs: Any) -> bool:
        return (only is None or only(*args, **kwargs)) and trap.now()

    @functools.wraps(original)
    async def waited(*args: Any, **kwargs: Any) -> Any:
        if when in (AFTER, LOST):
            result = await original(*args, **kwargs)
        if concerns(*args, **kwargs):
            if when == LOST:
                trap.lose(args[0])
            if when != DURING:
                trap.spring()
            soon(trap.spring, turns=3)  # what is to be sent leaves, an answer is not read
        return result if when in (AFTER, LOST) else await original(*args, **kwargs)

    @functools.wraps(original)
    def called(*args: Any, **kwargs: Any) -> Any:
        if when == AFTER:
            result = original(*args, **kwargs)
        if concerns(*args, **kwargs):
            trap.spring()
        return result if when == AFTER else original(*args, **kwargs)

    setattr(owner, attribute, waited if inspect.iscoroutinefunction(original) else called)
