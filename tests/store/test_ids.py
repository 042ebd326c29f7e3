"""Ids of facts: in the order of time, and never twice."""

import os
import time
from uuid import UUID

from shared.store.ids import FETCHED, RANDOM, new_id


def test_ids_are_of_version_seven_and_sort_by_time() -> None:
    first = second = new_id()
    while second.int >> 80 == first.int >> 80:  # the same millisecond still
        second = new_id()
    assert (first.version, first.variant) == (7, UUID(int=0x8 << 60).variant)
    assert first < second
    assert abs((first.int >> 80) - time.time() * 1000) < 60_000


def test_ids_differ_across_many_fetches_of_chance() -> None:
    count = 3 * FETCHED // RANDOM
    assert len({new_id().int & ((1 << 62) - 1) for _ in range(count)}) == count


def test_a_forked_process_has_chance_of_its_own() -> None:
    new_id()  # so that some is in store
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, new_id().bytes)
        os._exit(0)
    os.waitpid(child, 0)
    theirs = UUID(bytes=os.read(reading, 16))
    assert theirs.int & ((1 << 62) - 1) != new_id().int & ((1 << 62) - 1)
