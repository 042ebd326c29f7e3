"""What people may write: texts without invisible signs, names of letters, days and addresses that can be."""

import unicodedata
from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)

# Control signs, direction marks and zero-width signs, halves of characters, unassigned and private ones, line ends:
# none of them can be seen, and some make a line read as another one.
UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
IN_NAMES: Final = set(" -'’ʼ.()")


def odd() -> PydanticCustomError:
    return PydanticCustomError("string_pattern_mismatch", "the text has signs that it must not have")


def visible(text: str) -> str:
    """The text in its composed form; refuses signs that cannot be seen, and tags."""
    composed = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    if any(sign in "<>" or unicodedata.category(sign) in UNSEEN for sign in composed):
        raise odd()
    return composed


def named(text: str) -> str:
    """Refuses what no name is written with: digits, emoji, signs of a language of machines."""
    if not any(sign.isalpha() for sign in text):
        raise odd()
    if any(not (sign.isalpha() or unicodedata.category(sign)[0] == "M" or sign in IN_NAMES) for sign in text):
        raise odd()
    return text


def whole(secret: SecretStr) -> SecretStr:
    """Refuses halves of characters, which JSON can carry and no encoding can."""
    if any("\ud800" <= sign <= "\udfff" for sign in secret.get_secret_value()):
        raise odd()
    return secret


Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    AfterValidator(visible),
    AfterValidator(named),
]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), AfterValidator(visible)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), AfterValidator(visible)]
PART = r'[^@\s\x00-\x1f\x7f-\x9f<>()\[\]\\,;:"]'  # nothing that ends an address in a mail's header
Email = Annotated[
    str,
    StringConstraints(max_length=254, strip_whitespace=True, pattern=rf"^{PART}+@{PART}+\.{PART}+$"),
    AfterValidator(visible),
]
Phone = Annotated[str, StringConstraints(max_length=30, strip_whitespace=True, pattern=r"^[+\d][\d ()-]{4,}$")]
Years = Annotated[int, Field(ge=0, le=80)]
Month = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(199\d|20\d\d)-(0[1-9]|1[0-2])$")]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Secret = Annotated[SecretStr, Field(max_length=LONGEST_PASSWORD), AfterValidator(whole)]
Password = Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD), AfterValidator(whole)]
InvitationCode = Annotated[SecretStr, Field(min_length=20, max_length=64)]
