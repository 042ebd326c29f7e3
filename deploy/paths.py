"""Where the project and its private data lie on this machine."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def local() -> Path:
    """The folder of everything private to this checkout; IOM_LOCAL moves it."""
    folder = Path(os.environ.get("IOM_LOCAL") or ROOT / ".local")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def elsewhere(base: Path, label: str) -> Path:
    """A folder outside the project, always the same for one base and user.

    Needed where a server cannot use the project's own place: another user may not enter it, or its path has spaces.
    """
    roomy = Path(os.environ.get("TMPDIR") or "/var/tmp")  # noqa: S108 - owner and mode are checked below
    parent = roomy if roomy.is_dir() and os.access(roomy, os.W_OK) else Path(tempfile.gettempdir())
    digest = hashlib.sha256(os.fsencode(base.resolve())).hexdigest()[:12]
    folder = parent / f"iom-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else: remove it or set TMPDIR")
    folder.chmod(0o711)
    return folder / label
