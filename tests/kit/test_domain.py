"""The kit's own words behave as their docstrings say."""

from dataclasses import FrozenInstanceError
from uuid import UUID

import pytest

from shared.domain import Decider, Personal, Refusal, changed, message


@message
class Counted:
    by: int


class TooMany(Refusal):
    """The counter never passes ten."""

    clause = "1.10"


def decide(by: int, total: int) -> list[Counted]:
    if total + by > 10:
        raise TooMany
    return [Counted(by=by)]


counter: Decider[int, int, Counted] = Decider(initial=0, decide=decide, evolve=lambda total, fact: total + fact.by)


def test_a_message_is_a_value_that_cannot_be_changed():
    fact = Counted(by=3)
    assert fact == Counted(by=3)
    assert hash(fact) == hash(Counted(by=3))
    with pytest.raises(FrozenInstanceError):
        fact.by = 4


def test_a_message_is_made_by_naming_its_fields():
    with pytest.raises(TypeError):
        Counted(3)


def test_a_refusal_speaks_with_its_docstring_and_cites_its_clause():
    with pytest.raises(TooMany, match=r"The counter never passes ten\.") as caught:
        counter.decide(4, 7)
    assert caught.value.clause == "1.10"


def test_a_fold_goes_on_from_a_known_state():
    facts = [Counted(by=1), Counted(by=2), Counted(by=3)]
    halfway = counter.fold(facts[:2])
    assert counter.fold(facts[2:], halfway) == counter.fold(facts) == 6


def test_a_fold_of_nothing_is_the_beginning_even_from_a_falsy_state():
    assert counter.fold([]) == 0
    assert counter.fold([Counted(by=5)], 0) == 5


def test_a_forgotten_text_is_known_by_its_absence():
    person = UUID(int=1)
    assert Personal(subject=person, text=None).forgotten
    assert not Personal(subject=person, text="").forgotten


def test_a_changed_record_is_a_copy_with_other_fields():
    before = Personal(subject=UUID(int=1), text="было")
    after = changed(before, text="стало")
    assert after == Personal(subject=UUID(int=1), text="стало")
    assert before.text == "было"
    with pytest.raises(FrozenInstanceError):
        after.text = "иначе"


def test_a_record_has_no_fields_but_its_own():
    with pytest.raises(TypeError, match="Personal has no field words"):
        changed(Personal(subject=UUID(int=1), text=""), words="")
