"""The suite's own secrets: made once, kept in one file that only its owner reads."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

SERVICES = ("people", "routes", "diagnostics", "certificates", "notifications", "portal")
STORING = SERVICES[:-1]  # the portal keeps nothing


def _random(names: tuple[str, ...]) -> dict[str, str]:
    return {name: secrets.token_hex(32) for name in names}


@dataclass(slots=True)
class Secrets:
    """One value per service, 64 hexadecimal digits each: a password or a key of 32 bytes."""

    database: dict[str, str] = field(default_factory=lambda: _random(STORING))
    owner: dict[str, str] = field(default_factory=lambda: _random(STORING))
    master_key: dict[str, str] = field(default_factory=lambda: _random(SERVICES))
    signing_key: dict[str, str] = field(default_factory=lambda: _random(SERVICES))
    service: dict[str, str] = field(default_factory=lambda: _random(SERVICES))
    admin_email: str = "administrator@iom.example"
    admin_password: str = field(default_factory=lambda: secrets.token_urlsafe(12))


def kept_secrets(folder: Path) -> Secrets:
    """Those of secrets.json, which is made at the first call."""
    path = folder / "secrets.json"
    if not path.exists():
        write_private(path, json.dumps(asdict(Secrets()), indent=2))
    return Secrets(**json.loads(path.read_text()))


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; nobody but its owner ever reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.replace(path)
