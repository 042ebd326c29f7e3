"""One service of the suite, run as a process the way deploy runs it; the other services are absent."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.secrets import SERVICES
from deploy.suite import Suite
from tests.issuer import Issuer


@contextmanager
def alone(service: str, folder: Path, postgres_url: str, amqp_url: str, issuer: Issuer) -> Iterator[Suite]:
    """Ready to work on the run's own servers; *issuer* takes the name of the absent people, whom it trusts."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IOM_POSTGRES_URL", postgres_url)
        environment.setenv("IOM_AMQP_URL", amqp_url)
        environment.setenv("IOM_JWKS_FILE", issuer.keys(folder))
        absent = frozenset(SERVICES) - {service}
        suite = Suite(folder / "suite", lasting=False, without=absent, prefix=f"t{uuid4().hex[:8]}", dropping=True)
        suite.start()
    issuer.name = suite.url("people")
    try:
        suite.wait_until_ready()
        yield suite
    finally:
        suite.stop()
