"""What certificates promises the rest of the suite. A v1 never changes; a v2 stands beside it."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.certificates.domain.certificate import Document, Issued, Revoked
from shared.store.types import Recorded


class CertificateIssued(BaseModel):
    """The paper exists and can be downloaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str] = "certificates.certificate_issued.v1"

    certificate_id: UUID
    route_id: UUID
    holder_id: UUID
    number: str
    municipality: str
    school: str
    issued_on: date
    issued_at: AwareDatetime


class CertificateRevoked(BaseModel):
    """An issued certificate no longer holds; the reason stays in the service, for it may speak of a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str] = "certificates.certificate_revoked.v1"

    certificate_id: UUID
    route_id: UUID
    holder_id: UUID
    number: str
    municipality: str
    school: str
    revoked_at: AwareDatetime


def publish(fact: Recorded[Any]) -> BaseModel | None:
    match fact.event:
        case Issued():
            return _issued(fact.stream_id, fact.event)
        case Revoked(document=Document() as document):
            return _revoked(fact.stream_id, fact.event, document)
        case _:
            return None  # a grant is not a certificate yet, and what was never issued cannot be taken back


def _issued(id: UUID, fact: Issued) -> CertificateIssued:
    return CertificateIssued(
        certificate_id=id,
        route_id=fact.grounds.route,
        holder_id=fact.grounds.holder,
        number=fact.document.number,
        municipality=fact.grounds.municipality,
        school=fact.grounds.school,
        issued_on=fact.document.issued_on,
        issued_at=fact.at,
    )


def _revoked(id: UUID, fact: Revoked, document: Document) -> CertificateRevoked:
    return CertificateRevoked(
        certificate_id=id,
        route_id=fact.grounds.route,
        holder_id=fact.grounds.holder,
        number=document.number,
        municipality=fact.grounds.municipality,
        school=fact.grounds.school,
        revoked_at=fact.at,
    )
