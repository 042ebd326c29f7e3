"""The mail server, in two steps: it accepts the recipient, and only then is it handed the text."""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from shared.mail.letter import Letter

CLOSING: Final = 421  # "service not available, closing": the server's trouble, not the recipient's
BAD_MAILBOX: Final = 553
REFUSALS: Final = range(400, 600)
# Signs with which an address could end its command and begin another; libraries differ in what they let through.
UNSAFE: Final = re.compile(r"[\s<>\x00-\x1f\x7f]")


class ServerAway(Exception):
    """The mail server does not serve anybody now; nothing was handed over."""


class No(Exception):
    """The server refused this letter, and will tomorrow too when `lasting`. Its words are not kept: they may quote."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.reason = f"smtp_{code}"
        self.lasting = code >= 500


class Unanswered(Exception):
    """The text was handed over and no answer came: it may have been accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool

    @classmethod
    def at(cls, url: str) -> "Server":
        """smtp://[user:password@]host[:port], or smtps:// for TLS at once; an offered STARTTLS is used."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("IOM_SMTP_URL must look like smtp://host:port")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 25),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
        )


class Post:
    """One connection, kept between letters; one letter at a time."""

    def __init__(self, server: Server, timeout: float) -> None:
        self._server, self._timeout = server, timeout
        self._smtp: aiosmtplib.SMTP | None = None

    async def announce(self, letter: Letter) -> None:
        """MAIL and RCPT. Raises ServerAway or No; after it the server waits for the text."""
        if UNSAFE.search(letter.recipient):
            raise No(BAD_MAILBOX)
        try:
            smtp = await self._connected()
            await smtp.mail(letter.sender)
        except (aiosmtplib.SMTPException, OSError, ValueError, ssl.SSLError) as error:
            # A refused sender is a fault of this installation: no letter may fail because of it.
            await self.leave()
            raise ServerAway(_told(error)) from error
        try:
            await smtp.rcpt(letter.recipient)
        except aiosmtplib.SMTPResponseException as error:
            await self.leave()
            if error.code == CLOSING or error.code not in REFUSALS:
                raise ServerAway(_told(error)) from error
            raise No(error.code) from error
        except ValueError as error:  # the address does not fit into a command
            await self.leave()
            raise No(BAD_MAILBOX) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.leave()
            raise ServerAway(_told(error)) from error

    async def hand_over(self, letter: Letter) -> None:
        """DATA. Returns when the server has taken responsibility; raises No or Unanswered."""
        smtp = self._smtp
        if smtp is None:
            raise Unanswered("the connection is gone")
        try:
            await smtp.data(letter.content)
        except aiosmtplib.SMTPResponseException as error:
            await self.leave()
            if error.code not in REFUSALS:  # an answer that cannot be read is none
                raise Unanswered(_told(error)) from error
            raise No(error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.leave()
            raise Unanswered(_told(error)) from error

    async def leave(self) -> None:
        """Hang up; a server that does not say goodbye is left without it."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(1):
                await smtp.quit()
        smtp.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            try:
                await self._smtp.rset()  # also tells whether the server is still there
            except (aiosmtplib.SMTPException, OSError):
                await self.leave()
            else:
                return self._smtp
        smtp = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            use_tls=self._server.tls,
            timeout=self._timeout,
            local_hostname="localhost",
        )
        await smtp.connect()
        self._smtp = smtp
        return smtp


def _told(error: Exception) -> str:
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
