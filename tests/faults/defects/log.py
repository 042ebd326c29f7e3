"""Positions, hashes and leases that cannot be relied on."""

from typing import Any

from tests.faults.defects.planting import defect, schema, swap


@defect(
    "positions in no order",
    breaks="a stream's facts stand in the log before their predecessors",
    experiment="load",
    finding="positions_follow_versions",
)
def unordered_positions() -> None:
    schema(("row_number() OVER (ORDER BY t.seq)", "row_number() OVER (ORDER BY t.seq DESC)"))


@defect(
    "hash without the context",
    breaks="who did it can be rewritten unseen",
    experiment="load",
    finding="leaves_match",
)
def hash_without_context() -> None:
    schema(("|| int4send(octet_length(fact.meta)) || fact.meta", ""))


@defect(
    "hash without the time",
    breaks="when it was recorded can be rewritten unseen",
    experiment="load",
    finding="leaves_match",
)
def hash_without_time() -> None:
    schema(("|| int4send(8) || int8send((extract(epoch FROM fact.recorded_at) * 1000000)::bigint)", ""))


@defect(
    "lease without fencing",
    breaks="a sequencer that slept signs another history than the one that was written",
    experiment="sleeping sequencer",
    finding="tree_verifies",
    quiet=False,
)
def no_fencing() -> None:
    schema(
        (
            "WHERE name = 'sequencer' AND token = held_token AND expires_at > clock_timestamp()",
            "WHERE name = 'sequencer'",
        ),
        ("WHERE name = 'sequencer' AND token = held_token;", "WHERE name = 'sequencer';"),
    )

    def unfenced(sql: str) -> str:
        fence = "AND token = $1 AND expires_at > clock_timestamp()"
        assert fence in sql
        return sql.replace(fence, "AND $1::bigint IS NOT NULL")

    swap("shared.store.sequencer:SIGN_SQL", unfenced)


@defect(
    "frontier restored without the tail",
    breaks="the next checkpoint leaves out what came after the last",
    experiment="death before a checkpoint",
    finding="tree_verifies",
    quiet=False,
)
def short_frontier() -> None:
    def make(sql: str) -> str:
        assert "WHERE position > $1" in sql
        return sql.replace("WHERE position > $1", "WHERE false AND position > $1")

    swap("shared.store.sequencer:LEAVES_SQL", make)


@defect(
    "naive cursor",
    breaks="a reader that follows the time of writing skips what commits late",
    experiment="late commit",
    finding="each_effect_once",
    quiet=False,
)
def naive_cursor() -> None:
    from shared.store.postgres import COLUMNS, PostgresStore

    sql = f"SELECT {COLUMNS} FROM facts f WHERE f.id > $1 ORDER BY f.id LIMIT $2"  # noqa: S608 - constants only
    seen: list[Any] = ["00000000-0000-0000-0000-000000000000"]

    async def read_log(self: PostgresStore, after: int, limit: int = 1000, kinds: Any = None) -> Any:
        from shared.store.postgres import stored

        rows = await self.fetch(sql, seen[0], limit)
        if rows:
            seen[0] = rows[-1]["id"]
        return await self._codec.decode([(stored(list(row.values())), after + n) for n, row in enumerate(rows, 1)])

    swap("shared.store.postgres:PostgresStore.read_log", lambda _: read_log)
