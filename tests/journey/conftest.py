"""A suite for each journey, and a place for it that the database's own user may enter."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.suites import open_folder


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=15, trust_env=False) as client:
        yield client
