"""What the environment may change about this service."""

from pydantic import SecretStr

from shared.settings import ServiceSettings


class PeopleSettings(ServiceSettings):
    admin_email: str = ""  # the first administrator; empty: there is one already
    admin_password: SecretStr = SecretStr("")
    service_secrets: SecretStr = SecretStr("")  # "routes:secret,certificates:secret"
    token_minutes: int = 15

    def secrets_of_services(self) -> dict[str, str]:
        pairs = (each.partition(":") for each in self.service_secrets.get_secret_value().split(",") if each)
        return {name.strip(): secret for name, _, secret in pairs}
