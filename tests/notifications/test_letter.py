"""A mail: Russian, whole, addressed to one person, and deaf to whatever is smuggled into a name."""

import email
import email.policy
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.notifications import texts
from services.notifications.letter import Addressee, Stationery, write
from shared.mail.letter import Letter, UnfitAddress, address, one_line
from tests.notifications.examples import MATTER, NOON, ROUTE

PAPER = Stationery(sender="iom@school.example", portal_url="https://portal.example/")
TO = Addressee(name="Анна Петровна", email="anna@school.example")
ID = UUID(int=77)


def letter(**changes) -> Letter:
    wanted = {"id": ID, "matter": MATTER, "to": TO, "stationery": PAPER, "at": NOON} | changes
    return write(**wanted)


def parsed(letter: Letter) -> email.message.EmailMessage:
    return email.message_from_bytes(letter.content, policy=email.policy.default)


def body(letter: Letter, kind: str) -> str:
    return parsed(letter).get_body((kind,)).get_content()


def test_a_mail_says_who_what_when_and_where_to():
    mail = parsed(letter())
    assert mail["To"] == "Анна Петровна <anna@school.example>"
    assert mail["From"].addresses[0].addr_spec == "iom@school.example"
    assert mail["Subject"] == "Маршрут согласован"
    assert mail["Date"].datetime == NOON
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for kind in ("plain", "html"):
        text = body(letter(), kind)
        assert "Здравствуйте, Анна Петровна!" in text
        assert "Школа согласовала Ваш маршрут" in text
        assert f"https://portal.example/routes/{ROUTE}" in text
        assert "anna@school.example" not in text


@pytest.mark.parametrize("topic", texts.TOPICS)
def test_a_subject_arrives_word_for_word(topic: str):
    mail = parsed(letter(matter=replace(MATTER, topic=topic, day=date(2026, 9, 14), number="7")))
    assert mail["Subject"] == texts.words(topic, date(2026, 9, 14), "7").title


def test_the_same_notice_is_the_same_mail():
    assert parsed(letter())["Message-ID"] == f"<{ID}@school.example>"
    assert parsed(letter(at=NOON.replace(hour=13)))["Message-ID"] == parsed(letter())["Message-ID"]


def test_a_mail_is_seven_bit_and_has_short_lines():
    content = letter().content
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.parametrize(
    "name",
    [
        "Анна\r\nBcc: thief@evil.example",
        "Анна\nSubject: Другая тема",
        "Анна\x00\x1b[31m",
        "Анна\u2028Bcc: thief@evil.example",
        'Анна" <thief@evil.example>, "',
        "=?utf-8?q?Anna=0D=0ABcc:_thief@evil.example?=",
        "=\u200b?utf-8?q?Anna=0D=0ABcc:_thief@evil.example?=",
        "=\x00?utf-8?b?QW5uYQ0KQmNjOiB0aGllZkBldmlsLmV4YW1wbGU=?=",
    ],
)
def test_a_name_cannot_add_headers_or_recipients(name):
    written = letter(to=replace(TO, name=name))
    mail = parsed(written)
    assert sorted(mail.keys()) == sorted(parsed(letter()).keys())
    assert [each.addr_spec for each in mail["To"].addresses] == ["anna@school.example"]
    assert mail["Subject"] == "Маршрут согласован"
    assert mail["Bcc"] is None
    assert written.recipient == "anna@school.example"


def test_a_name_cannot_add_markup():
    html = body(letter(to=replace(TO, name="<img src=x onerror=alert(1)>")), "html")
    assert "<img" not in html
    assert "&lt;img" in html


@pytest.mark.parametrize(
    "unfit",
    [
        "",
        "anna",
        "anna@",
        "@school.example",
        "anna@school.example\r\nRCPT TO:<thief@evil.example>",
        "anna@school.example, thief@evil.example",
        "anna@school.example> SIZE=1",
        "анна@school.example",
        '"a b"@school.example',
        "an na@school.example",
        "a@b@school.example",
        f"anna@{'a' * 70}.example",
    ],
)
def test_an_unfit_address_gets_no_mail(unfit):
    with pytest.raises(UnfitAddress):
        letter(to=replace(TO, email=unfit))


def test_a_russian_domain_is_written_as_the_net_writes_it():
    assert address("anna@школа.рф") == "anna@xn--80atdl2c.xn--p1ai"
    assert address(" anna+iom@school.example ") == "anna+iom@school.example"


def test_a_name_is_one_line():
    assert one_line("  Анна \t\u200b Петровна\n") == "Анна Петровна"
    assert len(one_line("а" * 1000)) == 200


def test_without_a_name_or_a_portal_the_mail_is_still_whole():
    plain = body(letter(to=replace(TO, name=" "), stationery=replace(PAPER, portal_url="")), "plain")
    assert plain.startswith("Здравствуйте!")
    assert "http" not in plain


def test_a_notice_without_a_route_leads_to_the_cabinet():
    assert "https://portal.example/\r\n" in body(letter(matter=replace(MATTER, route=None)), "plain")


@pytest.mark.parametrize("topic", texts.TOPICS)
def test_every_topic_makes_a_mail_without_gaps(topic):
    matter = replace(MATTER, topic=topic, day=date(2027, 5, 12), number="38-000017-4")
    for kind in ("plain", "html"):
        text = body(letter(matter=matter), kind)
        assert "{" not in text.replace("{font", "")
    if "{day}" in texts.TOPICS[topic].text:
        assert "12 мая 2027 г." in body(letter(matter=matter), "plain")
