"""Whole suites on the run's own servers, and folders that the database's own user may enter."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.servers import rabbitmq
from deploy.servers.admin import Management
from deploy.suite import Suite


@contextmanager
def open_folder() -> Iterator[Path]:
    """Not pytest's own folder: as root the database runs as another user, who may pass through this one."""
    made = Path(tempfile.mkdtemp(prefix="iom-test-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def running_suite(
    folder: Path, postgres_url: str, broker: rabbitmq.RabbitMQ, management: Management
) -> Iterator[Suite]:
    """All services as processes, with databases and a virtual host that go with them."""
    vhost = f"t-{uuid4().hex[:20]}"
    management.make_vhost(vhost)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IOM_POSTGRES_URL", postgres_url)
        environment.setenv("IOM_AMQP_URL", broker.url(vhost))
        one = Suite(folder, lasting=False, prefix=f"t{uuid4().hex[:8]}", dropping=True)
        one.start()
    try:
        one.wait_until_ready()
        yield one
    finally:
        one.stop()
        management.drop_vhost(vhost)
