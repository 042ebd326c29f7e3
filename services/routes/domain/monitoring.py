"""What the monitoring must not tell: figures made of so few people that they could be recognised."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from shared.domain import message

Key = tuple[str, str]  # (which breakdown, which of its cells)
Row = dict[Key, Fraction]  # factors of cells that add up to nothing


@message
class Sum:
    """Cells that together make another one, so that any one of them can be computed of the rest."""

    total: Key
    parts: tuple[Key, ...]

    @property
    def cells(self) -> tuple[Key, ...]:
        return (self.total, *self.parts)


def hidden(people: Mapping[Key, int], sums: Sequence[Sum], least: int) -> frozenset[Key]:
    """Which cells nobody is shown: those of fewer people than *least*, and those that would give them away.

    Nobody is no person, so that a zero is shown. A sum whose total is shown hides no part or at least two parts, which
    are of *least* people together; the next part to hide is the smallest one, and the total where no part is left.
    A total that is hidden hides one of its parts at least. Earlier sums choose before later ones. What several sums
    would tell together hides the smallest cell that it follows from.
    """
    found = {key for key, number in people.items() if 0 < number < least}
    while more := _wanted(people, sums, found, least):
        found.add(more)
    return frozenset(found)


def _wanted(people: Mapping[Key, int], sums: Sequence[Sum], found: Collection[Key], least: int) -> Key | None:
    alone = next((key for each in sums if (key := _next(each, people, found, least))), None)
    if alone:
        return alone
    shown = next(computed(sums, found), frozenset())
    return min(((people[key], key) for key in shown if people[key]), default=(0, None))[1]


def computed(sums: Iterable[Sum], unknown: Collection[Key]) -> Iterator[frozenset[Key]]:
    """What each cell follows from that is not shown and can yet be told, however many sums it takes.

    It is Gauss and Jordan's elimination: each row leads with a cell that is unknown and stands in no other row.
    """
    solved: dict[Key, Row] = {}
    for each in sums:
        row = {key: Fraction(-1 if key == each.total else 1) for key in each.cells}
        for known in [key for key in row if key in solved]:
            row = _minus(row, solved[known], row[known])
        lead = next((key for key in row if key in unknown), None)
        if lead:
            row = {key: value / row[lead] for key, value in row.items()}
            solved = {key: _minus(other, row, other.get(lead, Fraction(0))) for key, other in solved.items()}
            solved[lead] = row
    for row in solved.values():
        shown = frozenset(row) - frozenset(unknown)
        if len(row) - len(shown) == 1:
            yield shown


def _minus(row: Row, other: Row, times: Fraction) -> Row:
    if not times:
        return row
    left = {key: row.get(key, Fraction(0)) - times * other.get(key, Fraction(0)) for key in row | other}
    return {key: value for key, value in left.items() if value}


def _next(each: Sum, people: Mapping[Key, int], found: Collection[Key], least: int) -> Key | None:
    """The cell this sum wants hidden, too."""
    concealed = [part for part in each.parts if part in found]
    shown = [(people[part], part) for part in each.parts if people[part] and part not in found]
    if each.total in found:
        return min(shown)[1] if shown and not concealed else None
    if not concealed or (len(concealed) > 1 and sum(people[part] for part in concealed) >= least):
        return None
    return min(shown)[1] if shown else each.total
