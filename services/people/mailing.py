"""Letters that carry a secret: to an invited person, and to an address that is to be confirmed."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from services.people import texts
from shared.mail.letter import Letter, address, encoded
from shared.mail.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`place` is the page of the portal where the secret is typed in: it never stands in an address."""

    id: UUID
    to: str
    words: texts.Letter
    values: dict[str, str]
    place: str
    at: datetime


def invitation(id: UUID, to: str, code: str, school: str, until: str, at: datetime) -> Message:
    values = {"code": code, "school": school, "until": until}
    return Message(id=id, to=to, words=texts.INVITATION, values=values, place="registration", at=at)


def password(id: UUID, to: str, code: str, until: str, at: datetime) -> Message:
    return Message(id=id, to=to, words=texts.PASSWORD, values={"code": code, "until": until}, place="password", at=at)


def email_code(id: UUID, to: str, code: str, at: datetime) -> Message:
    return Message(id=id, to=to, words=texts.EMAIL_CODE, values={"code": code}, place="cabinet", at=at)


class Desk:
    """Writes letters and hands them over, one at a time."""

    def __init__(self, post: Post, sender: str, portal_url: str) -> None:
        self._post = post
        self._sender = sender
        self._portal = portal_url.rstrip("/")
        self._turn = asyncio.Lock()

    async def send(self, message: Message) -> None:
        """Raises UnfitAddress, or what the post raises."""
        letter = self.write(message)
        async with self._turn:
            await self._post.announce(letter)
            await self._post.hand_over(letter)

    async def leave(self) -> None:
        async with self._turn:
            await self._post.leave()

    def write(self, message: Message) -> Letter:
        sender, recipient = address(self._sender), address(message.to)
        mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # every server takes seven bits
        mail["From"] = Address(texts.SYSTEM, addr_spec=sender)
        mail["To"] = Address(addr_spec=recipient)
        mail.set_raw("Subject", encoded("Subject", message.words.title))
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = "ru"
        page = [texts.WHERE.format(page=f"{self._portal}/{message.place}")] if self._portal else []
        paragraphs = [part.format(**message.values) for part in message.words.paragraphs]
        mail.set_content("\n\n".join([*paragraphs, *page, texts.NOT_YOURS]) + "\n")
        return Letter(sender=sender, recipient=recipient, content=mail.as_bytes())
