"""`iom import`: schools and staff from a file, sent to people, with its progress; repeated until it is finished."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from deploy.running import described, interruptible
from deploy.say import Missing, say

LARGEST = 25_000_000
MOST_TRIES = 20
PAUSE = 3.0  # seconds before a service that is away is asked again
MOST_SHOWN = 50  # bad rows printed; the rest goes to --report
TEMPLATES = (".xlsx", ".csv")


class BrokenOff(Exception):
    """The service went away while it was writing: the same file, sent again, completes it."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where people is, and who asks."""

    url: str
    email: str
    password: str


def door() -> Door:
    """As the environment says, or the suite that `iom up` runs."""
    url = os.environ.get("IOM_PEOPLE_URL", "")
    email, password = os.environ.get("IOM_ADMIN_EMAIL", ""), os.environ.get("IOM_ADMIN_PASSWORD", "")
    if url and email and password:
        return Door(url.rstrip("/"), email, password)
    found = described()
    if found is None:
        raise Missing(
            "Nothing runs: start the suite with `iom up`, or name people in IOM_PEOPLE_URL and an administrator in "
            "IOM_ADMIN_EMAIL and IOM_ADMIN_PASSWORD."
        )
    who = found["administrator"]
    return Door(
        url.rstrip("/") or found["services"]["people"]["url"], email or who["email"], password or who["password"]
    )


def import_file(path: Path, *, letters: bool, check: bool, report: Path | None) -> int:
    """Exit status 0 only if every row is in; 1 when rows are wrong, which then are printed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Missing(f"The file cannot be read: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise Missing(f"The file has more than {LARGEST // 1_000_000} megabytes: split it.")
    interruptible()
    where = door()
    with httpx.Client(base_url=where.url, timeout=httpx.Timeout(600, connect=5), trust_env=False) as client:
        return _sent(client, where, content, {"letters": _flag(letters), "check": _flag(check)}, report)


def write_template(path: Path) -> int:
    if path.suffix not in TEMPLATES:
        raise Missing("A template is written as .xlsx or .csv.")
    where = door()
    with httpx.Client(base_url=where.url, timeout=30, trust_env=False) as client:
        answer = client.get(f"/imports/template{path.suffix}", headers=_signed_in(client, where))
    if not answer.is_success:
        raise Missing(f"people answered {answer.status_code}: iom status")
    path.write_bytes(answer.content)
    say(f"Template written: {path}")
    return 0


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _signed_in(client: httpx.Client, where: Door) -> dict[str, str]:
    try:
        answer = client.post("/sign-in", json={"email": where.email, "password": where.password})
    except httpx.TransportError as error:
        raise BrokenOff from error
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise Missing("people does not know this administrator: see IOM_ADMIN_EMAIL and IOM_ADMIN_PASSWORD.")
    if not answer.is_success:
        raise BrokenOff
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _sent(client: httpx.Client, where: Door, content: bytes, query: dict[str, str], report: Path | None) -> int:
    with _bar() as bar:
        task = bar.add_task("checking", total=None)
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return _tried(client, where, content, query, report, bar, task)
            except BrokenOff:
                if attempt == MOST_TRIES:
                    break
                bar.update(task, description="people is away, waiting")
                time.sleep(PAUSE)
    raise Missing("people did not finish the import. Nothing is lost: run the same command again to complete it.")


def _tried(
    client: httpx.Client, where: Door, content: bytes, query: dict[str, str], report: Path | None, bar: Bar, task: Any
) -> int:
    headers = _signed_in(client, where) | {"Idempotency-Key": str(uuid4())}
    bar.update(task, description="checking", total=None)
    try:
        with client.stream("POST", "/imports", params=query, content=content, headers=headers) as answer:
            if answer.is_success:
                return _followed(answer, bar, task)
            answer.read()
            return _refused(answer, report, bar)
    except httpx.TransportError as error:
        raise BrokenOff from error


def _followed(answer: httpx.Response, bar: Bar, task: Any) -> int:
    last: dict[str, Any] = {}
    for line in answer.iter_lines():
        last = json.loads(line)
        if "total" in last:
            bar.update(task, description="writing", completed=last["done"], total=last["total"])
    bar.stop()
    if "finished" in last:
        return _told(last["finished"])
    if "checked" in last and "application/json" in answer.headers["content-type"]:
        say("The file is good; nothing was written: " + ", ".join(f"{k} {v}" for k, v in last["checked"].items()))
        return 0
    raise BrokenOff


def _told(finished: dict[str, Any]) -> int:
    for name in ("organisations", "registered", "changed", "unchanged", "invited", "passed_over"):
        print(f"{name.replace('_', ' '):14} {finished[name]}")
    for each in finished["refused"]:
        print(f"refused: {each['file']} row {each['row']}: {each['detail']}")
    return 1 if finished["refused"] else 0


def _refused(answer: httpx.Response, report: Path | None, bar: Bar) -> int:
    bar.stop()
    if answer.status_code in (502, 503, 504):
        raise BrokenOff
    is_json = "json" in answer.headers.get("content-type", "")
    told: dict[str, Any] = answer.json() if is_json else {"title": answer.text[:200]}
    if "errors" not in told or "total" not in told:
        raise Missing(f"people answered {answer.status_code}: {told.get('title', '')} {told.get('detail', '')}".strip())
    say(f"{told['title']} {told['detail']}")
    _print_rows(told["errors"], told["total"])
    if report is not None:
        report.write_text(json.dumps(told["errors"], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        say(f"All of them: {report}")
    return 1


def _print_rows(errors: list[dict[str, Any]], total: int) -> None:
    table = Table("файл", "строка", "столбец", "что исправить")
    for each in errors[:MOST_SHOWN]:
        table.add_row(each["file"], str(each["row"] or ""), each["column"], each["detail"])
    Console().print(table)
    if total > MOST_SHOWN:
        say(f"These are the first {min(MOST_SHOWN, len(errors))} of {total}; --report FILE keeps more.")


@contextmanager
def _bar() -> Iterator[Bar]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        yield bar
