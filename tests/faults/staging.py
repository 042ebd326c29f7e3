"""How an experiment is told and begun."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.faults.checker import Finding
from tests.faults.load import Client
from tests.faults.world import World


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """`declared` is False where the services must declare the topology themselves."""

    name: str
    run: Callable[[World], Awaitable[list[Finding]]]
    declared: bool


EXPERIMENTS: dict[str, Experiment] = {}


def experiment(name: str, *, declared: bool = True) -> Callable[..., Any]:
    def register(run: Callable[[World], Awaitable[list[Finding]]]) -> Callable[[World], Awaitable[list[Finding]]]:
        EXPERIMENTS[name] = Experiment(name=name, run=run, declared=declared)
        return run

    return register


async def begin(world: World, *names: str, **changes: Any) -> None:
    """Start the named processes one after the other, hearing before writing unless told otherwise."""
    for name in names or ("hearing", "writing"):
        world.start(name, **changes)
        await world.ready(name)


def client(world: World, name: str = "writing") -> Client:
    return Client(world.setups[name].socket, world.ledger)


async def ask(
    asking: Client, world: World, claim: UUID, command: str, must: str, keyed: bool = True, **values: Any
) -> Any:
    return await asking.insist(world.ledger.ask(claim, command, values, keyed=keyed, must=must))


async def noted(world: World, notes: int) -> None:
    """One claim with so many notes, which wait for their reader."""
    claim = uuid4()
    async with client(world) as asking:
        await ask(asking, world, claim, "Open", "done", by="somebody")
        for number in range(1, notes + 1):
            await ask(asking, world, claim, "Note", "done", numbers=[number])
