"""Nothing that is started outlives whoever started it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from deploy.paths import ROOT
from deploy.servers.process import Program
from deploy.supervise import Supervisor
from tests.deploy.waiting import alive, survivors, until

# A program that leaves a daemon in a session of its own, as RabbitMQ leaves epmd.
DAEMONISING = "setsid sleep 600 & echo $! > daemon; echo $$ > main; exec sleep 600"

PARENT = """
import sys, time
from pathlib import Path
from deploy.servers.process import Program
folder = Path(sys.argv[1])
Program("sleeper", ["/bin/sh", "-c", sys.argv[2]], folder / "log", {"PATH": "/usr/bin:/bin"}, folder=folder).start()
print("started", flush=True)
time.sleep(600)
"""


def pids(folder: Path) -> list[int]:
    files = [folder / "daemon", folder / "main"]
    until(lambda: all(file.exists() and file.read_text().strip() for file in files))
    return [int(file.read_text()) for file in files]


def test_stop_ends_the_program_and_what_it_left_behind(tmp_path: Path) -> None:
    program = Program("sleeper", ["/bin/sh", "-c", DAEMONISING], tmp_path / "log", dict(os.environ), folder=tmp_path)
    program.start()
    started = pids(tmp_path)
    assert program.pid in started
    assert all(map(alive, started))
    program.stop()
    assert survivors(started) == []


def test_all_ends_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), DAEMONISING], cwd=ROOT, stdout=subprocess.PIPE
    )
    with parent:
        started = pids(tmp_path)
        assert all(map(alive, started))
        parent.kill()
    assert survivors(started) == []


def test_a_program_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    stubborn = "trap '' TERM; echo $$ > main; while :; do sleep 0.1; done"
    program = Program(
        "stubborn", ["/bin/sh", "-c", stubborn], tmp_path / "log", dict(os.environ), grace=0.2, folder=tmp_path
    )
    program.start()
    until(lambda: (tmp_path / "main").exists())
    pid = program.pid
    program.stop()
    assert not alive(pid)


def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    program = Program("sleeper", ["/bin/sleep", "600"], tmp_path / "log", dict(os.environ))
    program.start()
    supervisor = Supervisor()
    supervisor.add(program)
    supervisor.begin()
    try:
        first = program.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: supervisor.restarts["sleeper"] == 1 and program.running)
        assert program.pid != first
    finally:
        supervisor.end()
        program.stop()


def test_one_that_always_ends_is_called_hopeless(tmp_path: Path) -> None:
    program = Program("failing", ["/bin/sh", "-c", "echo no; exit 3"], tmp_path / "log", dict(os.environ))
    program.start()
    supervisor = Supervisor()
    supervisor.add(program)
    supervisor.begin()
    try:
        until(lambda: supervisor.hopeless(program))
    finally:
        supervisor.end()
        program.stop()
    assert program.last_words(1) == "no"
