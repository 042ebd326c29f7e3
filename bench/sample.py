"""The stream the benches write and read: notes of about 600 bytes, with nothing of the business in them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.domain import Decider, Gone, Row, message
from shared.store.types import Category, Context

TEXT = "a line of about forty characters, repeated "


@message
class Note:
    number: int
    text: str


@message
class Noted:
    number: int
    text: str


def decide(command: Note, total: int) -> list[Noted]:
    return [Noted(number=command.number, text=command.text)]


def view(_id: UUID, _version: int, _total: int) -> Iterable[Row | Gone]:
    return ()


notes: Category[Note, int, Noted] = Category(
    name="note",
    decider=Decider(initial=0, decide=decide, evolve=lambda total, _fact: total + 1),
    facts=(Noted,),
    view=view,
)


def note(number: int) -> Noted:
    """A fact whose JSON has about 600 bytes."""
    return Noted(number=number, text=TEXT * 13)


def context() -> Context:
    return Context(
        actor=uuid4(),
        role="bench",
        scope="own",
        command=uuid4(),
        command_name="note",
        causation=None,
        correlation=str(uuid4()),
        occurred_at=datetime.now(UTC),
    )
