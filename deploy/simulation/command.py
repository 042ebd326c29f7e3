"""`iom simulate`: a year of a region decided, counted and checked; kept in a database, or walked through a suite."""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from deploy.running import described, interruptible
from deploy.say import Missing, say
from deploy.simulation import filling, live, summary
from deploy.simulation.run import Watch, tell
from deploy.simulation.shares import FILE, read_shares
from deploy.simulation.tally import Tally
from deploy.simulation.year import Wish
from shared.settings import KEY_BYTES
from shared.store.connect import ANY_FAULT
from shared.store.types import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says."""

    wish: Wish
    workers: int
    into: str
    through_api: bool
    concurrency: int
    report: Path | None


def wanted(given: argparse.Namespace) -> Wanted:
    if not 1 <= given.schools <= given.teachers or given.months < 1 or given.seed < 0:
        raise Missing("A region has at least one school, a teacher for each, a month of time and a seed of 0 or more.")
    if given.report and not given.report.absolute().parent.is_dir():
        raise Missing(f"There is no folder for {given.report}.")
    try:
        shares = read_shares(given.shares or FILE)
    except (ValueError, OSError) as fault:
        raise Missing(str(fault)) from fault
    wish = Wish(seed=given.seed, schools=given.schools, teachers=given.teachers, months=given.months, shares=shares)
    return Wanted(
        wish=wish,
        workers=min(given.workers, given.schools),
        into=given.into,
        through_api=given.through_api,
        concurrency=given.concurrency,
        report=given.report,
    )


def simulate(given: argparse.Namespace) -> int:
    interruptible()
    want = wanted(given)
    began = time.monotonic()
    tally = through_api(want) if want.through_api else decided(want)
    wish = want.wish
    about = {
        "seed": wish.seed,
        "schools": wish.schools,
        "teachers": wish.teachers,
        "months": wish.months,
        "through_api": want.through_api,
        "seconds": round(time.monotonic() - began, 3),
    }
    told = summary.report(tally, wish.shares, about)
    summary.show(told, Console(highlight=False))
    if want.report:
        summary.write(told, want.report)
    return 0 if tally.well else 1


def decided(want: Wanted) -> Tally:
    with bar(want.wish.schools, "schools") as progress:
        if not want.into:
            return tell(want.wish, want.workers, progress)
        try:
            return filled(want, progress)
        except filling.NotEmpty:
            raise Missing("The database has facts already: name an empty one.") from None
        except (*ANY_FAULT, StoreUnavailable) as fault:
            raise Missing(f"The database refuses or does not answer ({type(fault).__name__}).") from fault


def filled(want: Wanted, progress: Watch) -> Tally:
    try:
        key = bytes.fromhex(os.environ.get("IOM_MASTER_KEY", ""))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Missing("IOM_MASTER_KEY must be 32 bytes in hexadecimal: the key of the database's personal texts.")
    return filling.fill(want.wish, want.into, key, want.workers, progress)


def through_api(want: Wanted) -> Tally:
    found = described()
    if found is None:
        raise Missing("Nothing runs: start the suite with `iom up`.")
    services = {name: str(service["url"]) for name, service in found["services"].items()}
    administrator, region = found["administrator"], want.wish.region
    with live.connected(services, want.concurrency) as suite:
        try:
            suite.sign_in(str(administrator["email"]), str(administrator["password"]))
            with bar(len(region.whole()["persons"]), "persons") as progress:
                region = live.register(suite, region, lambda done, _: progress(done, Tally()))
            with bar(want.wish.teachers, "teachers") as progress:
                return live.walk(suite, region, progress)
        except live.TROUBLES as trouble:
            raise Missing(f"The region could not be registered: {trouble}") from trouble


@contextmanager
def bar(total: int, unit: str) -> Iterator[Watch]:
    """A bar on a terminal; elsewhere one line for each tenth. Both on stderr."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[facts]:,} facts"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(unit, total=total, facts=0)

        def told(done: int, so_far: Tally) -> None:
            facts = so_far.facts.total()
            progress.update(task, completed=done, facts=facts)
            if not console.is_terminal and done * 10 // total > (done - 1) * 10 // total:
                say(f"{done} of {total} {unit}, {facts:,} facts")

        yield told
