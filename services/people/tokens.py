"""Makes access tokens: short-lived JWTs, signed with Ed25519, that say who somebody is and which roles they hold."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.people.domain.person.facts import Grant
from shared.http.tokens import AUDIENCE


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    seconds: int


class TokenMaker:
    """*secret* is the service's 32 bytes; the token key is derived, so that one secret signs one kind of thing."""

    def __init__(self, secret: bytes, issuer: str, minutes: int) -> None:
        seed = HKDF(SHA256(), 32, None, b"iom access tokens").derive(secret)
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        kid = base64(sha256(public).digest())[:16]
        jwk: dict[str, str | list[str]] = {
            "kty": "OKP",
            "crv": "Ed25519",
            "d": base64(seed),
            "x": base64(public),
            "kid": kid,
        }
        self._key = OKPKey.import_key(jwk)
        self._issuer = issuer
        self._seconds = minutes * 60

    @property
    def published(self) -> dict[str, Any]:
        """The key set that services check tokens against."""
        return {"keys": [{**self._key.as_dict(private=False), "alg": "Ed25519", "use": "sig"}]}

    def for_person(self, person: UUID, grants: Sequence[Grant], now: datetime) -> Token:
        told = [
            {"role": each.role, "municipality": each.municipality or "", "school": each.school or ""} for each in grants
        ]
        return self._made({"sub": str(person), "grants": told}, now)

    def for_service(self, service: str, now: datetime) -> Token:
        name = uuid5(NAMESPACE_URL, f"iom:service:{service}")
        return self._made({"sub": str(name), "svc": service, "grants": []}, now)

    def _made(self, claims: dict[str, Any], now: datetime) -> Token:
        times = {"iat": int(now.timestamp()), "exp": int((now + timedelta(seconds=self._seconds)).timestamp())}
        whole = {"iss": self._issuer, "aud": AUDIENCE, "jti": str(uuid4()), **times, **claims}
        header = {"alg": "Ed25519", "kid": self._key.kid}
        return Token(jwt.encode(header, whole, self._key, algorithms=["Ed25519"]), self._seconds)


def base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
