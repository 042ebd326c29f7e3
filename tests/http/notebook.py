"""The smallest whole service: notes that are written, amended once and sealed, over HTTP and from what others say."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.bus.hearing import Hearing, Wish
from shared.domain import Decider, Refusal, Row, message
from shared.http.commands import Wanted, answer, caller, etag, wanted
from shared.http.problems import NotFound
from shared.http.tokens import Person
from shared.runtime import Runtime, Work, create_service
from shared.settings import ServiceSettings
from shared.store.types import Category, Heard, Recorded

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY, version integer NOT NULL, text text NOT NULL);"
SECRET = "Иванова Анна, +7 900 000-00-00"  # what an error's message must never carry outside


@message
class Write:
    text: str


@message
class Seal:
    pass


@message
class Written:
    text: str


@message
class Sealed:
    pass


@message
class Note:
    text: str = ""
    sealed: bool = False


class NoteSealed(Refusal):
    """A sealed note is not changed."""

    clause = "1.10"


def decide(command: Write | Seal, state: Note) -> list[Written | Sealed]:
    match command:
        case Write(text=text):
            if state.sealed:
                raise NoteSealed
            return [Written(text=text)]
        case Seal():
            return [] if state.sealed else [Sealed()]


def evolve(state: Note, fact: Written | Sealed) -> Note:
    match fact:
        case Written(text=text):
            return replace(state, text=text)
        case Sealed():
            return replace(state, sealed=True)


def view(id: UUID, version: int, state: Note) -> Iterable[Row]:
    yield Row(table="notes", values={"id": id, "version": version, "text": state.text})


NOTES: Category[Write | Seal, Note, Written | Sealed] = Category(
    name="note", decider=Decider(initial=Note(), decide=decide, evolve=evolve), facts=(Written, Sealed), view=view
)
TEXTS = {"note-sealed": ("Запись закрыта.", "Заведите новую запись.")}


class NoteWritten(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    contract: ClassVar[str] = "notes.note_written.v1"

    note_id: UUID
    letters: int
    municipality: str = "m-ust"


class ThingDone(BaseModel):
    model_config = ConfigDict(frozen=True)
    contract: ClassVar[str] = "others.thing_done.v1"

    note_id: UUID


def publish(fact: Recorded[Any]) -> BaseModel | None:
    """That a note was sealed is nobody else's business."""
    if not isinstance(fact.event, Written):
        return None
    return NoteWritten(note_id=fact.stream_id, letters=len(fact.event.text))


def react(promise: ThingDone, _: Heard) -> Iterable[Wish]:
    yield Wish(category=NOTES, id=promise.note_id, command=Write(text="others did a thing"))


class NewNote(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=2000)]


Envelope = Annotated[Wanted, Depends(wanted)]


def router(runtime: Runtime) -> APIRouter:
    made = APIRouter(prefix="/notes")

    async def run(id: UUID, command: Write | Seal, envelope: Wanted, response: Response, status: int = 200) -> Any:
        outcome = await runtime.executor.execute(
            NOTES, id, command, envelope.context(command), expected=envelope.expected, receipt=envelope.receipt
        )
        return answer(outcome, response, status)

    @made.post("", status_code=201)
    async def write(body: NewNote, envelope: Envelope, response: Response) -> dict[str, Any]:
        return await run(envelope.new_id("note"), Write(text=body.text), envelope, response, 201)  # type: ignore[no-any-return]

    @made.post("/{id}/seal")
    async def seal(id: UUID, envelope: Envelope, response: Response) -> dict[str, Any]:
        return await run(id, Seal(), envelope, response)  # type: ignore[no-any-return]

    @made.put("/{id}")
    async def amend(id: UUID, body: NewNote, envelope: Envelope, response: Response) -> dict[str, Any]:
        return await run(id, Write(text=body.text), envelope, response)  # type: ignore[no-any-return]

    @made.get("/{id}")
    async def show(id: UUID, _: Annotated[Person, Depends(caller)], response: Response) -> dict[str, Any]:
        rows = await runtime.store.fetch("SELECT version, text FROM notes WHERE id = $1", id)
        if not rows:
            raise NotFound
        response.headers["ETag"] = etag(rows[0]["version"])
        return {"id": str(id), "text": rows[0]["text"]}

    @made.get("/{id}/defect")
    async def defect(id: UUID) -> None:
        raise RuntimeError(f"{SECRET} {id}")

    return made


def build(settings: ServiceSettings, *, prepare: Iterable[Work] = (), background: Iterable[Work] = ()) -> FastAPI:
    return create_service(
        "notes",
        settings,
        categories=[NOTES],
        schema=SCHEMA,
        publish=publish,
        routers=lambda runtime: [router(runtime)],
        texts=TEXTS,
        hearings=[Hearing(reads=ThingDone, react=react)],
        prepare=tuple(prepare),
        background=tuple(background),
    )
