"""Slows down who guesses passwords: after so many tries they must wait."""

from collections import OrderedDict
from collections.abc import Callable

SECONDS = 15 * 60
REMEMBERED = 50_000


class Throttle:
    """Tries by key over the last quarter of an hour; beyond 50 000 keys it forgets those not tried for longest.

    A try counts before it is judged, or many at once would all pass. *clock* gives seconds.
    """

    def __init__(self, clock: Callable[[], float], most: int, seconds: float = SECONDS) -> None:
        self._clock = clock
        self._most = most
        self._seconds = seconds
        self._tries: OrderedDict[bytes, list[float]] = OrderedDict()

    def allows(self, key: bytes) -> bool:
        """Whether one more try is allowed; if so, it is counted."""
        now = self._clock()
        recent = [at for at in self._tries.get(key, ()) if at > now - self._seconds]
        if len(recent) >= self._most:
            return False
        self._tries[key] = [*recent, now]
        self._tries.move_to_end(key)
        while len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return True

    def forgive(self, key: bytes) -> None:
        """Forget this key's tries: the last one was right."""
        self._tries.pop(key, None)

    def undo(self, key: bytes) -> None:
        """Forget this key's last try only."""
        if tries := self._tries.get(key):
            tries.pop()
