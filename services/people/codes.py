"""Secrets that are sent or handed over once: made anew from the service's key whenever they are needed, never kept."""

import hmac
from base64 import b32encode
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIGNS = 26  # of five bits each: 130 bits
GROUP = 5
READ_ALIKE = str.maketrans("018", "OIB")  # what base32 has not is taken for what looks like it


class Codes:
    """*master_key* is the service's 32 bytes. The same id gives the same secret, so a letter can be written again."""

    def __init__(self, master_key: bytes) -> None:
        self._key = HKDF(SHA256(), 32, None, b"iom invitation codes").derive(master_key)

    def of(self, id: UUID) -> str:
        """Five groups of five signs and one more, as people read and type them."""
        signs = b32encode(hmac.digest(self._key, id.bytes, "sha256")).decode()[:SIGNS]
        return "-".join(signs[start : start + GROUP] for start in range(0, SIGNS, GROUP))

    def digest_of(self, id: UUID) -> str:
        return digest(self.of(id))


def digest(code: str) -> str:
    """What is kept of a secret; however its groups are written, it is the same."""
    plain = "".join(code.split()).replace("-", "").upper().translate(READ_ALIKE)
    return sha256(b"iom code" + plain.encode()).hexdigest()
