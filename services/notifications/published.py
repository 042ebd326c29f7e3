"""What notifications promises the rest of the suite. A v1 never changes; a v2 stands beside it."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.notifications.domain.notice import Sent
from shared.store.types import Recorded


class NoticeSent(BaseModel):
    """A mail server accepted a notice of this promise for this person; whether they read it is theirs to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str] = "notifications.notice_sent.v1"

    notice_id: UUID
    recipient_id: UUID
    subject_contract: str
    sent_at: AwareDatetime
    municipality: str
    school: str


def publish(fact: Recorded[Any]) -> BaseModel | None:
    match fact.event:
        case Sent():
            return NoticeSent(
                notice_id=fact.stream_id,
                recipient_id=fact.event.recipient,
                subject_contract=fact.event.matter.contract,
                sent_at=fact.event.at,
                municipality=fact.event.matter.municipality,
                school=fact.event.matter.school,
            )
        case _:
            return None  # plans, attempts and readings are nobody else's business
