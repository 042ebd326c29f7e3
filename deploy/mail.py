"""A mail catcher: an SMTP server on loopback that keeps every message as a file and sends nothing on."""

import argparse
import email
import email.policy
import signal
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from deploy.servers.ports import free_port


class MailCatcher:
    """Keeps what arrives as `<number>-<random>.eml` in a folder; usable as a context manager."""

    def __init__(self, folder: Path, port: int | None = None, host: str = "127.0.0.1") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port or free_port()
        self._lock = threading.Lock()
        self._count = len(list(folder.glob("*.eml")))
        self._controller = Controller(self, hostname=host, port=self.port, ready_timeout=30)
        self.host = host

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def __enter__(self) -> "MailCatcher":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content or b""
        with self._lock:
            self._count += 1
            name = f"{self._count:06d}-{uuid4().hex[:8]}.eml"
        unfinished = self.folder / f"{name}.part"
        unfinished.write_bytes(content if isinstance(content, bytes) else content.encode())
        unfinished.rename(self.folder / name)
        return "250 Message accepted for delivery"

    @property
    def count(self) -> int:
        return len(list(self.folder.glob("*.eml")))

    @property
    def messages(self) -> list[EmailMessage]:
        return caught(self.folder)


def caught(folder: Path) -> list[EmailMessage]:
    """Every message of a catcher's folder, oldest first."""
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Catch mail on loopback and keep it as files.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    wanted = parser.parse_args()
    with MailCatcher(wanted.folder, wanted.port, wanted.host):
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
