"""What the environment may change about this service."""

from pydantic import field_validator
from zoneinfo import ZoneInfo

from shared.settings import ServiceSettings


class CertificatesSettings(ServiceSettings):
    issuer_name: str = "Региональная информационная система сопровождения ИОМ"  # printed on every paper
    time_zone: str = "Asia/Irkutsk"  # whose calendar the day of issue is taken from

    @field_validator("time_zone")
    @classmethod
    def known(cls, name: str) -> str:
        ZoneInfo(name)  # an unknown zone must stop the start, not the first paper
        return name
