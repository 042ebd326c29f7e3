"""The navigator with a region's catalogue in it: how long a search takes, over many different ones."""

import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Final, get_args
from uuid import UUID

import asyncpg

from bench.report import Measurement, percentile
from services.routes.catalogue import Search, found
from services.routes.categories import RESOURCES, categories
from services.routes.domain.resource.decider import Publish
from services.routes.domain.resource.records import Entry, Form, Kind
from services.routes.domain.resource.view import facet
from services.routes.domain.route.records import Term
from services.routes.vocabularies import PUBLISHED, read_vocabularies
from shared.store.group import encode_changes
from shared.store.keys import KeyRing
from shared.store.migrate import migrate
from shared.store.postgres import PostgresStore

RESOURCES_IN_ALL: Final = 20_000
TODAY: Final = date(2026, 9, 14)
NOW: Final = datetime(2026, 9, 14, 5, 30, tzinfo=UTC)
PIECE: Final = 1_000

KINDS, FORMS = get_args(Kind), get_args(Form)
LEVELS: Final = tuple(sorted(read_vocabularies(PUBLISHED).versions[0].codes("levels")))
SHAPES: Final = (
    *("Курс для учителя: {theme} на уроках {subject}", "Семинар «{theme} и {subject}» для школ села {place}"),
    *("Стажировка учителей: {theme}, опыт школы села {place}", "Открытый урок {subject}: {theme}"),
)
THEMES: Final = (
    *("функциональная грамотность", "формирующее оценивание", "цифровая среда", "критерии оценивания"),
    *("проектная деятельность", "наставничество", "работа с родителями", "инклюзивное образование"),
)
SUBJECTS: Final = ("математики", "русского языка", "физики", "химии", "биологии", "истории", "музыки", "технологии")
AUDIENCES: Final = ("учителя математики", "учителя физики", "классные руководители", "наставники", "методисты")
COMPETENCIES: Final = tuple(f"c-{n}" for n in range(22))
TAGS: Final = tuple(f"t-{n}" for n in range(9))
TRACKS: Final = ("", "", "", *(f"track-{n}" for n in range(12)))
SYLLABLES: Final = ("бо", "ве", "га", "ди", "жу", "зе", "ку", "ло", "ми", "на", "пе", "ру", "су", "то", "фи", "ча")
PLACES: Final = tuple("".join(parts) + "во" for parts in itertools.product(SYLLABLES, repeat=3))  # invented villages
PROVIDERS: Final = tuple(f"Вымышленный центр № {n}" for n in range(60))


def entries(count: int, chance: random.Random) -> Iterator[Entry]:
    """Invented ones; of half of them the last day has passed."""
    for _ in range(count):
        start = TODAY + timedelta(days=chance.randint(-400, 400))
        theme, subject, place = chance.choice(THEMES), chance.choice(SUBJECTS), chance.choice(PLACES)
        yield Entry(
            title=chance.choice(SHAPES).format(theme=theme, subject=subject, place=place),
            kind=chance.choice(KINDS),
            dates=Term(start=start, end=start + timedelta(days=chance.choice((0, 1, 30, 120)))),
            forms=tuple(chance.sample(FORMS, chance.randint(1, 2))),
            audience=tuple(chance.sample(AUDIENCES, chance.randint(1, 3))),
            provider=chance.choice(PROVIDERS),
            level=chance.choice((None, *LEVELS)),
            hours=chance.choice((None, 16, 36, 72)),
            competencies=tuple(chance.sample(COMPETENCIES, chance.randint(0, 4))),
            tags=tuple(chance.sample(TAGS, chance.randint(0, 3))),
            track=chance.choice(TRACKS),
        )


async def populate(url: str, count: int = RESOURCES_IN_ALL, seed: int = 7) -> None:
    """The rows of *count* entries, as the service would have written them, into an empty, migrated store."""
    chance = random.Random(seed)  # noqa: S311 - the same catalogue each time
    connection = await asyncpg.connect(url)
    try:
        rows: list[str] = []
        for number, entry in enumerate(entries(count, chance), 1):
            publish = Publish(entry=entry, today=min(TODAY, entry.dates.end), at=NOW)
            state = RESOURCES.decider.fold(RESOURCES.decider.decide(publish, RESOURCES.decider.initial))
            id = UUID(int=chance.getrandbits(128), version=4)
            rows += [values for *_, values in encode_changes(list(RESOURCES.view(id, 1, state)))]
            if len(rows) == PIECE or number == count:
                await connection.execute("SELECT put_rows('resources', $1::jsonb[])", rows)
                rows = []
        await connection.execute("VACUUM (ANALYZE) resources")
    finally:
        await connection.close()


def searches(seed: int = 11) -> list[Search]:
    """Different ones, as people ask: rare words, frequent words, filters, and all of them at once."""
    chance = random.Random(seed)  # noqa: S311
    wanted = [Search(since=TODAY), Search(since=TODAY - timedelta(days=400)), Search(since=TODAY, text="в и на")]
    wanted += [Search(since=TODAY, text=place) for place in chance.sample(PLACES, 60)]
    wanted += [Search(since=TODAY, text=word) for word in ("урок", "учитель", "школа", "село", *SUBJECTS, *THEMES)]
    wanted += [Search(since=TODAY, text=f"{subject} {theme}") for subject, theme in itertools.product(SUBJECTS, THEMES)]
    wanted += [Search(since=TODAY, facets=some_facets(chance, chance.randint(1, 4))) for _ in range(60)]
    wanted += [
        Search(
            since=TODAY + timedelta(days=chance.randint(0, 300)),
            until=TODAY + timedelta(days=chance.randint(300, 400)),
            text=chance.choice((*SUBJECTS, *THEMES)),
            facets=some_facets(chance, chance.randint(1, 3)),
            after=(TODAY + timedelta(days=chance.randint(0, 200)), UUID(int=chance.getrandbits(128))),
        )
        for _ in range(80)
    ]
    return list(dict.fromkeys(wanted))


def some_facets(chance: random.Random, count: int) -> tuple[str, ...]:
    choices = {
        "kind": KINDS,
        "level": LEVELS,
        "forms": FORMS,
        "provider": PROVIDERS,
        "audience": AUDIENCES,
        "competencies": COMPETENCIES,
        "tags": TAGS,
        "track": TRACKS[3:],
    }
    return tuple(facet(name, chance.choice(choices[name])) for name in chance.sample(sorted(choices), count))


async def measure(url: str, rounds: int = 5, resources: int = RESOURCES_IN_ALL) -> AsyncIterator[Measurement]:
    """Over an empty database of its own. A search's first time counts too: its statement is prepared then."""
    await migrate(url, None, files("services.routes").joinpath("schema.sql").read_text())
    await populate(url, resources)
    store = PostgresStore(url, categories(), KeyRing(bytes(32)))
    await store.open()
    try:
        asked, took, hits = searches(), list[float](), 0
        for _ in range(rounds):
            for search in asked:
                started = time.perf_counter()
                hits += len(await found(store, search))
                took.append(1000 * (time.perf_counter() - started))
        assert hits > len(asked), "the searches find next to nothing"
    finally:
        await store.close()
    name = f"search of {resources:,} resources"
    yield Measurement(name=f"{name}, different ones asked", value=len(asked), unit="searches")
    yield Measurement(name=f"{name}, p50", value=percentile(took, 0.5), unit="ms")
    yield Measurement(name=f"{name}, p95", value=percentile(took, 0.95), unit="ms")
    yield Measurement(name=f"{name}, longest", value=max(took), unit="ms")
