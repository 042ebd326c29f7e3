"""What the environment tells every service: where it listens, where the others are, and its secrets."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

KEY_BYTES = 32


def known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is not a time zone of the IANA list")
    return value


TimeZone = Annotated[str, AfterValidator(known_zone)]


class ServiceSettings(BaseSettings):
    """IOM_* environment variables; a service adds its own in a subclass."""

    model_config = SettingsConfigDict(env_prefix="IOM_", extra="ignore", hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    public_url: str = ""  # how people reach this service from outside
    database_url: SecretStr = SecretStr("")
    owner_url: SecretStr = SecretStr("")  # the role that migrates; empty: the service's own
    broker_url: SecretStr = SecretStr("")  # empty: no broker, and the promises wait in the log
    issuer: str = ""  # accepted issuers of access tokens, separated by commas
    jwks_urls: Annotated[tuple[str, ...], NoDecode] = ()
    jwks_file: str = ""
    master_key: SecretStr = SecretStr("")  # 32 bytes as hex; wraps the keys of personal texts
    signing_key: SecretStr = SecretStr("")  # 32 bytes as hex; an Ed25519 seed, signs the log's checkpoints
    people_url: str = ""
    service_secret: SecretStr = SecretStr("")
    smtp_url: str = "smtp://127.0.0.1:25"
    body_limit: int = 1_000_000  # bytes of a request's body
    lag_limit: int = 10_000  # positions behind which a service says it is not ready

    @field_validator("jwks_urls", mode="before")
    @classmethod
    def split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("master_key", "signing_key")
    @classmethod
    def whole(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(bytes.fromhex(value.get_secret_value())) != KEY_BYTES:
            raise ValueError("must be 32 bytes in hexadecimal")
        return value

    @property
    def issuers(self) -> frozenset[str]:
        return frozenset(part.strip() for part in self.issuer.split(",") if part.strip())


def key_bytes(secret: SecretStr, name: str) -> bytes:
    """The 32 bytes of a key that must be there; raises ValueError naming the variable to set."""
    text = secret.get_secret_value()
    if not text:
        raise ValueError(f"IOM_{name.upper()} is missing: give it 32 bytes in hexadecimal (openssl rand -hex 32)")
    return bytes.fromhex(text)
