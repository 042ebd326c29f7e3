"""Starts again what ended without being asked to: a killed service, broker or database."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

from deploy.say import say
from deploy.servers.process import Program

RAPID_SECONDS, RAPID_TIMES = 20.0, 5


class Supervisor:
    """Watches programs in a thread of its own between begin() and end()."""

    def __init__(self, on_restart: Callable[[], None] = lambda: None) -> None:
        self._programs: list[Program] = []
        self._ended: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RAPID_TIMES))
        self._due: dict[str, float] = {}
        self._on_restart = on_restart
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.restarts: dict[str, int] = defaultdict(int)

    def add(self, program: Program) -> None:
        self._programs.append(program)

    def begin(self) -> None:
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def hopeless(self, program: Program) -> bool:
        """It ended several times within seconds: another start will not help."""
        times = self._ended[program.name]
        return len(times) == RAPID_TIMES and time.monotonic() - times[0] < RAPID_SECONDS

    def _watch(self) -> None:
        while not self._stopping.wait(0.1):
            for program in self._programs:
                if not program.running:
                    self._restart_when_due(program)

    def _restart_when_due(self, program: Program) -> None:
        now = time.monotonic()
        if program.name not in self._due:
            times = self._ended[program.name]
            times.append(now)
            rapid = sum(1 for at in times if now - at < RAPID_SECONDS)
            self._due[program.name] = now + min(5.0, 0.1 * 2**rapid)
            say(f"{program.name} ended (status {program.code}): starting it again")
        if now >= self._due[program.name]:
            del self._due[program.name]
            program.start()
            self.restarts[program.name] += 1
            self._on_restart()
