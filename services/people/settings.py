"""What the environment may change about this service."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from services.people.documents import PUBLISHED
from services.people.wording import SHORTEST_PASSWORD
from shared.mail.letter import address
from shared.settings import ServiceSettings, TimeZone


class PeopleSettings(ServiceSettings):
    admin_email: str = ""  # the first administrator; empty: there is one already
    admin_password: SecretStr = SecretStr("")
    service_secrets: SecretStr = SecretStr("")  # "routes:secret,certificates:secret"
    token_minutes: int = Field(default=15, ge=1, le=60)
    time_zone: TimeZone = "Asia/Irkutsk"  # whose calendar days roles and acts are dated in
    consents: Path = PUBLISHED  # a folder of the texts people consent to, one file a version
    invitation_days: int = Field(default=30, ge=1, le=365)
    portal_url: str = ""  # where the letters say that a code is typed in; empty: they do not
    mail_from: str = "iom@localhost"
    smtp_timeout: float = Field(default=20.0, gt=0)  # seconds for each step with the mail server
    import_limit: int = 25_000_000  # bytes of a file with schools and staff

    @field_validator("mail_from")
    @classmethod
    def fit(cls, value: str) -> str:
        return address(value)  # a sender that cannot be written must stop the start, not the first letter

    def own_issuer(self) -> str:
        """The name this service signs tokens with: the first of those that are trusted."""
        first = self.issuer.split(",")[0].strip()
        if not first:
            raise ValueError("IOM_ISSUER is missing: give it this service's address, the others trust its tokens by it")
        return first

    def first_password(self) -> str:
        """The first administrator's; raises ValueError for one that anybody guesses."""
        password = self.admin_password.get_secret_value()
        if len(password) < SHORTEST_PASSWORD:
            raise ValueError(f"IOM_ADMIN_PASSWORD needs at least {SHORTEST_PASSWORD} characters")
        return password

    def secrets_of_services(self) -> dict[str, str]:
        pairs = (each.partition(":") for each in self.service_secrets.get_secret_value().split(",") if each)
        return {name.strip(): secret for name, _, secret in pairs}
