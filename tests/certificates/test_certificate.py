"""A certificate's life, told in facts."""

from dataclasses import replace
from uuid import UUID

from services.certificates.domain.certificate import (
    AlreadyRevoked,
    GrantedOtherwise,
    NeverGranted,
    ReasonMissing,
    Valid,
    Void,
    certificate,
    certificate_id,
)
from services.certificates.domain.certificate_view import view
from tests.certificates.examples import (
    BORIS,
    CODE,
    DOCUMENT,
    GROUNDS,
    NAME,
    grant,
    granted,
    issue,
    issued,
    revoke,
    revoked,
)
from tests.story import Story

story = Story(certificate)


def test_a_completed_route_is_granted_a_certificate_4_3() -> None:
    story.when(grant).then(granted)


def test_a_completion_heard_twice_grants_once_4_3() -> None:
    story.given(granted).when(replace(grant, code="another code of the second hearing")).then()
    story.given(granted, issued).when(grant).then()
    story.given(granted, issued, revoked).when(grant).then()


def test_one_route_never_gives_two_people_a_certificate_4_3() -> None:
    other = replace(grant, grounds=replace(GROUNDS, holder=BORIS))
    story.given(granted).when(other).refused(GrantedOtherwise)


def test_a_route_has_one_certificate_stream() -> None:
    assert certificate_id(GROUNDS.route) == certificate_id(GROUNDS.route)
    assert certificate_id(GROUNDS.route) != certificate_id(UUID(int=77))


def test_a_granted_certificate_is_issued_once() -> None:
    story.given(granted).when(issue).then(issued)
    story.given(granted, issued).when(replace(issue, document=replace(DOCUMENT, sha256="cd" * 32))).then()


def test_what_was_never_granted_is_neither_issued_nor_revoked() -> None:
    story.when(issue).refused(NeverGranted)
    story.when(revoke).refused(NeverGranted)


def test_a_certificate_is_revoked_with_its_reason() -> None:
    story.given(granted, issued).when(revoke).then(revoked)


def test_a_certificate_may_be_revoked_before_it_is_printed() -> None:
    story.given(granted).when(revoke).then(replace(revoked, document=None))
    story.given(granted, replace(revoked, document=None)).when(issue).refused(AlreadyRevoked)


def test_revoking_needs_a_reason() -> None:
    story.given(granted, issued).when(replace(revoke, reason=" \n")).refused(ReasonMissing)


def test_revoking_again_changes_nothing() -> None:
    story.given(granted, issued, revoked).when(revoke).then()
    story.given(granted, issued, revoked).when(replace(revoke, reason="Другая причина")).refused(AlreadyRevoked)


def test_a_revoked_certificate_keeps_what_the_paper_says() -> None:
    state = certificate.fold([granted, issued, revoked])
    assert isinstance(state, Void)
    assert state.document == DOCUMENT
    assert state.name is not None
    assert state.name.text == NAME


def test_the_row_follows_the_state_and_names_nobody() -> None:
    past = [granted, issued, revoked]
    rows = [next(iter(view(UUID(int=5), n, certificate.fold(past[:n])))).values for n in (1, 2, 3)]
    assert [row["status"] for row in rows] == ["granted", "issued", "revoked"]
    assert [row["number"] for row in rows] == [None, DOCUMENT.number, DOCUMENT.number]
    assert {row["code"] for row in rows} == {CODE}
    assert all(NAME not in str(row) for row in rows)


def test_nothing_has_no_row() -> None:
    assert list(view(UUID(int=5), 0, certificate.initial)) == []
    assert isinstance(certificate.fold([granted, issued]), Valid)
