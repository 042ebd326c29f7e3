"""The paper of a certificate: data in, the bytes of a tagged PDF out; the same data gives the same bytes."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import segno

from services.certificates import texts
from services.certificates.domain.certificate import Grounds
from shared.typesetting import Template

if TYPE_CHECKING:  # the name exists in the stub only
    from typst import PDFStandard

TEMPLATE: Final = "certificate-1"
MEDIA_TYPE: Final = "application/pdf"
FILE: Final = Path(__file__).parent / "templates" / "certificate.typ"
# Archival and accessible at once: the paper must be readable in twenty years and by a screen reader today.
_STANDARDS: "Final[list[PDFStandard]]" = ["a-2a", "ua-1"]
_PAGE: Final = Template(FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is printed, and nothing else; `address` is the public page's."""

    number: str
    name: str
    workplace: str
    issuer: str
    address: str
    issued_on: date
    grounds: Grounds


def render(paper: Paper) -> bytes:
    """The PDF; about ten milliseconds of processor time, so call it in a thread."""
    return _PAGE.pdf(words(paper), paper.issued_on, _STANDARDS)


def fingerprint(pdf: bytes) -> str:
    return sha256(pdf).hexdigest()


def qr(address: str) -> str:
    """The code as SVG; error level M survives a fold or a stamp."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, svgclass=None, lineclass=None)
    return out.getvalue().decode()


def words(paper: Paper) -> dict[str, Any]:
    """Everything the template places, as texts: it decides nothing but where they stand."""
    on = paper.issued_on
    return {
        "title": texts.TITLE.format(number=paper.number),
        "description": texts.DESCRIPTION,
        "issuer": paper.issuer,
        "heading": texts.HEADING,
        "number_line": texts.NUMBER_LINE.format(number=paper.number),
        "statement": texts.STATEMENT,
        "name": paper.name,
        "workplace": paper.workplace,
        "lines": _lines(paper.grounds),
        "issued": {"year": on.year, "month": on.month, "day": on.day},
        "issued_line": texts.ISSUED.format(day=texts.day(on)),
        "disclaimer": texts.DISCLAIMER,
        "verification_line": texts.VERIFICATION,
        "address": paper.address,
        "qr": qr(paper.address),
        "qr_alt": texts.QR_ALT.format(address=paper.address),
    }


def _lines(grounds: Grounds) -> list[str]:
    lines = [texts.PERIOD.format(start=texts.day(grounds.started_on), end=texts.day(grounds.completed_on))]
    if grounds.hours:
        lines.append(texts.HOURS.format(hours=grounds.hours))
    lines.append(texts.TASKS.format(achieved=grounds.tasks_achieved, total=grounds.tasks_total))
    return lines
