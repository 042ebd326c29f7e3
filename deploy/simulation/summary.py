"""What a simulated year was, for a person and for a program."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.simulation.shares import Shares
from deploy.simulation.tally import Tally

MOST_TOLD = 10  # surprises and broken laws in words on the terminal; the report has all
OUTCOMES = (
    *("achieved", "partly", "not_achieved", "certificate", "no_certificate"),
    *("improved", "no_reliable_change", "dynamics_declined", "not_comparable"),
    *("offer_accepted", "offer_declined", "conclusion_returned", "withdrawn", "declined"),
)


def report(tally: Tally, shares: Shares, about: dict[str, Any]) -> dict[str, Any]:
    """Everything, for a program."""
    return {
        "ok": tally.well,
        **about,
        "digest": tally.digest,
        "routes": [{"status": status, "stage": stage, "routes": n} for (status, stage), n in ordered(tally.routes)],
        "outcomes": {name: tally.lives[name] for name in OUTCOMES},
        "lives": dict(sorted(tally.lives.items())),
        "shares": observed(tally, shares),
        "refusals": dict(sorted(tally.meant.items())),
        "facts": dict(sorted(tally.facts.items())),
        "surprises": tally.surprises,
        "broken": tally.broken,
    }


def observed(tally: Tally, shares: Shares) -> dict[str, dict[str, float]]:
    """Of the shares that show in the facts: the wanted and the found one, and of how many."""
    return {
        name: {
            "wanted": share.share,
            "found": round(tally.lives[share.seen] / tally.lives[share.of], 4) if tally.lives[share.of] else 0.0,
            "of": tally.lives[share.of],
        }
        for name, share in shares.shares.items()
        if share.seen
    }


def write(told: dict[str, Any], file: Path) -> None:
    file.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def ordered(routes: Counter[tuple[str, int]]) -> list[tuple[tuple[str, int], int]]:
    return sorted(routes.items(), key=lambda each: (each[0][1], each[0][0]))


def show(told: dict[str, Any], console: Console) -> None:
    routes = [(each["status"], each["stage"], each["routes"]) for each in told["routes"]]
    console.print(table("Routes at the end", ("status", "stage", "routes"), routes))
    console.print(table("Outcomes", ("outcome", "routes"), list(told["outcomes"].items())))
    rows = [
        (name, f"{each['wanted']:.2f}", f"{each['found']:.2f}", each["of"]) for name, each in told["shares"].items()
    ]
    console.print(table("Shares", ("share", "wanted", "found", "of"), rows))
    console.print(table("Refusals that lives provoked", ("rule", "times"), most(told["refusals"])))
    console.print(table("Facts", ("kind", "facts"), most(told["facts"])))
    for what in ("surprises", "broken"):
        for line in told[what][:MOST_TOLD]:
            console.print(f"{what}: {line}", style="red", markup=False, soft_wrap=True)
    facts = sum(told["facts"].values())
    rate = round(facts / told["seconds"]) if told["seconds"] else 0
    verdict = (
        "every law holds" if told["ok"] else f"{len(told['surprises'])} surprises, {len(told['broken'])} broken laws"
    )
    console.print(f"{facts:,} facts in {told['seconds']:.1f} s ({rate:,} facts/s); {verdict}", soft_wrap=True)
    console.print(f"digest of all facts: {told['digest']}", soft_wrap=True)


def most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def table(title: str, heads: tuple[str, ...], rows: list[Any]) -> Table:
    made = Table(title=title, title_justify="left")
    for n, head in enumerate(heads):
        made.add_column(head, justify="right" if n else "left")
    for row in rows:
        made.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    return made
