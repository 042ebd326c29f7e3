"""What certificates tells the world: papers issued and taken back, without a name."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.certificates.categories import CERTIFICATES
from services.certificates.domain.certificate import certificate_id
from services.certificates.published import CertificateIssued, CertificateRevoked, publish
from shared.store.types import Context, Recorded
from tests.certificates.examples import ANNA, DOCUMENT, LATER, NAME, NOON, REASON, ROUTE, granted, issued, revoked

ID = certificate_id(ROUTE)


def recorded(event: Any) -> Recorded[Any]:
    context = Context(
        actor=None,
        role="service",
        scope="service:certificates",
        command=uuid4(),
        command_name="issue",
        causation=None,
        correlation="walk-1",
        occurred_at=NOON,
    )
    return Recorded(
        id=uuid4(),
        stream=CERTIFICATES.stream(ID),
        version=1,
        kind="certificate.any",
        event=event,
        context=context,
        recorded_at=NOON,
    )


def test_an_issued_paper_is_told() -> None:
    promise = publish(recorded(issued))
    assert promise == CertificateIssued(
        certificate_id=ID,
        route_id=ROUTE,
        holder_id=ANNA,
        number=DOCUMENT.number,
        municipality="m-ust",
        school="s-011",
        issued_on=DOCUMENT.issued_on,
        issued_at=LATER,
    )


def test_a_revoked_paper_is_told() -> None:
    promise = publish(recorded(revoked))
    assert isinstance(promise, CertificateRevoked)
    assert (promise.certificate_id, promise.number, promise.revoked_at) == (ID, DOCUMENT.number, LATER)


@pytest.mark.parametrize("fact", [granted, replace(revoked, document=None), UUID(int=1)])
def test_what_was_never_on_paper_is_told_to_nobody(fact: Any) -> None:
    assert publish(recorded(fact)) is None


@pytest.mark.parametrize("fact", [issued, revoked])
def test_no_promise_names_a_person_or_a_reason(fact: Any) -> None:
    promise = publish(recorded(fact))
    assert promise is not None
    for secret in (NAME, REASON, granted.code):
        assert secret not in promise.model_dump_json()
