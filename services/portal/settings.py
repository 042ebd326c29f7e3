"""What the environment may change about the portal: where it listens and where the others are."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class PortalSettings(BaseSettings):
    """An address left empty means that part of the suite is not installed here, and the pages say so."""

    model_config = SettingsConfigDict(env_prefix="IOM_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    people_url: str = ""
    routes_url: str = ""
    diagnostics_url: str = ""
    certificates_url: str = ""
    notifications_url: str = ""
    upstream_timeout: float = 5.0
    time_zone: str = "Asia/Irkutsk"

    @property
    def secure(self) -> bool:
        """Whether people reach the portal over HTTPS only, so that cookies may be told to travel that way only."""
        return self.public_url.startswith("https://")
