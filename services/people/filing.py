"""Files of local acts: what they may be, told by their first bytes, and where they are kept."""

import io
import zipfile
from hashlib import sha256
from typing import Final
from uuid import UUID

from services.people.domain.act import File, Media
from shared.domain import Refusal
from shared.store.types import Store

MOST_BYTES: Final = 10_000_000
ODT: Final = b"application/vnd.oasis.opendocument.text"
TYPES: Final[dict[Media, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": ODT.decode(),
    "jpeg": "image/jpeg",
    "png": "image/png",
}
KEEP = "INSERT INTO act_files (act_id, sha256, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
FIND = "SELECT content FROM act_files WHERE act_id = $1 AND sha256 = $2"


class FileUnfit(Refusal):
    """A local act is a PDF, DOCX, ODT, JPEG or PNG file."""

    clause = "2.8.3"


class FileTooLarge(Refusal):
    """The file of a local act is not larger than ten megabytes."""

    clause = "2.8.3"


class FileEmpty(Refusal):
    """The file of a local act has bytes."""

    clause = "2.8.3"


def examined(content: bytes) -> File:
    """What the file is; its name and what the browser says of it count for nothing."""
    if not content:
        raise FileEmpty
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    media = kind_of(content)
    if media is None:
        raise FileUnfit
    return File(sha256=sha256(content).hexdigest(), size=len(content), media=media)


def kind_of(content: bytes) -> Media | None:
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return kind_of_zip(content) if content.startswith(b"PK\x03\x04") else None


def kind_of_zip(content: bytes) -> Media | None:
    """Only the list of the archive is read, nothing is unpacked but the few bytes of ODT's type."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                return "docx"
            if "mimetype" in names:
                with archive.open("mimetype") as said:
                    return "odt" if said.read(len(ODT) + 1).strip() == ODT else None
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError, EOFError):
        return None
    return None


class Files:
    """Bytes are written before the fact that names them; a file no fact names is never shown."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, act: UUID, file: File, content: bytes) -> None:
        await self._store.fetch(KEEP, act, file.sha256, content)

    async def find(self, act: UUID, file: File) -> bytes | None:
        rows = await self._store.fetch(FIND, act, file.sha256)
        return bytes(rows[0]["content"]) if rows else None
