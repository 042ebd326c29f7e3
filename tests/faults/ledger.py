"""What an outsider knows: every request, what was answered to it, and what was never answered."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

ANSWERS = ("done", "refused", "stale", "reused", "unavailable", "failed")


@dataclass(slots=True, kw_only=True)
class Ask:
    """One wish of one client, asked once or, under the same key, again.

    `answers` are all the answers it got, in order. A wish is *acknowledged* when one of them was "done"; *refused* when
    a "no" was the last word; otherwise *unknown*: it may have been done or not, but not by halves.
    """

    mark: int
    key: UUID | None
    claim: UUID
    command: str
    values: dict[str, Any]
    expected: int | None = None
    must: str = ""  # the only right answer, where the client knows it
    tried: int = 0
    answers: list[tuple[str, Any]] = field(default_factory=list)
    asked_at: float = 0.0
    tries: list[tuple[float, float]] = field(default_factory=list)  # when it was asked, and the seconds until the end

    @property
    def stream(self) -> str:
        return f"claim-{self.claim}"

    @property
    def acknowledged(self) -> bool:
        return any(kind == "done" for kind, _ in self.answers)

    @property
    def refused(self) -> bool:
        """Every try was answered, and every answer was a no."""
        kinds = [kind for kind, _ in self.answers]
        return len(kinds) == self.tried > 0 and set(kinds) <= {"refused", "stale", "reused"}

    @property
    def unknown(self) -> bool:
        return self.tried > 0 and not self.acknowledged and not self.refused

    def request(self) -> dict[str, Any]:
        """The line that asks for it."""
        request = {"ask": self.mark, "claim": str(self.claim), "command": self.command, "with": self.values}
        if self.key is not None:
            request["key"] = str(self.key)
        if self.expected is not None:
            request["expected"] = self.expected
        return request


class Ledger:
    """All asks of a world's life, and what others have seen of it: the checkpoints that were heard of.

    `poison` counts the unreadable messages and `traps` are the marks of the notes that must end among the dead letters;
    `healed` are the traps that were given back to a reader who can take them. `reads` are the times of those who only
    looked: what they asked for, when, and the seconds until the end.
    """

    def __init__(self) -> None:
        self.asks: dict[int, Ask] = {}
        self.heads: dict[str, dict[int, str]] = {}  # service -> size -> note
        self.poison = 0
        self.healed: set[int] = set()
        self.reads: list[tuple[str, float, float]] = []
        self._marks = itertools.count(1)

    def mark(self) -> int:
        """A number that no other request has."""
        return next(self._marks)

    def ask(
        self,
        claim: UUID,
        command: str,
        values: dict[str, Any],
        *,
        expected: int | None = None,
        keyed: bool = True,
        must: str = "",
    ) -> Ask:
        """A new wish; its mark is put among the command's *values*. Nothing is sent yet."""
        mark = self.mark()
        ask = Ask(
            mark=mark,
            key=uuid4() if keyed else None,
            claim=claim,
            command=command,
            values={"mark": mark, **values},
            expected=expected,
            must=must,
        )
        self.asks[mark] = ask
        return ask

    def sent(self, ask: Ask) -> None:
        ask.tried += 1
        ask.asked_at = time.monotonic()

    def ended(self, ask: Ask) -> None:
        """The try is over, whether it was answered, broke off or was given up."""
        ask.tries.append((ask.asked_at, time.monotonic() - ask.asked_at))

    def answered(self, ask: Ask, answer: dict[str, Any]) -> None:
        kind = next(kind for kind in ANSWERS if kind in answer)
        ask.answers.append((kind, answer[kind]))

    def acknowledged(self) -> Iterator[Ask]:
        return (ask for ask in self.asks.values() if ask.acknowledged)

    def refused(self) -> Iterator[Ask]:
        return (ask for ask in self.asks.values() if ask.refused)

    def unknown(self) -> Iterator[Ask]:
        return (ask for ask in self.asks.values() if ask.unknown)

    @property
    def traps(self) -> set[int]:
        return {ask.mark for ask in self.asks.values() if ask.values.get("trap")} - self.healed

    def counts(self) -> dict[str, int]:
        return {
            "asked": sum(ask.tried > 0 for ask in self.asks.values()),
            "acknowledged": sum(1 for _ in self.acknowledged()),
            "refused": sum(1 for _ in self.refused()),
            "unknown": sum(1 for _ in self.unknown()),
        }
