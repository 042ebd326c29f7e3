"""`iom up`, `down` and `status`: the suite in the background, with its data kept."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from deploy.lock import Lock
from deploy.paths import ROOT, local
from deploy.say import Missing, say
from deploy.suite import Suite, is_ready


def _lock() -> Lock:
    return Lock(local() / "run.lock")


def described() -> dict[str, Any] | None:
    """What `.local/run.json` says, when the suite it describes runs and is ready."""
    path = local() / "run.json"
    if _lock().holder(alive=True) is None or not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text())
    return found if found["state"] == "running" else None


def interruptible() -> None:
    """A polite request to end counts as Ctrl-C, so that every way out passes the same clean-up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


def serve(republishing: bool = False) -> int:
    """The suite in the foreground, until it is asked to end."""
    interruptible()
    suite = Suite(local(), prefix=os.environ.get("IOM_DATABASE_PREFIX", "iom"), republishing=republishing)
    suite.start()
    try:
        suite.wait_until_ready()
        say("Ready.")
        while True:
            signal.pause()
    except KeyboardInterrupt:
        say("Ending the services, then their servers")
    finally:
        suite.stop()
    return 0


def up(republishing: bool = False) -> int:
    """The suite in the background; returns when every service is ready."""
    if _lock().holder(alive=True) is not None:
        return _already(described())
    log = local() / "log" / "runner.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        runner = subprocess.Popen(  # noqa: S603 - our own argument list
            [sys.executable, "-m", "deploy.cli", "serve", *(["--republish"] if republishing else [])],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            start_new_session=True,
        )
    if not _follow(runner, log):
        return 1
    found = described()
    if found is not None:
        tell(found)
    return 0


def _follow(runner: "subprocess.Popen[bytes]", log: Path) -> bool:
    """Pass on what the background process says until it is ready or has ended."""
    with log.open() as said:
        try:
            while True:
                ended = runner.poll() is not None
                for line in said.read().splitlines():
                    if line == "Ready.":
                        runner.returncode = 0  # it goes on without us: nobody waits for it any more
                        return True
                    say(line)
                if ended:
                    return False
                time.sleep(0.1)
        except KeyboardInterrupt:
            runner.terminate()
            runner.wait()
            raise


def _already(found: dict[str, Any] | None) -> int:
    if found is None:
        say("The suite is being started or ended by another process.")
        return 1
    say("The suite runs already:")
    tell(found)
    return 0


def tell(found: dict[str, Any]) -> None:
    """Addresses, for a person."""
    for name, service in found["services"].items():
        print(f"{name:14} {service['url']}")
    print(f"{'mail':14} {found['mail']['folder']}")
    print(f"{'administrator':14} {found['administrator']['email']}  {found['administrator']['password']}")
    print(f"All addresses: {local() / 'run.json'}")


def down(seconds: float = 60) -> int:
    holder = _lock().holder(alive=True)
    if holder is None:
        say("Nothing runs.")
        return 0
    say("Ending the suite; its data stays")
    os.kill(holder, signal.SIGTERM)
    until = time.monotonic() + seconds
    while _lock().holder() == holder:
        if time.monotonic() > until:
            raise Missing(f"Process {holder} did not end within {seconds:.0f} s: see {local() / 'log'}")
        time.sleep(0.05)
    return 0


def status() -> int:
    """Exit status 0 only if every service is ready."""
    found = described()
    if found is None:
        say("Nothing runs." if _lock().holder(alive=True) is None else "The suite is being started or ended.")
        return 1
    well = True
    for name, service in found["services"].items():
        ready = is_ready(service["url"])
        well = well and ready
        print(f"{name:14} {'ready' if ready else 'NOT READY':10} {service['url']}  process {service['pid']}")
    return 0 if well else 1
