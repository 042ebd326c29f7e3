"""What the visitor of the demonstration sees on the terminal."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from deploy.demo import texts
from deploy.demo.region import PASSWORD, Region, sample
from deploy.demo.walk import Walk, Walked
from deploy.suite import Suite

if TYPE_CHECKING:
    from deploy.demo.command import Report


def names() -> dict[str, str]:
    """How each person of the region is called, by short name."""
    return {
        person["key"]: f"{person['given_name']} {person['family_name']}, {person['position']}"
        for person in sample()["persons"]
    } | {"": texts.NOBODY}


class Screen:
    """Everything printed goes through here, so that it looks the same and the markup of others does nothing."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._names = names()

    @contextmanager
    def loading(self) -> Iterator[Callable[[int, int], None]]:
        """A bar that fills as the region is loaded."""
        region = sample()
        line = texts.LOADING.format(persons=len(region["persons"]), schools=len(region["schools"]))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(line, total=len(region["persons"]))
            yield lambda done, total: progress.update(task, completed=done, total=total)

    def following(self, walk: Walk) -> Iterator[Walked]:
        """Each step is told before it is taken, and marked when it held."""
        self._console.rule(texts.WALKING)
        last: list[str] = []

        def before(step: dict[str, Any]) -> None:
            last[:] = [f"{self._names[step['who']]}: {step['told']}"]

        try:
            for walked in walk.steps(before):
                self._console.print(f"[green]✓[/] {escape(last[0])} [dim]{walked.seconds:.2f} с[/]", soft_wrap=True)
                yield walked
        except Exception:
            self._console.print(f"[red]✗[/] {escape(last[0])}", soft_wrap=True)
            raise
        self._console.print(texts.HELD.format(count=len(walk.story["steps"])))

    def broke(self, why: str, suite: Suite) -> None:
        told = texts.BROKEN.format(why=why, folder=suite.folder / "log")
        self._console.print(f"[red]{escape(told)}[/]", soft_wrap=True)

    def stays(self) -> None:
        self._console.print(texts.STAYS)

    def timeline(self, facts: list[dict[str, Any]], region: Region) -> None:
        called = {str(id): self._names[key].partition(",")[0] for key, id in region.ids.items()}
        table = Table(*texts.COLUMNS, title=texts.TIMELINE)
        for fact in facts:
            at = datetime.fromisoformat(fact["at"]).astimezone().strftime("%H:%M:%S")
            who = called.get(str(fact["actor"]), texts.SYSTEM)
            table.add_row(str(fact["version"]), fact["clause"], escape(fact["title"]), escape(who), at)
        self._console.print(table)

    def results(self, suite: Suite, told: "Report", region: Region) -> None:
        out = self._console
        out.print(
            texts.CERTIFICATE.format(number=told.certificate["number"], path=told.certificate["pdf"]), soft_wrap=True
        )
        out.print(texts.VERIFY.format(url=told.certificate["verification"]), soft_wrap=True)
        self._mails(suite, told)
        counts = ", ".join(f"{name} {count}" for name, count in told.facts.items())
        out.print(texts.FACTS.format(counts=counts))
        out.print(texts.TOOK.format(**told.seconds))
        out.rule()
        out.print(texts.PORTAL.format(url=suite.url("portal")), style="bold")
        self._accounts(region)
        email, password = suite.secrets.admin_email, suite.secrets.admin_password
        out.print(texts.ADMINISTRATOR.format(email=email, password=escape(password)))

    def _mails(self, suite: Suite, told: "Report") -> None:
        self._console.print(texts.MAIL.format(count=len(told.mails), folder=suite.mail_folder), soft_wrap=True)
        table = Table(*texts.MAIL_COLUMNS)
        for (to, subject), count in Counter((mail["to"], mail["subject"]) for mail in told.mails).items():
            table.add_row(escape(to), escape(subject), str(count))
        self._console.print(table)

    def _accounts(self, region: Region) -> None:
        self._console.print(texts.ACCOUNTS.format(password=PASSWORD))
        table = Table(*texts.ACCOUNT_COLUMNS)
        for key in ("teacher", "tutor1", "coordinator1", "director1", "methodist", "municipality", "centre", "auditor"):
            table.add_row(region.emails[key], escape(self._names[key]))
        self._console.print(table)
