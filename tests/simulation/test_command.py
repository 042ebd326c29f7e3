"""`iom simulate` as it is called: its summary, its report, its exit status, and a database it fills."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deploy.cli import main
from deploy.simulation import command, filling, options
from deploy.simulation.shares import FILE, read_shares
from deploy.simulation.year import Wish
from services.routes.categories import categories
from shared.rebuild import Source, reconcile
from shared.store.keys import KeyRing
from shared.store.leaf import Stored, fact_leaf
from shared.store.postgres import PostgresStore
from tests.rebuild.depot import connected

SMALL = ("simulate", "--schools", "2", "--teachers", "30", "--seed", "5", "--workers", "1")
KEY = bytes(range(32))


def test_it_shows_and_reports_the_year_and_writes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*SMALL, "--report", "year.json"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["year.json"]
    told = json.loads((tmp_path / "year.json").read_text(encoding="utf-8"))
    assert (told["ok"], told["surprises"], told["broken"]) == (True, [], [])
    assert sum(each["routes"] for each in told["routes"]) == told["lives"]["route"]
    assert told["facts"]["route.route_completed"] == told["lives"]["completed"]
    said = capsys.readouterr()
    assert told["digest"] in said.out
    assert "2 of 2 schools" in said.err


def test_a_surprise_is_told_by_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def surprised(wish: Wish, workers: int, *_: Any) -> Any:
        tally = command.Tally()
        tally.surprises.append("somebody: submission of nobody: refused")
        return tally

    monkeypatch.setattr(command, "tell", surprised)
    assert main(list(SMALL)) == 1
    assert "somebody: submission of nobody: refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    "asked",
    [
        ("--schools", "0"),
        ("--schools", "31"),
        ("--months", "0"),
        ("--shares", "nowhere.json"),
        ("--report", "nowhere/year.json"),
        ("--into", "postgresql://"),
    ],
)
def test_what_cannot_be_told_is_said_in_one_line(
    asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("IOM_MASTER_KEY", raising=False)
    assert main([*SMALL, *asked]) == 1
    assert capsys.readouterr().err.startswith("iom: ")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('{"shares": {}, "choices": {}, "habits": {}}', "habits"),
        ('{"shares": {"late": {"share": 2, "clause": "", "about": ""}}, "choices": {}}', "late"),
        ('{"shares": {}, "choices": {"months": {"clause": "", "about": "", "weights": {"4": 0.5}}}}', "months"),
    ],
)
def test_a_wrong_file_of_shares_is_named_with_its_fault(wrong: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"mine\.json.*{told}"):
        read_shares(file)


def test_every_share_says_its_clause_and_what_it_is() -> None:
    shares = read_shares(FILE)
    for name, each in {**shares.shares, **shares.choices}.items():
        assert each.clause, name
        assert each.about, name


def test_the_help_tells_every_option_and_an_example_of_each_way() -> None:
    parser = argparse.ArgumentParser()
    options.arguments(parser, int)
    told = parser.format_help()
    assert all(each.help for each in parser._actions)
    assert all(f"iom simulate {way}" in told for way in ("--into", "--through-api", "--report"))


def into(url: str, monkeypatch: pytest.MonkeyPatch, workers: str) -> int:
    monkeypatch.setenv("IOM_MASTER_KEY", KEY.hex())
    return main([*SMALL, "--workers", workers, "--into", url])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_filled_database_is_one_the_service_could_have_written(
    database: str, workers: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert into(database, monkeypatch, workers) == 0
    asyncio.run(is_sound(database))
    assert into(database, monkeypatch, workers) == 1
    assert "has facts already" in capsys.readouterr().err


async def is_sound(url: str) -> None:
    store = PostgresStore(url, categories(), KeyRing(KEY))
    await store.open()
    try:
        facts = [fact async for fact in whole_log(store)]
        assert len(facts) == await value(url, "SELECT count(*) FROM facts") > 500
        assert [fact.recorded_at for fact in facts] == sorted(fact.recorded_at for fact in facts)
        described = [fact.event for fact in facts if fact.kind == "route.route_described"]
        assert {fact.content.text for fact in described} == {
            "Формирующее оценивание: критерии, обратная связь, взаимная оценка."
        }
        source = Source(url=url, categories=categories)
        assert [one async for one in reconcile(source, workers=1)] == []
        async with connected(url) as connection:
            for row in await connection.fetch("SELECT f.*, l.leaf FROM facts f JOIN log l ON l.fact = f.id LIMIT 50"):
                columns = dict(row)
                assert columns.pop("leaf") == fact_leaf(Stored(**columns))
    finally:
        await store.close()


async def whole_log(store: PostgresStore) -> AsyncIterator[Any]:
    position = 0
    while facts := await store.read_log(position):
        for fact in facts:
            assert fact.position == position + 1
            position = fact.position
            yield fact


async def value(url: str, sql: str) -> Any:
    async with connected(url) as connection:
        return await connection.fetchval(sql)


def test_a_fill_that_was_broken_off_leaves_nothing_to_the_next(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(_: str) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(filling, "end", broken_off)
        patch.setenv("IOM_MASTER_KEY", bytes(32).hex())
        assert main([*SMALL, "--seed", "6", "--into", database]) == 130
    assert into(database, monkeypatch, "1") == 0
    asyncio.run(is_sound(database))


async def test_a_database_in_use_is_left_alone(database: str) -> None:
    await filling.begin(database)
    async with connected(database) as connection:
        await connection.execute("INSERT INTO facts SELECT gen_random_uuid(), 'route-1', 1, 'route.a', '', '', now()")
    with pytest.raises(filling.NotEmpty):
        await filling.begin(database)
