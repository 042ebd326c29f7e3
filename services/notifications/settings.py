"""What the environment may change about this service."""

from shared.settings import ServiceSettings


class NotificationsSettings(ServiceSettings):
    portal_url: str = ""  # where the links of a mail lead; empty: a mail has no link
    mail_from: str = "iom@localhost"
    smtp_timeout: float = 20.0  # seconds for each step with the mail server
    doubt_after: float = 60.0  # seconds after which a sending nobody finished is in doubt; more than twice smtp_timeout
