"""The navigator searched in Russian and filtered, over HTTP and a real database, and that its indexes answer."""

from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import pytest

from bench import navigator
from services.routes.catalogue import Search, search_sql
from services.routes.domain.words import words
from shared.store.migrate import migrate
from tests.problems import problem
from tests.rebuild.depot import connected
from tests.routes import catalogue as c

FAR = {"start": "2027-02-01", "end": "2027-02-05"}
EVENT = c.SENT | FAR | {
    "title": "Фестиваль открытых уроков «Ёлочка»",
    "kind": "event",
    "forms": ["full_time"],
    "level": "municipal",
    "audience": ["Учителя начальных классов"],
    "provider": "МКУ «Вымышленный ЦРО»",
    "competencies": ["lesson", "reflection"],
    "tags": ["health", "teacher"],
}  # fmt: skip
BOTH = [c.COURSE.title, EVENT["title"]]
COURSE, FESTIVAL = BOTH[:1], BOTH[1:]

SEARCHES = [
    ("", BOTH),
    ("q=&kind=&level=&form=&provider=%20&from=&to=&after=", BOTH),  # a form left empty
    ("q=критерий", COURSE),  # another case of the word
    ("q=уроки", BOTH),
    ("q=УРОКОВ ФЕСТИВАЛЯ", FESTIVAL),
    ("q=елочке", FESTIVAL),
    ("q=«урок», критерию!", COURSE),
    ("q=кри\u200bтерии", COURSE),
    ("q=урок нет-такого", []),
    ("q=🙂", []),
    ("q=и в на", []),
    ("q=%00", []),
    ("q=' OR 1=1 --", []),
    ("q=математики", COURSE),
    ("q=вымышленная", BOTH),
    ("kind=event", FESTIVAL),
    ("kind=material", []),
    ("level=regional", COURSE),
    ("form=remote", COURSE),
    ("form=full_time", FESTIVAL),
    ("provider=мку вымышленный црО", FESTIVAL),
    ("provider=вымышленный", []),
    ("audience=учителя  начальных классов", FESTIVAL),
    ("competency=lesson&competency=reflection", FESTIVAL),
    ("competency=lesson&competency=assessment", []),
    ("tag=teacher", BOTH),
    ("tag=teacher&tag=health", FESTIVAL),
    ("municipality=m-ust", FESTIVAL),
    ("to=2026-12-31", COURSE),
    ("from=2026-12-18&to=2026-12-31", COURSE),
    ("from=2026-12-19", FESTIVAL),
    ("from=2027-02-06", []),
    ("q=урок&kind=event&tag=health&level=municipal&from=2027-02-01&to=2027-02-01", FESTIVAL),
]


async def test_1_3_the_navigator_is_searched_in_russian_and_filtered(centre, coordinator, anna):
    await centre.do("/resources", c.SENT)
    id = (await coordinator.do("/resources/proposals", EVENT | {"municipality": "m-ust"}))["id"]
    await centre.do(f"/resources/{id}/inclusion")
    assert {query: await c.titles(anna, query) for query, _ in SEARCHES} == dict(SEARCHES)


async def test_1_3_what_has_ended_is_found_only_when_it_is_asked_for(centre, anna, clock):
    await centre.do("/resources", c.SENT)
    clock.to(2026, 12, 18)
    assert await c.titles(anna) == [c.COURSE.title]
    clock.to(2026, 12, 19)
    assert await c.titles(anna) == []
    assert await c.titles(anna, "from=2026-12-01") == [c.COURSE.title]
    body = await problem(centre.post("/resources", c.SENT), 409, "resource-over")
    assert body["clause"] == "1.3"


async def test_search_goes_page_by_page_and_misses_nothing(centre, anna):
    wanted = [f"Вебинар {n}" for n in range(7)]
    for n, title in enumerate(wanted):
        day = f"2026-11-0{1 + n // 3}"  # several end on one day
        await centre.do("/resources", c.SENT | {"title": title, "start": day, "end": day})
    found, after = [], ""
    while after is not None:
        page = await anna.see(f"/resources?q=вебинар&limit=3&after={after}")
        found += [item["title"] for item in page["items"]]
        after = page["next"]
    assert sorted(found) == wanted
    await problem(anna.get("/resources?after=2026-02-30.x"), 422, "invalid-request")


