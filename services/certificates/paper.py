"""The paper of a certificate: data in, the bytes of a tagged PDF out; the same data gives the same bytes."""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import segno
import typst

from services.certificates import texts
from services.certificates.domain.certificate import Grounds

if TYPE_CHECKING:  # the name exists in the stub only
    from typst import PDFStandard

TEMPLATE: Final = "certificate-1"
MEDIA_TYPE: Final = "application/pdf"
FILE: Final = Path(__file__).parent / "templates" / "certificate.typ"
# Archival and accessible at once: the paper must be readable in twenty years and by a screen reader today.
_STANDARDS: "Final[list[PDFStandard]]" = ["a-2a", "ua-1"]
_threads = threading.local()


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
    said = words(paper)
    try:
        return _compile(said, paper.issued_on, _STANDARDS)
    except typst.TypstError:
        # A name may hold a sign that no font here can show; the archival profiles forbid the empty box that stands
        # for it. A tagged PDF with one box is better than no certificate.
        return _compile(said, paper.issued_on, [])


def fingerprint(pdf: bytes) -> str:
    return sha256(pdf).hexdigest()


def qr(address: str) -> str:
    """The code as SVG; error level M survives a fold or a stamp."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, svgclass=None, lineclass=None)
    return out.getvalue().decode()


def _compile(said: dict[str, Any], day: date, standards: "list[PDFStandard]") -> bytes:
    inputs = {"paper": json.dumps(said, ensure_ascii=False)}
    moment = datetime.combine(day, time(), UTC)
    pdf = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=moment)
    if not isinstance(pdf, bytes):  # a list is what several PNG pages give
        raise TypeError("a PDF is one file")
    return pdf


def _compiler() -> typst.Compiler:
    """One compiler a thread: it is not to be shared, and it keeps its fonts between papers."""
    if not hasattr(_threads, "compiler"):
        _threads.compiler = typst.Compiler(FILE, root=FILE.parent, ignore_system_fonts=True)
    compiler: typst.Compiler = _threads.compiler
    return compiler


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
