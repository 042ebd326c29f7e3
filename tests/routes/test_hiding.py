"""Which figures are hidden: whatever is shown, no hidden one can be computed of it."""

from collections.abc import Collection, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.routes.domain.monitoring import Key, Sum, hidden
from services.routes.figures import Figure
from services.routes.monitoring import ALL, board, sums

LEAST = 5


def parts(*people: int) -> tuple[dict[tuple[str, str], int], Sum]:
    cells = {("part", str(n)): number for n, number in enumerate(people)}
    return cells | {ALL: sum(people)}, Sum(total=ALL, parts=tuple(cells))


def names(*people: int) -> set[str]:
    cells, added = parts(*people)
    return {name for _, name in hidden(cells, [added], LEAST)}


def test_2_8_1_11_few_people_are_hidden_and_the_next_smallest_with_them():
    assert names(0, 5, 6) == set()
    assert names(4, 7, 6) == {"0", "2"}
    assert names(4, 0, 6) == {"0", "2"}
    assert names(2, 3, 9) == {"0", "1"}
    assert names(1, 2, 9) == {"0", "1", "2"}  # three people would be all that is missing
    assert names(4) == {"0", ""}
    assert names(0, 0) == set()


def test_2_8_1_11_a_hidden_total_is_not_the_sum_of_what_is_shown():
    cells, added = parts(6, 7)
    cells |= {("other", ""): 4, ("both", ""): 17}
    outer = Sum(total=("both", ""), parts=(ALL, ("other", "")))
    assert hidden(cells, [outer, added], LEAST) == {("other", ""), ALL, ("part", "0")}


def test_2_8_1_11_two_sums_together_give_nothing_away():
    """Twelve of stage 2 and two of stage 1 have no model: with their sum shown, the six of stage 4 were the rest."""
    told = {("1 opened", ""): 2, ("2 diagnosing", ""): 12, ("4 running", "regional"): 4, ("4 running", "school"): 2}
    people = counted([(*each, "true", "s-011") for each, number in told.items() for _ in range(number)])
    found = hidden(people, sums(people), LEAST)
    assert ("stage", "4") in found
    assert ("model", "") in found
    assert ALL not in found
    assert known(sums(people), found) == []


def known(lines: Sequence[Sum], unknown: Collection[Key]) -> list[Key]:
    """Which of them follow from what is shown: without such a column the equations have a lower rank."""
    columns = sorted(unknown)
    factors = [[-(key == each.total) + (key in each.parts) for key in columns] for each in lines]
    matrix = np.array(factors, dtype=float).reshape(len(lines), len(columns))
    without = [np.delete(matrix, n, axis=1) for n in range(len(columns))]
    return [key for key, less in zip(columns, without, strict=True) if rank(less) < rank(matrix)]


def rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


ROUTES = st.lists(
    st.tuples(
        st.sampled_from(["1 opened", "2 diagnosing", "4 running", "4 withdrawn", "5 evaluating", "5 completed"]),
        st.sampled_from(["", "regional", "school"]),
        st.sampled_from(["true", "false"]),
        st.sampled_from(["s-011", "s-012", "s-013"]),
    ),
    max_size=60,
)


def counted(routes: list[tuple[str, str, str, str]]) -> dict[tuple[str, str], int]:
    """As the database counts them, each of a teacher of its own."""
    found: dict[tuple[str, str], int] = {}
    for status, model, answer, school in routes:
        stage = status[0]
        cells = [ALL, ("stage", stage), ("status", status), ("model", model), ("staged", f"{stage} {model}")]
        cells += [("overdue", answer), ("on_hold", "false"), ("place", school)]
        if status == "5 completed":
            cells += [("achieved", answer), ("certificate_due", "true")]
        for cell in cells:
            found[cell] = found.get(cell, 0) + 1
    return found


@given(ROUTES)
def test_2_8_1_11_no_sum_of_the_board_gives_a_hidden_figure_away(routes):
    people = counted(routes)
    found = board({key: Figure(number, number) for key, number in people.items()}, LEAST).hidden
    assert {key for key, number in people.items() if number < LEAST} <= found
    for each in sums(people):
        assert people[each.total] == sum(people[part] for part in each.parts)
        unknown = [key for key in (each.total, *each.parts) if key in found]
        assert len(unknown) != 1, each
        if unknown and each.total not in found:
            assert sum(people[key] for key in unknown) >= LEAST, each
    assert known(sums(people), found) == []
