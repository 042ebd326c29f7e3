"""The peers' own folder below .local: pinned versions, fetched once, touched by nothing else."""

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

from deploy.paths import ROOT, local
from deploy.say import Missing, say

LOCK = Path("bench/peers/requirements.lock")
PACKAGE = "@eventide/message-db@1.3.1"


def python() -> Path:
    """The Python for which eventsourcing is installed."""
    folder = local() / "peers" / "python"
    found, mark = folder / "bin" / "python", folder / "installed.lock"
    wanted = (ROOT / LOCK).read_text()
    if not mark.exists() or mark.read_text() != wanted:
        say("Installing eventsourcing for the comparison …")
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [found, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / LOCK],
            check=True,
            stdout=sys.stderr,
        )
        mark.write_text(wanted)
    return found


def message_db() -> Path:
    """The unpacked npm package."""
    folder = local() / "peers" / PACKAGE.rpartition("@")[2]
    if not (folder / "package").exists():
        say(f"Fetching {PACKAGE} for the comparison …")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            packed = subprocess.run(
                ["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True
            )
        except FileNotFoundError:
            raise Missing(
                "npm is needed to fetch message-db: install Node.js, or leave this peer out by --only"
            ) from None
        with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
            archive.extractall(folder, filter="data")
    return folder / "package"
