"""The generated pages say what the code does, and the regulation is covered clause by clause, duty by duty."""

import re

import pytest

from docs import generate, rights, trace
from docs.trace import Traced, clauses

REASONS = {"note", "until", "covered"}  # why a clause may have no test: not a rule, not here yet, tested elsewhere
DUTIES = {"2.8.1": 12, "2.8.2": 10, "2.8.3": 8, "2.8.4": 14, "2.8.5": 9}  # counted in the regulation


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_generated_page_is_what_the_code_makes(name: str):
    written = (trace.DOCS / name).read_text(encoding="utf-8")
    assert written == generate.PAGES[name](), "make docs"


def test_every_clause_and_every_duty_has_a_test_or_says_why_not():
    found = trace.trace()
    without = [clause for clause in clauses() if not found.get(clause, Traced()).tests]
    assert [clause for clause in without if not REASONS & clauses()[clause].keys()] == []


def test_nothing_names_a_clause_that_does_not_exist():
    assert set(trace.trace()) - set(clauses()) == set()


def test_every_duty_of_the_regulation_is_listed_in_its_order():
    for of, how_many in DUTIES.items():
        listed = [clause for clause in clauses() if clause.startswith(f"{of}.")]
        assert listed == [f"{of}.{number}" for number in range(1, how_many + 1)]


def test_a_clause_covered_elsewhere_says_where():
    elsewhere = {clause: about["covered"] for clause, about in clauses().items() if "covered" in about}
    assert elsewhere
    for clause, where in elsewhere.items():
        named = set(re.findall(r"\d+(?:\.\d+)+", where))
        assert set() < named <= set(clauses()) - {clause}, clause


def test_every_domain_that_states_rules_is_found():
    found = {(of.service, of.aggregate) for of in rights.rules()}
    assert found >= {("routes", "route"), ("routes", "track"), ("routes", "priority"), ("certificates", "certificate")}
    assert all(of.stated and all(stated.who for stated in of.stated) for of in rights.rules())


def test_a_test_may_name_several_clauses():
    assert list(trace.named("test_2_8_3_2_and_3_1_1_a_school_appoints")) == ["2.8.3.2", "3.1.1"]
    assert list(trace.named("test_a_thing")) == []
