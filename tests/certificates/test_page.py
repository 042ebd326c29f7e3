"""The public page tells valid, revoked or unknown, to anybody, and no more than the paper."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.certificates.domain.certificate import certificate
from services.certificates.page import HEADERS, STYLE_SHEET, page
from services.certificates.responses import verification
from shared.domain import Personal
from tests.certificates.examples import ANNA, DOCUMENT, NAME, REASON, ROUTE, granted, issued, revoked

ISSUER = "ЦНППМ Иркутской области"
SCRIPT = '<script>alert("1")</script>Анна & "Ко"'


class Reader(HTMLParser):
    """What a screen reader gets: the tree's tags and the texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(*past: Any) -> Reader:
    state = certificate.fold(past) if past else None
    return Reader(page(verification(state, ZoneInfo("Asia/Irkutsk")), ISSUER))


def test_an_issued_certificate_is_valid() -> None:
    reader = shown(granted, issued)
    for part in ("Сертификат действителен", NAME, DOCUMENT.number, "20 ноября 2026 г.", "о квалификации"):
        assert part in reader.text


def test_a_revoked_certificate_says_so_and_keeps_the_reason_to_itself() -> None:
    reader = shown(granted, issued, revoked)
    assert "Сертификат отозван" in reader.text
    assert "21 ноября 2026 г." in reader.text
    assert REASON not in reader.text
    assert "действителен" not in reader.text


def test_an_unknown_code_is_unknown() -> None:
    reader = shown()
    assert "Сертификат не найден" in reader.text


def test_what_was_never_printed_is_unknown() -> None:
    for past in ([granted], [granted, replace(revoked, document=None)]):
        reader = shown(*past)
        assert "Сертификат не найден" in reader.text
        assert NAME not in reader.text


def test_the_page_shows_no_more_of_a_person_than_the_paper() -> None:
    reader = shown(granted, issued)
    for secret in (str(ANNA), str(ROUTE), "s-011", "m-ust", "72"):
        assert secret not in reader.text


def test_a_forgotten_holder_leaves_a_valid_certificate_without_a_name() -> None:
    forgotten = replace(issued, name=Personal(subject=ANNA, text=None))
    reader = shown(granted, forgotten)
    assert "Сертификат действителен" in reader.text
    assert "имя удалено" in reader.text


def test_a_name_is_text_and_never_markup() -> None:
    reader = shown(granted, replace(issued, name=Personal(subject=ANNA, text=SCRIPT)))
    assert SCRIPT in reader.text
    assert "script" not in reader.tags


def test_the_page_can_be_read_by_everybody() -> None:
    reader = shown(granted, issued)
    assert ("lang", "ru") in reader.attributes
    assert reader.tags.count("h1") == reader.tags.count("main") == reader.tags.count("title") == 1
    assert ("content", "noindex, nofollow, noarchive") in reader.attributes
    assert not {"script", "style", "img"} & set(reader.tags)
    assert all(name != "style" for name, _ in reader.attributes)


@pytest.mark.parametrize("colour", ["#0b5c2e", "#9b1c1c", "#6b4300", "#1b2a41", "#3d4b5f"])
def test_every_text_has_enough_contrast(colour: str) -> None:
    assert colour in STYLE_SHEET
    for ground in ("#ffffff", "#f5f7fa"):
        assert contrast(colour, ground) >= 4.5


def test_nobody_keeps_frames_or_indexes_the_page() -> None:
    assert HEADERS["Cache-Control"] == "no-store"
    assert "default-src 'none'" in HEADERS["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in HEADERS["Content-Security-Policy"]
    assert "noindex" in HEADERS["X-Robots-Tag"]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, 1.4.3."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
