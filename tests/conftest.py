"""One private PostgreSQL and one private RabbitMQ for the whole run; a fresh database or vhost for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import settings

from deploy.mail import MailCatcher
from deploy.paths import local
from deploy.servers import postgres, rabbitmq
from deploy.servers.admin import Management, drop_database, make_database
from tests.suites import open_folder

settings.register_profile("whole", deadline=None)  # a busy machine is slow, and slow is not wrong
settings.load_profile("whole")


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_server(servers_folder: Path) -> Iterator[postgres.Postgres]:
    server = postgres.start(servers_folder / "postgres", servers_folder / "postgres.log", lasting=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: postgres.Postgres) -> str:
    """A superuser's address."""
    return postgres_server.url


@pytest_asyncio.fixture
async def database(postgres_server: postgres.Postgres) -> AsyncIterator[str]:
    """The address of an empty database of this test's own, as superuser."""
    name = f"t_{uuid4().hex[:20]}"
    await make_database(postgres_server.url, name)
    yield postgres_server.with_database(name)
    await drop_database(postgres_server.url, name)


@pytest.fixture(scope="session")
def rabbitmq_server(servers_folder: Path) -> Iterator[rabbitmq.RabbitMQ]:
    server = rabbitmq.start(
        servers_folder / "rabbitmq", servers_folder / "rabbitmq.log", cache=local() / "packages", lasting=False
    )
    yield server
    server.stop()


@pytest.fixture(scope="session")
def management(rabbitmq_server: rabbitmq.RabbitMQ) -> Management:
    return Management(rabbitmq_server)


@pytest.fixture
def amqp_url(rabbitmq_server: rabbitmq.RabbitMQ, management: Management) -> Iterator[str]:
    """The address of an empty virtual host of this test's own."""
    name = f"t-{uuid4().hex[:20]}"
    management.make_vhost(name)
    yield rabbitmq_server.url(name)
    management.drop_vhost(name)


@pytest.fixture
def mail_catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    """An SMTP server that keeps what it gets: .url, .port, .count, .messages."""
    with MailCatcher(tmp_path / "mail") as catcher:
        yield catcher
