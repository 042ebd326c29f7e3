"""What lies in the services' databases and dead letters at one moment, read past the kit that wrote it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from shared.bus.dead import list_dead
from tests.faults.ledger import Ledger
from tests.faults.world import SERVICES, World

FACTS_SQL = """SELECT f.id, f.stream, f.version, f.kind, f.data, f.meta, f.recorded_at, l.position, l.leaf
               FROM facts f LEFT JOIN log l ON l.fact = f.id ORDER BY l.position, f.stream, f.version"""
TABLES = {"writing": ("claims", "notes"), "hearing": ("mirrors", "certificates", "notices")}


@dataclass(slots=True, frozen=True, kw_only=True)
class Fact:
    """A stored fact and its place in the log; `said` is its data as JSON."""

    id: UUID
    stream: str
    version: int
    kind: str
    data: bytes
    meta: bytes
    recorded_at: datetime
    position: int | None
    leaf: bytes | None
    said: dict[str, Any]
    cause: str | None


@dataclass(slots=True, frozen=True, kw_only=True)
class Kept:
    """One service's database."""

    service: str
    facts: list[Fact]
    positions: list[int]  # of the log, whatever it points to
    pending: int
    receipts: dict[UUID, dict[str, Any]]
    inbox: list[tuple[str, str]]  # (message, effect)
    relayed: int
    heads: list[tuple[int, bytes, str]]  # (size, root, note)
    rows: dict[str, list[dict[str, Any]]]
    keys: list[dict[str, Any]]

    def of_kind(self, kind: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind == kind]

    def streams(self) -> dict[str, list[Fact]]:
        """Each stream's facts in the order of their versions."""
        found: dict[str, list[Fact]] = {}
        for fact in sorted(self.facts, key=lambda fact: fact.version):
            found.setdefault(fact.stream, []).append(fact)
        return found


@dataclass(slots=True, frozen=True, kw_only=True)
class View:
    """Everything a checker judges by."""

    ledger: Ledger
    writing: Kept
    hearing: Kept
    dead: list[tuple[str, bool]]  # (message id, readable) of hearing's dead letters

    @property
    def services(self) -> tuple[Kept, Kept]:
        return (self.writing, self.hearing)


async def take(world: World) -> View:
    writing, hearing = [await kept(world.urls[service], service) for service in SERVICES]
    dead = [(letter.id, letter.readable) for letter in await list_dead(world.broker, "hearing")]
    return View(ledger=world.ledger, writing=writing, hearing=hearing, dead=dead)


async def kept(url: str, service: str) -> Kept:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _kept(connection, service)
    finally:
        await connection.close(timeout=10)


async def _kept(connection: Any, service: str) -> Kept:
    commands = await connection.fetch("SELECT id, result FROM commands")
    heads = await connection.fetch("SELECT size, root, note FROM tree_heads ORDER BY size")
    return Kept(
        service=service,
        facts=[fact(row) for row in await connection.fetch(FACTS_SQL)],
        positions=[row[0] for row in await connection.fetch("SELECT position FROM log ORDER BY position")],
        pending=await connection.fetchval("SELECT count(*) FROM pending"),
        receipts={row["id"]: json.loads(row["result"]) for row in commands},
        inbox=[tuple(row) for row in await connection.fetch("SELECT message, effect FROM inbox")],
        relayed=await connection.fetchval("SELECT coalesce(max(position), 0) FROM checkpoints WHERE reader = 'relay'"),
        heads=[tuple(row) for row in heads],
        rows={
            table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table}")]  # noqa: S608 - constants
            for table in TABLES[service]
        },
        keys=[dict(row) for row in await connection.fetch("SELECT id, subject, wrapped FROM data_keys")],
    )


def fact(row: Any) -> Fact:
    return Fact(**dict(row), said=json.loads(row["data"]), cause=json.loads(row["meta"])["causation"])
