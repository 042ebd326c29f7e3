"""What the environment may change about this service."""

from pydantic import Field, SecretStr

from services.people.bodies import SHORTEST_PASSWORD
from shared.settings import ServiceSettings


class PeopleSettings(ServiceSettings):
    admin_email: str = ""  # the first administrator; empty: there is one already
    admin_password: SecretStr = SecretStr("")
    service_secrets: SecretStr = SecretStr("")  # "routes:secret,certificates:secret"
    token_minutes: int = Field(default=15, ge=1, le=60)

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
