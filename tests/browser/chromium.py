"""Where a Chromium is on this machine; none is ever downloaded."""

import os
import shutil
from typing import Final

NAMED: Final = "IOM_CHROMIUM"
KNOWN: Final = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
NEXT_STEP: Final = f"install the distribution's package chromium, or set {NAMED} to a Chromium's path"
# The pages are to need nothing from outside, so the browser itself asks for nothing either; a name that is not
# loopback's is found nowhere, even where a redirect leads to it unseen by the tests.
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def found() -> str | None:
    """The program; a name given in the environment is taken or nothing is."""
    named = os.environ.get(NAMED)
    return next(filter(None, map(shutil.which, [named] if named else KNOWN)), None)


def lacking() -> str:
    named = os.environ.get(NAMED)
    return f"{NAMED} names no program ({named}): {NEXT_STEP}" if named else f"no Chromium was found: {NEXT_STEP}"
