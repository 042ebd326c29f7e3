"""The generated pages say what the code does, and the regulation is covered clause by clause."""

import pytest

from docs import generate


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_generated_page_is_what_the_code_makes(name: str):
    written = (generate.DOCS / name).read_text(encoding="utf-8")
    assert written == generate.PAGES[name](), "make docs"


def test_every_rule_of_the_regulation_has_a_test():
    found = generate.trace()
    rules = [clause for clause, about in generate.clauses().items() if about["rule"]]
    assert len(rules) > 20
    assert [clause for clause in rules if not found.get(clause, generate.Traced()).tests] == []


def test_nothing_names_a_clause_that_does_not_exist():
    assert set(generate.trace()) - set(generate.clauses()) == set()


def test_a_clause_covered_elsewhere_says_where():
    known = generate.clauses()
    assert {about["covered"] for about in known.values() if "covered" in about} <= set(known)
