"""Gives committed facts their place in the one order, and signs what the order holds.

Positions are given after commit, by the one process that holds the lease, so that a reader who has seen position n will
never find a new fact below it. A holder that was stopped and wakes too late is refused by the token of its lease.
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import timedelta

import asyncpg

from shared.store.connect import ANY_FAULT, BY_INDEX, Connection, connect
from shared.store.ids import new_id
from shared.store.merkle import Frontier
from shared.store.notes import BadNote, Checkpoint, Signer
from shared.store.postgres import PostgresStore
from shared.store.tip import LAST_SQL, Tip

LEASE = timedelta(seconds=5)
POLL_SECONDS = 0.1
PACE_SECONDS = 0.003  # between two steps: under load many appends then share one flush to the disk
SIGN_SECONDS = 1.0
BATCH = 2000
PAGE = 10_000

# The lease is free, expired, mine of an earlier connection, or dated by a clock that was wrong.
TAKE_SQL = """UPDATE lease SET token = token + 1, holder = $1, expires_at = clock_timestamp() + $2::interval
              WHERE name = 'sequencer' AND (expires_at <= clock_timestamp() OR holder = $1
                    OR expires_at > clock_timestamp() + 10 * $2::interval)
              RETURNING token"""
RELEASE_SQL = "UPDATE lease SET expires_at = '-infinity' WHERE name = 'sequencer' AND token = $1"
SEQUENCE_SQL = "SELECT held, last, leaves FROM sequence_pending($1, $2, $3)"
HEAD_SQL = "SELECT size, root, frontier, note FROM tree_heads ORDER BY size DESC LIMIT 1"
LEAVES_SQL = "SELECT position, leaf FROM log WHERE position > $1 AND position <= $1 + $2 ORDER BY position"
SIGN_SQL = """INSERT INTO tree_heads (size, root, frontier, note)
              SELECT $2, $3, $4, $5 FROM lease
              WHERE name = 'sequencer' AND token = $1 AND expires_at > clock_timestamp()
              ON CONFLICT DO NOTHING"""

log = logging.getLogger(__name__)


class Sequencer(Tip):
    """The sequencer of one process; of many on one database, one works and the others follow what it does.

    `signer` and `origin` (the log's name, a short URL-like text) make the checkpoints.
    """

    def __init__(
        self, store: PostgresStore, signer: Signer, origin: str, *, lease: timedelta = LEASE, batch: int = BATCH
    ) -> None:
        super().__init__()
        self.leading = False
        self._url = store.url
        self._signer = signer
        self._origin = origin
        self._lease = lease
        self._batch = batch
        self._holder = f"{os.getpid()}-{new_id()}"
        self._token = 0
        self._frontier = Frontier()
        self._signed = 0  # size of the last checkpoint
        self._signed_at = float("-inf")
        self._woken = asyncio.Event()
        self._connection: Connection | None = None
        store.listeners.append(self.wake)

    def wake(self) -> None:
        """Something was appended: look now rather than at the next poll."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; outlives the database."""
        try:
            while True:
                self._woken.clear()
                try:
                    placed = await self.step()
                except ANY_FAULT as fault:
                    log.warning("the sequencer lost its database: %r", fault)
                    self._drop()
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                if placed < self._batch:
                    await self._rest(PACE_SECONDS if placed else 0)
        finally:
            await self.stop()

    async def step(self) -> int:
        """Take the lease if it is free, place what is pending and sign what is due; how many facts were placed."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url, settings=BY_INDEX)
            self.leading = False
        connection = self._connection
        if not self.leading and not await self._take(connection):
            self._move(await connection.fetchval(LAST_SQL))
            return 0
        held, last, leaves = await connection.fetchrow(SEQUENCE_SQL, self._token, self._lease, self._batch)
        if not held:
            log.warning("the sequencer's lease was taken: another process goes on")
            self.leading = False
            return 0
        for leaf in leaves:
            self._frontier.add(leaf)
        self._move(last)
        await self._sign(connection)
        return len(leaves)

    async def stop(self) -> None:
        """Leave the lease to whoever comes next."""
        connection, self._connection = self._connection, None
        if connection is None or connection.is_closed():
            return
        try:
            if self.leading:
                await connection.execute(RELEASE_SQL, self._token)
            await connection.close(timeout=2)
        except ANY_FAULT:
            connection.terminate()  # the lease runs out by itself
        self.leading = False

    async def _rest(self, at_least: float) -> None:
        await asyncio.sleep(at_least)
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
        self.leading = False

    async def _take(self, connection: Connection) -> bool:
        token = await connection.fetchval(TAKE_SQL, self._holder, self._lease)
        if token is None:
            return False
        self._token = token
        await self._restore(connection)
        self.leading = True
        log.info("this process gives the positions from %d on", self._frontier.size + 1)
        return True

    async def _restore(self, connection: Connection) -> None:
        """The frontier of the whole log, from the last checkpoint that we ourselves signed."""
        head = await connection.fetchrow(HEAD_SQL)
        self._frontier = self._trusted(head) if head else Frontier()
        self._signed = head["size"] if head else 0
        while rows := await connection.fetch(LEAVES_SQL, self._frontier.size, PAGE):
            for _, leaf in rows:
                self._frontier.add(leaf)

    def _trusted(self, head: asyncpg.Record) -> Frontier:
        try:
            checkpoint = Checkpoint.parse(self._signer.verifier.open(head["note"]))
            frontier = Frontier.from_bytes(head["size"], head["frontier"])
            if (checkpoint.size, checkpoint.root) == (frontier.size, frontier.root()):
                return frontier
            log.error("the last checkpoint contradicts its own frontier: the whole log is read again")
        except (BadNote, ValueError) as fault:
            log.error("the last checkpoint is not ours: %s; the whole log is read again", fault)
        return Frontier()

    async def _sign(self, connection: Connection) -> None:
        now = asyncio.get_running_loop().time()
        if self._frontier.size <= self._signed or now - self._signed_at < SIGN_SECONDS:
            return
        size, root = self._frontier.size, self._frontier.root()
        note = self._signer.sign(Checkpoint(origin=self._origin, size=size, root=root).text())
        await connection.execute(SIGN_SQL, self._token, size, root, self._frontier.to_bytes(), note)
        self._signed, self._signed_at = size, now
