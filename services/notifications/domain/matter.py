"""What a notice is about: never a name, an address or a text of a person."""

from datetime import date
from uuid import UUID

from shared.domain import message


@message
class Matter:
    """`topic` finds the words in the catalogue; `subject` is the route, session or certificate the link leads to."""

    topic: str
    contract: str
    subject: UUID
    route: UUID | None
    municipality: str
    school: str
    day: date | None = None
    number: str = ""