async def test_odd_but_readable_texts_are_kept_as_they_are_and_found(centre, anna):
    odd = ["\u202eсправа налево\u202c", "👩‍🏫 занятие", "ну\u200bлевая ширина", "<b>жирный</b> & \"'", "я" * 500]
    for title in odd:
        await centre.do("/resources", c.SENT | {"title": title})
    assert set(await c.titles(anna)) == set(odd)
    for query, title in (("НАЛЕВО", odd[0]), ("занятия", odd[1]), ("нулевой", odd[2]), ("b жирная", odd[3])):
        assert await c.titles(anna, f"q={query}") == [title]


BAD_FILTERS = ("status=all", "kind=x", "limit=0", "limit=201", "from=1900-01-01", "to=x", "tag=a b", "q=" + "я" * 501)


async def test_a_wrong_filter_is_named(anna):
    for query in BAD_FILTERS:
        body = await problem(anna.get(f"/resources?{query}"), 422, "invalid-request")
        assert body["errors"][0]["pointer"].startswith(f"#/query/{query.partition('=')[0]}")


async def test_nobody_searches_without_a_token(client):
    assert (await client.get("/resources")).status_code == 401


async def test_1_3_russian_is_searched_whatever_locale_the_database_was_made_with(postgres_server):
    """Under the locale C PostgreSQL keeps capitals apart, and takes « for a letter."""
    async with connected(postgres_server.url) as server:
        await server.execute("CREATE DATABASE bare TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        try:
            async with connected(postgres_server.with_database("bare")) as bare:
                sql = "SELECT to_tsvector('pg_catalog.russian', $1) @@ plainto_tsquery('pg_catalog.russian', $2)"
                assert not await bare.fetchval(sql, "Курс «КРИТЕРИИ»", "критерий")
                assert await bare.fetchval(sql, words("Курс «КРИТЕРИИ»"), words("критерий"))
        finally:
            await server.execute("DROP DATABASE bare")


@pytest.fixture
async def catalogue(database: str) -> AsyncIterator[Any]:
    """A region's catalogue, and a connection as the service reads it."""
    await migrate(database, None, files("services.routes").joinpath("schema.sql").read_text())
    await navigator.populate(database)
    async with connected(database) as connection:
        yield connection


async def plan(catalogue: Any, search: Search, mode: str) -> str:
    """How the database would carry it out: for these very values, or for any (as it may after five times)."""
    sql, args = search_sql(search)
    await catalogue.execute(f"SET plan_cache_mode = {mode}")
    await catalogue.execute(f"PREPARE search AS {sql}")
    try:
        texts = ["{" + ",".join(arg) + "}" if isinstance(arg, list) else str(arg) for arg in args]
        values = ", ".join([await catalogue.fetchval("SELECT quote_literal($1::text)", text) for text in texts])
        return "\n".join(row[0] for row in await catalogue.fetch(f"EXPLAIN EXECUTE search ({values})"))
    finally:
        await catalogue.execute("DEALLOCATE search")


async def test_1_3_a_search_of_a_regions_catalogue_never_reads_the_whole_table(catalogue):
    assert await catalogue.fetchval("SELECT count(*) FROM resources") == navigator.RESOURCES_IN_ALL
    shapes = {search_sql(search)[0]: search for search in navigator.searches()}
    proposals = Search(status="proposed", places=("m-ust",), text="урок")
    searches = [*shapes.values(), *navigator.searches()[::7], proposals]
    assert len(shapes) >= 4
    for search in searches:
        for mode in ("force_custom_plan", "force_generic_plan"):
            told = await plan(catalogue, search, mode)
            assert "Seq Scan" not in told, (mode, search, told)
    rare = Search(since=navigator.TODAY, text=navigator.PLACES[0])
    for mode in ("force_custom_plan", "force_generic_plan"):
        assert "resources_by_words" in await plan(catalogue, rare, mode)
    await catalogue.execute("DROP INDEX resources_by_words, resources_by_end")  # and the check has teeth
    assert "Seq Scan" in await plan(catalogue, rare, "force_custom_plan")
