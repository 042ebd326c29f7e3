"""The published texts that people consent to: every version ever shown, in full, with its hash."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec

from services.people.domain.person.consents import ConsentTextReplaced, ConsentTextUnknown
from services.people.domain.person.facts import PERSONAL_DATA
from shared.http.problems import NotFound

PUBLISHED = Path(__file__).parent / "data" / "consents"


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`paragraphs` is the text as it was shown; its hash is over the paragraphs, one empty line between them."""

    kind: str
    version: str
    valid_from: date
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Library:
    """All versions, the newest of each kind last."""

    documents: tuple[Document, ...]

    def current(self, kind: str, day: date) -> Document:
        """Raises NotFound where nothing of this kind is published yet."""
        valid = [each for each in self.documents if each.kind == kind and each.valid_from <= day]
        if not valid:
            raise NotFound
        return valid[-1]

    def version(self, kind: str, version: str, day: date) -> Document:
        for each in self.documents:
            if (each.kind, each.version) == (kind, version) and each.valid_from <= day:
                return each
        raise NotFound

    def all_current(self, day: date) -> list[Document]:
        newest = {each.kind: each for each in self.documents if each.valid_from <= day}
        return [newest[kind] for kind in sorted(newest)]

    def shown(self, kind: str, digest: str, day: date) -> Document:
        """The text that was shown; refuses a hash of no published text, or of one that has been replaced."""
        current = self.current(kind, day)
        if current.sha256 == digest:
            return current
        if any(each.kind == kind and each.sha256 == digest and each.valid_from <= day for each in self.documents):
            raise ConsentTextReplaced
        raise ConsentTextUnknown


def read_library(folder: Path) -> Library:
    """Every *.json of the folder; raises ValueError naming the file and what is wrong with it."""
    found = [read_document(file) for file in sorted(folder.glob("*.json"))]
    if len({(each.kind, each.version) for each in found}) < len(found):
        raise ValueError(f"two texts in {folder} have the same kind and version")
    if len({(each.kind, each.valid_from) for each in found}) < len(found):
        raise ValueError(f"two texts of one kind in {folder} begin on the same day")
    if all(each.kind != PERSONAL_DATA for each in found):
        raise ValueError(f"{folder} has no consent to the processing of personal data ({PERSONAL_DATA})")
    return Library(tuple(sorted(found, key=lambda each: (each.kind, each.valid_from))))


def read_document(file: Path) -> Document:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Document)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file.name}: {error}") from error
