"""Slows down who guesses passwords: after so many failures an address must wait."""

from collections import OrderedDict
from collections.abc import Callable

FAILURES = 10
SECONDS = 15 * 60
REMEMBERED = 50_000


class Throttle:
    """Failures by key over the last quarter of an hour; it forgets the oldest keys first."""

    def __init__(self, clock: Callable[[], float], failures: int = FAILURES, seconds: float = SECONDS) -> None:
        self._clock = clock
        self._most = failures
        self._seconds = seconds
        self._failures: OrderedDict[bytes, list[float]] = OrderedDict()

    def waits(self, key: bytes) -> bool:
        return len(self._recent(key)) >= self._most

    def failed(self, key: bytes) -> None:
        self._failures[key] = [*self._recent(key), self._clock()]
        self._failures.move_to_end(key)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, key: bytes) -> None:
        self._failures.pop(key, None)

    def _recent(self, key: bytes) -> list[float]:
        since = self._clock() - self._seconds
        return [at for at in self._failures.get(key, ()) if at > since]
