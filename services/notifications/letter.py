"""A notice as mail: Russian words, the recipient's own name, a link, and headers nobody can smuggle anything into."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final
from uuid import UUID

from services.notifications import texts
from services.notifications.domain.matter import Matter
from shared.mail.letter import Letter, address, encoded, one_line

PAGE: Final = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:40em">
<p>{greeting}</p>
<p>{text}</p>
{link}<p style="color:#555;font-size:14px">{footer}</p>
</body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """How the recipient is called and where their mail goes, as people said a moment ago."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """What every mail of this installation has in common."""

    sender: str
    portal_url: str

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


def write(id: UUID, matter: Matter, to: Addressee, stationery: Stationery, at: datetime) -> Letter:
    """The mail of one notice; raises UnfitAddress."""
    recipient, name = address(to.email), one_line(to.name)
    words = texts.words(matter.topic, matter.day, one_line(matter.number))
    greeting = texts.GREETING.format(name=name) if name else texts.GREETING_NAMELESS
    link = link_to(matter, stationery.portal_url)
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # every server takes seven bits
    mail["From"] = Address(texts.SYSTEM, addr_spec=address(stationery.sender))
    mail["To"] = Address(name, addr_spec=recipient)
    mail.set_raw("Subject", encoded("Subject", words.title))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{id}@{stationery.domain}>"  # the same notice is the same mail, should it ever arrive twice
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "ru"
    opening = [texts.OPEN.format(link=link)] if link else []
    mail.set_content("\n\n".join([greeting, words.text, *opening, texts.FOOTER]) + "\n")
    mail.add_alternative(page(words, greeting, link), subtype="html")
    return Letter(sender=address(stationery.sender), recipient=recipient, content=mail.as_bytes())


def page(words: texts.Words, greeting: str, link: str) -> str:
    button = f'<p><a href="{escape(link)}">{escape(texts.OPEN_BUTTON)}</a></p>\n' if link else ""
    return PAGE.format(
        title=escape(words.title),
        greeting=escape(greeting),
        text=escape(words.text),
        link=button,
        footer=escape(texts.FOOTER),
    )


def link_to(matter: Matter, portal_url: str) -> str:
    if not portal_url:
        return ""
    root = portal_url.rstrip("/")
    return f"{root}/routes/{matter.route}" if matter.route else f"{root}/"
