"""The paper says what it must, to eyes, to screen readers and to a telephone's camera."""

import io
import json
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
import segno
import typst
from pypdf import PdfReader

from services.certificates import paper
from tests.certificates.examples import CODE, DOCUMENT, GROUNDS, NAME

ADDRESS = f"https://iom.example/verify/{CODE}"
PAPER = paper.Paper(
    number=DOCUMENT.number,
    name=NAME,
    workplace="МАОУ «СОШ № 11»",
    issuer="ЦНППМ Иркутской области",
    address=ADDRESS,
    issued_on=date(2026, 11, 20),
    grounds=GROUNDS,
)


def text(pdf: bytes) -> str:
    """What is read aloud, line ends aside."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def png(page: paper.Paper, ppi: int) -> bytes:
    compiler = typst.Compiler(paper.FILE, root=paper.FILE.parent, ignore_system_fonts=True)
    picture = compiler.compile(format="png", ppi=ppi, sys_inputs={"paper": json.dumps(paper.words(page))})
    assert isinstance(picture, bytes)
    return picture


def test_the_paper_says_who_what_when_and_under_which_number() -> None:
    said = text(paper.render(PAPER))
    for part in (
        NAME,
        DOCUMENT.number,
        "МАОУ «СОШ № 11»",
        "индивидуального образовательного маршрута",
        "с 12 января 2026 г. по 20 ноября 2026 г.",
        "часов: 72",
        "3 из 4",
        "20 ноября 2026 г.",
        ADDRESS,
    ):
        assert part in said


def test_the_paper_says_that_it_is_no_document_on_qualification() -> None:
    assert "Не является документом о квалификации" in text(paper.render(PAPER))


def test_a_route_without_hours_prints_no_hours() -> None:
    assert "часов" not in text(paper.render(replace(PAPER, grounds=replace(GROUNDS, hours=0))))


def test_the_paper_is_tagged_russian_and_archival() -> None:
    root = PdfReader(io.BytesIO(paper.render(PAPER))).trailer["/Root"].get_object()
    assert root["/Lang"] == "ru"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_the_same_data_gives_the_same_bytes_in_every_thread() -> None:
    with ThreadPoolExecutor(4) as pool:
        papers = set(pool.map(paper.render, [PAPER] * 12))
    assert len(papers) == 1
    assert paper.render(replace(PAPER, name="Другое Имя")) not in papers


@pytest.mark.parametrize(
    "name",
    [
        '#eval("1+1") Иванова',
        "*Анна* _Петровна_ $x$",
        "\\u{41} @ref <label> // нет",
        '"], "name": "Чужая',
        "Үлзытуева Өлзы",
        "Мамин-Сибиряк О’Коннор",
    ],
)
def test_a_name_is_printed_as_it_is_and_never_executed(name: str) -> None:
    assert name in text(paper.render(replace(PAPER, name=name)))


@pytest.mark.parametrize("name", ["Анна 😀", "Анна \ue000"])
def test_a_name_that_no_font_can_show_still_gives_a_paper(name: str) -> None:
    assert "Анна" in text(paper.render(replace(PAPER, name=name)))


def test_a_long_name_stays_on_one_page() -> None:
    long = "Константинопольская-Александрова Елизавета-Анастасия Константиновна кызы Абдурахман"
    assert len(PdfReader(io.BytesIO(paper.render(replace(PAPER, name=long)))).pages) == 1


def test_the_code_on_the_paper_leads_to_the_public_page() -> None:
    """Dark and light are read off a picture of the page, module by module."""
    expected = [[module == 1 for module in row] for row in segno.make(ADDRESS, error="m", micro=False).matrix]
    picture = Picture(png(PAPER, ppi=200))
    module = 30 / 25.4 * 200 / (len(expected) + 4)  # 30 mm wide with a quiet zone of two modules a side
    right, bottom = picture.width - 26 / 25.4 * 200, picture.height - 20 / 25.4 * 200
    left, top = right - module * (len(expected) + 2), bottom - module * (len(expected) + 2)
    seen = [
        [picture.dark(left + (x + 0.5) * module, top + (y + 0.5) * module) for x in range(len(expected))]
        for y in range(len(expected))
    ]
    assert seen == expected


def test_the_code_has_a_description_and_the_address_is_a_link() -> None:
    pdf = paper.render(PAPER)
    reader = PdfReader(io.BytesIO(pdf))
    links = [note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]
    described = [each["/Alt"] for each in map(reader.get_object, range(1, len(reader.xref[0]))) if _has_alt(each)]
    assert links == [ADDRESS]
    assert any(ADDRESS in alt for alt in described)


def _has_alt(found: object) -> bool:
    return isinstance(found, dict) and "/Alt" in found


class Picture:
    """A PNG of eight bits a channel, unpacked as the format's own five filters say."""

    def __init__(self, png: bytes) -> None:
        self.width, self.height, _, colours = struct.unpack(">IIBB", png[16:26])
        self._step = {0: 1, 2: 3, 4: 2, 6: 4}[colours]
        self._rows = self._unfiltered(zlib.decompress(b"".join(self._data(png))))

    def dark(self, x: float, y: float) -> bool:
        return self._rows[int(y)][int(x) * self._step] < 128

    @staticmethod
    def _data(png: bytes) -> list[bytes]:
        parts, at = [], 8
        while at < len(png):
            length, kind = struct.unpack(">I4s", png[at : at + 8])
            if kind == b"IDAT":
                parts.append(png[at + 8 : at + 8 + length])
            at += length + 12
        return parts

    def _unfiltered(self, raw: bytes) -> list[bytearray]:
        rows, stride = [bytearray(self.width * self._step)], self.width * self._step
        for start in range(0, len(raw), stride + 1):
            kind, row, above = raw[start], bytearray(raw[start + 1 : start + 1 + stride]), rows[-1]
            if kind:
                for i in range(stride):
                    left, corner = (row[i - self._step], above[i - self._step]) if i >= self._step else (0, 0)
                    row[i] = (row[i] + self._guess(kind, left, above[i], corner)) & 255
            rows.append(row)
        return rows[1:]

    @staticmethod
    def _guess(kind: int, left: int, up: int, corner: int) -> int:
        if kind < 4:
            return (0, left, up, (left + up) // 2)[kind]
        straight = left + up - corner
        return min((abs(straight - left), 0, left), (abs(straight - up), 1, up), (abs(straight - corner), 2, corner))[2]
