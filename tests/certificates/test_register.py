"""Serial numbers: one each, in order, and never two for the same certificate."""

from dataclasses import replace
from uuid import UUID

from services.certificates.domain.register import Enter, Entered, register, register_id, serial_of
from tests.certificates.examples import NOON
from tests.story import Story

FIRST, SECOND = UUID(int=11), UUID(int=12)
story = Story(register)
enter = Enter(certificate=FIRST, at=NOON)
entered = Entered(certificate=FIRST, serial=1, at=NOON)


def test_the_first_certificate_of_a_year_is_number_one() -> None:
    story.when(enter).then(entered)


def test_the_next_certificate_takes_the_next_number() -> None:
    story.given(entered).when(replace(enter, certificate=SECOND)).then(replace(entered, certificate=SECOND, serial=2))


def test_a_certificate_is_entered_once() -> None:
    second = replace(entered, certificate=SECOND, serial=2)
    story.given(entered, second).when(enter).then()
    assert serial_of(FIRST, register.fold([entered, second])) == 1


def test_a_certificate_that_was_not_entered_has_no_number() -> None:
    assert serial_of(SECOND, register.fold([entered])) is None


def test_every_year_has_a_register_of_its_own() -> None:
    assert register_id(2026) == register_id(2026) != register_id(2027)


def test_a_year_of_thirty_thousand_certificates_folds_in_no_time() -> None:
    facts = [Entered(certificate=UUID(int=n), serial=n, at=NOON) for n in range(1, 30_001)]
    state = register.fold(facts)
    assert serial_of(UUID(int=1), state) == 1
    assert register.decide(replace(enter, certificate=UUID(int=99_999)), state)[0].serial == 30_001
