"""Pages from a typst template: words and data in as JSON, which is never evaluated, and a PDF out."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

if TYPE_CHECKING:  # the name exists in the stub only
    from typst import PDFStandard


class Template:
    """A template *file* with what stands beside it; safe to use in any thread."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._threads = threading.local()

    def pdf(self, paper: Mapping[str, Any], day: date, standards: Sequence[PDFStandard]) -> bytes:
        """*paper* is `sys.inputs.paper` of the template; the same data gives the same bytes.

        A text may hold a sign that no font here can show, and the archival and accessible profiles forbid the empty box
        that stands for it: a tagged PDF with one box is better than none. Raises typst.TypstError.
        """
        try:
            return self._compile(paper, day, list(standards))
        except typst.TypstError:
            return self._compile(paper, day, [])

    def _compile(self, paper: Mapping[str, Any], day: date, standards: list[PDFStandard]) -> bytes:
        inputs = {"paper": json.dumps(paper, ensure_ascii=False)}
        moment = datetime.combine(day, time(), UTC)
        pdf = self._compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=moment)
        if not isinstance(pdf, bytes):  # a list is what several PNG pages give
            raise TypeError("a PDF is one file")
        return pdf

    def _compiler(self) -> typst.Compiler:
        """One compiler a thread: it is not to be shared, and it keeps its fonts between papers."""
        if not hasattr(self._threads, "compiler"):
            self._threads.compiler = typst.Compiler(self.file, root=self.file.parent, ignore_system_fonts=True)
        compiler: typst.Compiler = self._threads.compiler
        return compiler
