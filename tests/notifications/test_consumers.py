"""From the broker's bytes to facts: every promise that is heard has its effect, and has it once."""

import json
from collections import Counter
from uuid import uuid4

import pytest

from services.notifications.categories import CATEGORIES
from services.notifications.consumers import hearings
from shared.bus.hearing import Listener
from shared.store.execute import Executor
from shared.store.memory import MemoryStore
from tests.notifications.examples import NOON
from tests.notifications.telling import message

HEARD = sorted(each.reads.contract for each in hearings())


@pytest.mark.parametrize("contract", HEARD)
async def test_a_promise_has_its_effect_once(contract: str):
    store = MemoryStore(CATEGORIES)
    listener = Listener("notifications", Executor(store), hearings(lambda: NOON))
    body = message(contract, str(uuid4()))
    assert await listener.hear(body, "test")
    first = store.position
    assert first > 0
    assert await listener.hear(body, "test")
    assert store.position == first
    assert (listener.refused, listener.rejected) == (0, 0)


async def test_a_tutor_is_remembered_and_told():
    store = MemoryStore(CATEGORIES)
    listener = Listener("notifications", Executor(store), hearings(lambda: NOON))
    await listener.hear(message("routes.tutor_appointed.v1", str(uuid4())), "test")
    kinds = Counter(fact.kind for fact in await store.read_log(0))
    assert kinds == {"companion.tutor_noted": 1, "notice.planned": 2}


async def test_a_fact_says_which_message_caused_it():
    store = MemoryStore(CATEGORIES)
    listener = Listener("notifications", Executor(store), hearings(lambda: NOON))
    body = message("routes.route_invited.v1", str(uuid4()))
    await listener.hear(body, "test")
    (fact,) = await store.read_log(0)
    assert fact.context.causation == json.loads(body)["id"]
    assert fact.context.role == "service"


def test_each_contract_is_heard_by_one_hearing():
    assert len(HEARD) == len(set(HEARD)) == 33
