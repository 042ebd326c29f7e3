"""What the monitoring must not tell: figures made of so few people that they could be recognised."""

from collections.abc import Collection, Mapping, Sequence

from shared.domain import message

Key = tuple[str, str]  # (which breakdown, which of its cells)


@message
class Sum:
    """Cells that together make another one, so that any one of them can be computed of the rest."""

    total: Key
    parts: tuple[Key, ...]


def hidden(people: Mapping[Key, int], sums: Sequence[Sum], least: int) -> frozenset[Key]:
    """Which cells nobody is shown: those of fewer people than *least*, and those that would give them away.

    Nobody is no person, so that a zero is shown. A sum whose total is shown hides no part or at least two parts, which
    are of *least* people together; the next part to hide is the smallest one, and the total where no part is left.
    A total that is hidden hides one of its parts at least. Earlier sums choose before later ones.
    """
    found = {key for key, number in people.items() if 0 < number < least}
    while more := next((key for each in sums if (key := _next(each, people, found, least))), None):
        found.add(more)
    return frozenset(found)


def _next(each: Sum, people: Mapping[Key, int], found: Collection[Key], least: int) -> Key | None:
    """The cell this sum wants hidden, too."""
    concealed = [part for part in each.parts if part in found]
    shown = [(people[part], part) for part in each.parts if people[part] and part not in found]
    if each.total in found:
        return min(shown)[1] if shown and not concealed else None
    if not concealed or (len(concealed) > 1 and sum(people[part] for part in concealed) >= least):
        return None
    return min(shown)[1] if shown else each.total
