"""`iom rebuild` and `iom reconcile`: a service's read models made anew from its facts, or compared with them."""

import asyncio
import importlib
import json
import os
from collections import Counter
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from deploy.databases import Databases
from deploy.paths import local
from deploy.running import described, interruptible
from deploy.say import Missing, say
from deploy.secrets import STORING, kept_secrets
from deploy.servers.postgres import Postgres
from shared.rebuild import (
    Busy,
    Difference,
    KeyMissing,
    NotRebuildable,
    Progress,
    SchemaChanged,
    Source,
    WorkerFailed,
    rebuild,
    reconcile,
)
from shared.store import LogBroken


def rebuild_service(service: str, workers: int) -> int:
    """Exit status 0 when the new tables are in place."""
    source = source_of(service)
    return _run(_rebuild(service, source, workers))


def reconcile_service(service: str) -> int:
    """Exit status 1 when a row differs; each is a line of the output."""
    source = source_of(service)
    return _run(_reconcile(service, source))


def source_of(service: str) -> Source:
    """Where the service's facts are: as the environment says, as it is told to the service, or in the running suite."""
    if service not in STORING:
        raise Missing(f"No service {service} keeps facts; these do: {', '.join(STORING)}")
    categories = importlib.import_module(f"services.{service}.categories").categories
    url = os.environ.get("IOM_OWNER_URL") or os.environ.get("IOM_DATABASE_URL", "")
    key = os.environ.get("IOM_MASTER_KEY", "")
    if not url:
        found = described()
        if found is None:
            raise Missing(
                "Nothing runs: start the suite with `iom up`, or name the database in IOM_OWNER_URL (of the role that "
                "owns its tables) and the key of personal texts in IOM_MASTER_KEY."
            )
        secrets = kept_secrets(local())
        server = Postgres(url=str(found["postgres"]["url"]), way="address")
        url = Databases(server, secrets, os.environ.get("IOM_DATABASE_PREFIX", "iom")).owner_url(service)
        key = key or secrets.master_key[service]
    try:
        return Source(url=url, categories=categories, master_key=bytes.fromhex(key) if key else None)
    except ValueError:
        raise Missing("IOM_MASTER_KEY must be 32 bytes in hexadecimal.") from None


def _run(work: Coroutine[Any, Any, int]) -> int:
    interruptible()
    try:
        return asyncio.run(work)
    except (Busy, SchemaChanged) as fault:
        raise Missing(f"{_begun(fault)}.") from fault
    except NotRebuildable as fault:
        raise Missing(f"{_begun(fault)}. Nothing was touched.") from fault
    except KeyMissing as fault:
        raise Missing(f"{_begun(fault)} in IOM_MASTER_KEY. Nothing was touched.") from fault
    except LogBroken as fault:
        raise Missing(
            f"{_begun(fault)}. Nothing was touched: is this code older than the log, or the address another service's?"
        ) from fault
    except (WorkerFailed, ValueError) as fault:
        raise Missing(f"{_begun(fault)}. Nothing was touched: mend that and run it again.") from fault
    except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidAuthorizationSpecificationError) as fault:
        raise Missing(
            f"The database refuses: {fault}. IOM_OWNER_URL must name the role that owns the database and its tables."
        ) from fault
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError) as fault:  # words may quote the address
        raise Missing(
            f"The database does not answer ({type(fault).__name__}): see `iom status`, then run it again. "
            "What was begun is cleared by the next run."
        ) from fault
    except asyncpg.PostgresError as fault:
        raise Missing(f"The database refuses: {fault}. The live tables are as they were.") from fault


def _begun(fault: Exception) -> str:
    words = str(fault)
    return words[:1].upper() + words[1:]


async def _rebuild(service: str, source: Source, workers: int) -> int:
    with Painter(f"{service}: rebuild") as painter:
        done = await rebuild(source, workers=workers, tell=painter.tell)
    print(f"{service}: {len(done.tables)} tables made anew: {', '.join(done.tables)}")
    print(
        f"{done.facts:,} facts of {done.streams:,} streams in {done.seconds:.1f} s "
        f"({_rate(done):,} facts/s); {done.caught_up:,} streams caught up with; "
        f"writers waited for at most {done.locked_seconds:.2f} s"
    )
    return 0


async def _reconcile(service: str, source: Source) -> int:
    found: Counter[str] = Counter()
    with Painter(f"{service}: reconcile") as painter:
        async with aclosing(reconcile(source, tell=painter.tell)) as differences:
            async for difference in differences:
                found[difference.kind] += 1
                painter.print(told(difference))
    done = painter.last
    if not found:
        print(f"{service}: {len(done.tables)} tables are what {done.facts:,} facts say, row by row")
        return 0
    counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.items()))
    mending = (
        "Code must change: several streams show one row." if found["twice"] else f"iom rebuild {service} mends it."
    )
    say(f"{found.total():,} rows differ ({counts}). {mending}")
    return 1


def told(difference: Difference) -> str:
    """One line: table, what is wrong, which row, what it was folded from, and live values against folded ones."""
    key = " ".join(f"{name}={_plain(value)}" for name, value in difference.key.items())
    streams = f"  of {' '.join(map(_plain, difference.streams))}" if difference.streams else ""
    columns = "; ".join(
        name if (live, folded) == (None, None) else f"{name}: {_plain(live)}, facts say {_plain(folded)}"
        for name, (live, folded) in difference.columns.items()
    )
    return f"{difference.table}  {difference.kind}  {key}{streams}{'  ' if columns else ''}{columns}"


def _plain(value: object) -> str:
    """A value on one line; what a terminal could take for a command is shown escaped."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _rate(progress: Progress) -> int:
    return round(progress.facts / progress.seconds) if progress.seconds else 0


class Painter:
    """A bar on a terminal; elsewhere one line for each stage. Both on stderr."""

    def __init__(self, title: str) -> None:
        self.last = Progress()
        self._title = title
        self._stage = ""
        console = Console(stderr=True)
        self._terminal = console.is_terminal
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("facts · {task.fields[more]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not self._terminal,
            redirect_stdout=False,  # what is meant for a pipe stays in it
        )
        self._task = self._bar.add_task(title, total=None, more="")

    def __enter__(self) -> "Painter":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def print(self, line: str) -> None:
        """A line of the output; the bar makes way for it."""
        self._bar.stop()
        print(line, flush=True)

    def tell(self, progress: Progress) -> None:
        self.last = progress
        more = f"{_rate(progress):,}/s · {progress.caught_up:,} streams caught up"
        if progress.locked_seconds:
            more += f" · writers waited {progress.locked_seconds:.2f} s"
        self._bar.update(
            self._task,
            description=f"{self._title}: {progress.stage}",
            completed=progress.facts,
            total=progress.total or None,
            more=more,
        )
        if not self._terminal and progress.stage != self._stage:
            say(f"{self._title}: {progress.stage}")
        self._stage = progress.stage
