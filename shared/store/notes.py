"""Signed notes and log checkpoints (C2SP signed-note, tlog-checkpoint) with Ed25519."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MARK = "— "


class BadNote(ValueError):
    """The note is malformed or not signed by the key."""


def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise ValueError(f"a key's name has no space and no plus: {name!r}")


class Signer:
    """Signs as *name* with the Ed25519 key of *seed* (32 bytes)."""

    def __init__(self, name: str, seed: bytes) -> None:
        check_name(name)
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.public)

    def sign(self, text: str) -> str:
        """The whole note of *text*, which ends with a newline."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends with a newline")
        signature = key_id(self.name, self.public) + self._key.sign(text.encode())
        return f"{text}\n{MARK}{self.name} {b64encode(signature).decode()}\n"


class Verifier:
    """Knows the public key of *name*."""

    def __init__(self, name: str, public: bytes) -> None:
        check_name(name)
        self.name = name
        self.public = public
        self._key = Ed25519PublicKey.from_public_bytes(public)

    def __str__(self) -> str:
        """The vkey form others configure: name+id+key."""
        return f"{self.name}+{key_id(self.name, self.public).hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        name, _, rest = vkey.partition("+")
        id, _, encoded = rest.partition("+")
        try:
            key = b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError("a verifier key's last part is base64") from None
        if key[:1] != ED25519 or len(key) != 33 or key_id(name, key[1:]).hex() != id:
            raise ValueError("this is no Ed25519 verifier key, or its id does not fit")
        return cls(name, key[1:])

    def open(self, note: str) -> str:
        """The text of *note*; raises BadNote unless this key signed it. Others' signatures are passed over."""
        text, found, signatures = note.rpartition("\n\n")
        if not found or not signatures.endswith("\n"):
            raise BadNote("a note has a text, an empty line and signatures")
        text += "\n"
        for line in signatures[:-1].split("\n"):
            name, _, encoded = line.removeprefix(MARK).partition(" ")
            if not line.startswith(MARK) or not encoded:
                raise BadNote(f"not a signature line: {line!r}")
            if name == self.name and self._signed(text, encoded):
                return text
        raise BadNote(f"not signed by {self.name}")

    def _signed(self, text: str, encoded: str) -> bool:
        try:
            signature = b64decode(encoded, validate=True)
        except binascii.Error:
            raise BadNote("a signature is base64") from None
        if signature[:4] != key_id(self.name, self.public):
            return False
        try:
            self._key.verify(signature[4:], text.encode())
        except InvalidSignature:
            raise BadNote(f"the signature of {self.name} is false") from None
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A log's name, how many facts it holds and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Raises BadNote when *text* is no checkpoint. Extension lines are passed over."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
            raise BadNote("a checkpoint has three lines: origin, size and root")
        if lines[1] != str(int(lines[1])):
            raise BadNote("a checkpoint's size has no leading zero")
        try:
            root = b64decode(lines[2], validate=True)
        except binascii.Error:
            raise BadNote("a checkpoint's root is base64") from None
        if len(root) != 32:
            raise BadNote("a checkpoint's root has 32 bytes")
        return cls(origin=lines[0], size=int(lines[1]), root=root)
