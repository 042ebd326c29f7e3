"""Many teachers at once, each with a route that went as far as a path says."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from services.routes.categories import routes
from services.routes.domain.route.records import Whose
from services.routes.domain.route.rules import Command
from shared.store.execute import Executor
from tests.routes import path as p
from tests.store.parcel import context

ROUTES = routes(p.POLICIES)
OPENED = (p.open_,)


def of(whose: Whose, path: Iterable[Command]) -> list[Command]:
    """The path as another teacher of another school goes it."""
    return [_of(whose, command) for command in path]


def _of(whose: Whose, command: Any) -> Command:
    changes: dict[str, Any] = {}
    if command.by.person == p.ANNA:
        changes["by"] = replace(command.by, person=whose.tutee)
    if getattr(command, "whose", None):
        changes["whose"] = whose
    if getattr(command, "person", None):
        changes["person"] = whose.tutee
    return p.but(command, **changes)  # type: ignore[no-any-return]


async def come(
    executor: Executor, number: int, school: str, path: Sequence[Command] = OPENED, municipality: str = "m-ust"
) -> list[UUID]:
    """That many teachers, each with a route of their own."""
    people = [uuid4() for _ in range(number)]
    for person in people:
        await go(executor, Whose(tutee=person, municipality=municipality, school=school), path)
    return people


async def go(executor: Executor, whose: Whose, path: Sequence[Command]) -> None:
    route = uuid4()
    for command in of(whose, path):
        await executor.execute(ROUTES, route, command, context())
