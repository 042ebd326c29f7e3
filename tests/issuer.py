"""Access tokens of an issuer of the tests' own: whatever keys are configured, a service trusts."""

import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import OKPKey

ISSUER = "https://issuer.test"


class Issuer:
    """Signs tokens; `keys(folder)` is the file that a service is given to trust them."""

    def __init__(self, kid: str = "") -> None:
        self.name = ISSUER
        self._key = OKPKey.generate_key("Ed25519", {"kid": kid or str(uuid4())}, private=True)

    @property
    def published(self) -> str:
        """The public keys as an issuer's address answers them."""
        return json.dumps({"keys": [self._key.as_dict(private=False)]})

    def keys(self, folder: Path) -> str:
        file = folder / "jwks.json"
        file.write_text(self.published)
        return str(file)

    def token(self, person: UUID, *grants: dict[str, str], lasting: int = 600, **other: Any) -> str:
        """*other* claims replace the usual ones; one that is None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.name,
            "aud": "iom",
            "sub": str(person),
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + lasting,
            "grants": list(grants),
            **other,
        }
        header = {"alg": "Ed25519", "kid": self._key.kid}
        given = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, given, self._key, algorithms=["Ed25519"])

    def bearer(self, person: UUID, role: str = "", **place: str) -> dict[str, str]:
        """The headers of a person with one grant, or with none."""
        grants = [{"role": role, **place}] if role else []
        return {"Authorization": f"Bearer {self.token(person, *grants)}"}
