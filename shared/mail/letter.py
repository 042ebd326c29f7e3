"""What a letter is to a mail server, and how names and addresses are made safe for its headers."""

import unicodedata
from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from typing import Final

LONGEST_NAME: Final = 200


class UnfitAddress(ValueError):
    """This is no address that mail can be sent to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    sender: str
    recipient: str
    content: bytes


def encoded(header: str, text: str) -> str:
    """The text as encoded words; EmailMessage itself loses the space where it breaks a long line between two words."""
    return Header(text, "utf-8", header_name=header).encode()


def address(text: str) -> str:
    """An address as it may stand in an envelope: ASCII, the domain in its DNS form."""
    local, at, domain = text.strip().rpartition("@")
    try:
        spec = f"{local}{at}{domain.encode('idna').decode()}"
        parsed = Address(addr_spec=spec)
    except (MessageError, ValueError, IndexError) as error:
        raise UnfitAddress("the address cannot be read") from error
    if not parsed.username or not parsed.domain or parsed.addr_spec != spec:
        raise UnfitAddress("the address is not complete")
    if not spec.isascii() or not spec.isprintable() or any(sign in spec for sign in ' "<>(),:;[]\\'):
        raise UnfitAddress("the address has signs that mail cannot carry")
    return spec


def one_line(text: str) -> str:
    """Without line ends, control and invisible signs: a name becomes a header.

    Nor may it look like an encoded word: Python's email package decodes those, line ends and all, and writes them out.
    """
    shown = ("" if unicodedata.category(sign) == "Cf" else " " if sign_is_odd(sign) else sign for sign in text)
    return " ".join("".join(shown).split())[:LONGEST_NAME].replace("=?", "= ?")


def sign_is_odd(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "CZ"
