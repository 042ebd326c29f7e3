"""Given, when, then: the only vocabulary domain tests may use."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from shared.domain import Decider, Refusal


@dataclass(frozen=True)
class Story:
    """One example of a decider's behaviour, told in its facts and commands."""

    decider: Decider[Any, Any, Any]
    past: tuple[Any, ...] = ()
    command: Any = None

    def given(self, *facts: Any) -> "Story":
        return replace(self, past=self.past + facts)

    def when(self, command: Any) -> "Story":
        return replace(self, command=command)

    def then(self, *expected: Any) -> None:
        assert self._outcome() == list(expected)

    def refused(self, rule: type[Refusal]) -> None:
        with pytest.raises(Refusal) as caught:
            self._outcome()
        assert type(caught.value) is rule

    def _outcome(self) -> list[Any]:
        return self.decider.decide(self.command, self.decider.fold(self.past))
