"""The instruments shipped with the service: read from files, published as facts at the first start that sees them."""

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

import msgspec

from services.diagnostics.categories import INSTRUMENTS
from services.diagnostics.domain.authoring import Publish, VersionAlreadyPublished
from services.diagnostics.domain.conduct import Conduct
from services.diagnostics.domain.dynamics import Policy
from services.diagnostics.domain.instrument import Instrument, instrument_id
from shared.store.execute import Executor
from shared.store.types import Context

SHELF = Path(__file__).parent / "data"

Shape = TypeVar("Shape", Instrument, Policy, Conduct)

log = logging.getLogger(__name__)


def read_instruments(shelf: Path = SHELF) -> list[Instrument]:
    """Every instrument on the shelf; a file that does not fit the shape stops the start with its name."""
    return [_read(file, Instrument) for file in sorted(shelf.glob("*.v*.json"))]


def read_policy(shelf: Path = SHELF) -> Policy:
    return _read(shelf / "policy.json", Policy)


def read_conduct(shelf: Path = SHELF) -> Conduct:
    """A shelf of one's own may leave it out: the shipped reading then stands."""
    file = shelf / "conduct.json"
    return _read(file if file.exists() else SHELF / "conduct.json", Conduct)


async def publish(executor: Executor, instruments: Iterable[Instrument], at: datetime) -> None:
    """Publish what is new. A changed file under an old version is refused, and what was published goes on serving."""
    for each in instruments:
        id = instrument_id(each.code, each.version)
        command = Publish(instrument=each, at=at)
        context = Context(
            actor=None,
            role="service",
            scope="service:diagnostics",
            command=uuid5(NAMESPACE_URL, f"publish:{id}:{at.isoformat()}"),
            command_name="publish",
            causation=None,
            correlation=str(id),
            occurred_at=at,
        )
        try:
            await executor.execute(INSTRUMENTS, id, command, context)
        except VersionAlreadyPublished:
            log.error(
                "instrument %s version %s was changed on the shelf; the published one stays", each.code, each.version
            )


def _read(file: Path, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(file.read_bytes(), type=shape)
    except msgspec.DecodeError as error:
        raise ValueError(f"{file.name}: {error}") from error
