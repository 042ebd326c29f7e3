"""Each bench once, as small as it can be: that it runs, and that what it gives can be kept and compared."""

import math
from collections import Counter
from collections.abc import Iterable

import pytest

from bench import consumer, effect, growth, importing, navigator, rebuild, relay, replay
from bench.__main__ import BENCHES, Bench, Ground, in_store
from bench.report import Measurement
from deploy.servers.postgres import Postgres

SMALL: dict[str, Bench] = {
    "append": BENCHES["append"],
    "sequencer": BENCHES["sequencer"],
    "growth": lambda g: growth.measure(g.database.url, g.rounds, g.seconds, few=100, many=1_000),
    "replay": in_store(lambda url, g: replay.measure(url, g.rounds, count=10)),
    "rebuild": in_store(lambda url, g: rebuild.measure(url, g.rounds, teachers=33, calm_seconds=g.seconds)),
    "import": in_store(lambda url, g: importing.measure(url, g.broker, persons=200, schools=3)),
    "navigator": in_store(lambda url, g: navigator.measure(url, g.rounds, resources=1_000)),
    "relay": lambda g: relay.measure(g.database.url, g.broker, g.rounds, messages=100, streams=50),
    "consumer": lambda g: consumer.measure(g.database.url, g.broker, g.rounds, messages=100),
    "effect": lambda g: effect.measure(
        g.database.url, g.broker, g.seconds, speeds=(), sustained=(100, 3 * g.seconds), warming=g.seconds
    ),
}
LONG = {"rebuild", "import"}  # services of their own must start; what they measure has its own tests
MAY_BE_NOTHING = {"most facts without a position beside a sequencer"}


def test_no_bench_is_forgotten():
    assert SMALL.keys() == BENCHES.keys()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if name in LONG else name for name in SMALL]
)
async def test_a_bench_gives_figures_with_names_and_units(name: str, postgres_server: Postgres, amqp_url: str):
    ground = Ground(database=postgres_server, broker=amqp_url, rounds=1, seconds=0.1)

    found = [measurement async for measurement in SMALL[name](ground)]

    assert found
    assert [one for one in found if not sound(one)] == []
    assert repeated((one.name, one.against) for one in found) == []


def sound(one: Measurement) -> bool:
    values = [one.value, *([one.ratio.min, one.ratio.median, one.ratio.max] if one.ratio else [])]
    least = 0 if one.name in MAY_BE_NOTHING else math.ulp(0)
    compared = (one.against is None) == (one.ratio is None) and (one.ratio is None or one.ratio.rounds == 1)
    return bool(one.name and one.unit) and compared and all(math.isfinite(v) and v >= least for v in values)


def repeated(keys: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Of two lines with one name, the second would take the first one's place."""
    return [key for key, times in Counter(keys).items() if times > 1]
