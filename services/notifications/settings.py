"""What the environment may change about this service."""

from pydantic import Field, field_validator

from shared.mail.letter import address
from shared.settings import ServiceSettings


class NotificationsSettings(ServiceSettings):
    portal_url: str = ""  # where the links of a mail lead; empty: a mail has no link
    mail_from: str = "iom@localhost"
    smtp_timeout: float = Field(default=20.0, gt=0)  # seconds for each step with the mail server
    doubt_after: float = Field(default=60.0, gt=0)  # seconds; then a sending nobody finished is in doubt

    @field_validator("mail_from")
    @classmethod
    def fit(cls, value: str) -> str:
        return address(value)  # a sender that cannot be written must stop the start, not the first mail
