"""`iom demo`: a suite of its own in `.local/demo`, the sample region, one route walked, everything shown."""

import asyncio
import json
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from deploy.demo.client import Person, Refused, TooLate
from deploy.demo.lives import lived
from deploy.demo.region import Region, load
from deploy.demo.show import Screen
from deploy.demo.walk import Broken, Walk, gather, timeline
from deploy.lock import Lock
from deploy.mail import caught
from deploy.paths import local
from deploy.running import interruptible
from deploy.say import Missing
from deploy.secrets import STORING
from deploy.suite import Suite

KEPT = ("run.lock",)
TROUBLES = (Broken, Refused, TooLate, httpx.HTTPError)


@dataclass(slots=True)
class Report:
    """What happened, for programs: written as JSON."""

    ok: bool = False
    broken: str = ""
    route_id: str = ""
    certificate: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    lives: dict[str, int] = field(default_factory=dict)  # facts of the other teachers' lives, by their kinds
    mails: list[dict[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        told = {name: getattr(self, name) for name in self.__slots__}
        path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def demo(*, once: bool, report: Path | None, lives: int = 0) -> int:
    """Exit status 0 only if every step held; without `once` it stays up until Ctrl-C.

    *lives* is how many other teachers live a simulated year behind the walk, so that the lists are not empty.
    """
    interruptible()
    screen, told, began = Screen(), Report(), time.monotonic()
    try:
        with fresh_suite(local() / "demo") as suite:
            _played(suite, screen, told, began, lives)
            if report:
                told.write(report)
            if told.ok and not once:
                screen.stays()
                while True:
                    signal.pause()
    except KeyboardInterrupt:
        pass
    return 0 if told.ok else 1


@contextmanager
def fresh_suite(folder: Path) -> Iterator[Suite]:
    """Nothing of an earlier demonstration is there at the start, and nothing runs on after the end."""
    _empty(folder)
    suite = Suite(folder, lasting=False, prefix=f"iom_demo_{uuid4().hex[:8]}", dropping=True)
    suite.start()
    try:
        yield suite
    finally:
        suite.stop()


def _empty(folder: Path) -> None:
    lock = Lock(folder / "run.lock")
    if not lock.take_within(30):
        raise Missing(f"The demonstration runs already, as process {lock.holder()}.")
    try:
        for path in folder.iterdir():
            if path.name not in KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    finally:
        lock.release()


def _played(suite: Suite, screen: Screen, told: Report, began: float, lives: int) -> None:
    suite.wait_until_ready()
    told.services = {name: suite.url(name) for name in suite.names}
    told.seconds["ready"] = round(time.monotonic() - began, 3)
    with httpx.Client(timeout=15, trust_env=False) as http:
        try:
            _walked(suite, screen, told, http, lives)
            told.ok = True
        except TROUBLES as trouble:
            told.broken = str(trouble)
            screen.broke(told.broken, suite)


def _walked(suite: Suite, screen: Screen, told: Report, http: httpx.Client, lives: int) -> None:
    began = time.monotonic()
    region = _loaded(suite, screen, told.services, http)
    told.seconds["region"] = round(time.monotonic() - began, 3)
    walk = gather(told.services, http, region)
    began = time.monotonic()
    for walked in screen.following(walk):
        told.steps.append({"who": walked.step["who"], "told": walked.step["told"], "seconds": round(walked.seconds, 3)})
    told.seconds["walk"] = round(time.monotonic() - began, 3)
    if lives:
        told.lives = dict(lived(suite, told.services, lives).facts)
    _noted(suite, told, walk)
    screen.timeline(timeline(walk), region)
    screen.results(suite, told, region)


def _loaded(suite: Suite, screen: Screen, services: dict[str, str], http: httpx.Client) -> Region:
    administrator = Person(services, http).sign_in(suite.secrets.admin_email, suite.secrets.admin_password)
    with screen.loading() as done:
        return load(administrator, done)


def _noted(suite: Suite, told: Report, walk: Walk) -> None:
    pdf = suite.folder / f"certificate-{walk.certificate['number']}.pdf"
    pdf.write_bytes(walk.pdf)
    told.route_id = walk.route
    told.certificate = {
        "number": walk.certificate["number"],
        "pdf": str(pdf),
        "verification": walk.certificate["verification"],
    }
    told.mails = [{"to": str(mail["To"]), "subject": str(mail["Subject"])} for mail in caught(suite.mail_folder)]
    told.facts = asyncio.run(_facts(suite))


async def _facts(suite: Suite) -> dict[str, int]:
    found = {}
    for name in STORING:
        connection = await asyncpg.connect(suite.databases.admin_url(name), timeout=10)
        try:
            found[name] = int(await connection.fetchval("SELECT count(*) FROM facts"))
        finally:
            await connection.close(timeout=10)
    return found
