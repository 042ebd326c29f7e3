"""However often a completion is delivered, in whatever company, its route has one certificate."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.certificates.categories import CERTIFICATES
from services.certificates.consumers import hearings
from services.certificates.domain.certificate import Granted, certificate_id
from shared.bus.hearing import Listener
from shared.store.execute import Executor
from shared.store.postgres import PostgresStore
from tests.certificates.examples import ROUTE, completion


@pytest.fixture
def listener(executor: Executor) -> Listener:
    return Listener("certificates", executor, hearings())


async def test_delivered_many_times_at_once_it_is_granted_once(store: PostgresStore) -> None:
    listeners = [Listener("certificates", Executor(store), hearings()) for _ in range(4)]
    one, again = str(uuid4()), str(uuid4())  # the same message redelivered, and the same fact under another id
    heard = [each.hear(completion(id), id) for each in listeners for id in (one, one, again)]
    assert all(await asyncio.gather(*heard))
    facts = await store.read(CERTIFICATES.stream(certificate_id(ROUTE)))
    assert [type(fact.event) for fact in facts] == [Granted]
    assert len(await store.fetch("SELECT FROM certificates")) == 1


async def test_the_fact_tells_which_message_caused_it(listener: Listener, executor: Executor) -> None:
    assert await listener.hear(completion("m-1"), "m-1")
    (granted,) = await executor.history(CERTIFICATES, certificate_id(ROUTE))
    assert granted.context.causation == "m-1"
    assert granted.context.correlation == "walk-1"
    assert len(granted.event.code) == 26


@pytest.mark.parametrize("changes", [{"certificate_due": False}, {"medium": "paper"}])
async def test_where_none_is_due_nothing_is_kept(
    changes: dict[str, Any], listener: Listener, store: PostgresStore
) -> None:
    assert await listener.hear(completion("m-1", **changes), "m-1")
    assert await store.fetch("SELECT FROM facts") == []


async def test_a_completion_on_other_grounds_is_refused_and_changes_nothing(
    listener: Listener, store: PostgresStore
) -> None:
    assert await listener.hear(completion("m-1"), "m-1")
    assert await listener.hear(completion("m-2", tutee_id=str(UUID(int=66))), "m-2")
    assert listener.refused == 1
    assert len(await store.fetch("SELECT FROM facts")) == 1


async def test_an_unreadable_completion_goes_to_the_dead_letters(listener: Listener) -> None:
    assert not await listener.hear(completion("m-1", hours="many"), "m-1")
