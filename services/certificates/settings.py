"""What the environment may change about this service."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator

from shared.settings import ServiceSettings


class CertificatesSettings(ServiceSettings):
    issuer_name: str = "Региональная информационная система сопровождения ИОМ"  # printed on every paper
    time_zone: str = "Asia/Irkutsk"  # whose calendar the day of issue is taken from

    @field_validator("time_zone")
    @classmethod
    def known(cls, name: str) -> str:
        """A wrong zone must stop the start, not the first paper."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {name}") from error
        return name

    @property
    def printed_url(self) -> str:
        """Where the public page is found, as papers say for ever; without an outside address, where we listen."""
        return self.public_url or f"http://{self.host}:{self.port}"
