"""The servers every other test stands on."""

import aio_pika
import aiosmtplib
import asyncpg

from deploy.mail import MailCatcher
from deploy.servers.admin import Management


async def test_a_test_gets_an_empty_database_of_its_own(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    finally:
        await connection.close()


async def test_a_test_gets_an_empty_vhost_of_its_own(amqp_url: str, management: Management) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("q", durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"hello"), routing_key="q")
        message = await queue.get(timeout=5)
        await message.ack()
    assert set(management.queues(amqp_url.rpartition("/")[2])) == {"q"}


async def test_mail_is_kept_and_counted(mail_catcher: MailCatcher) -> None:
    await aiosmtplib.send(
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?b?0JjQntCc?=\r\n\r\nbody",
        sender="a@example.org",
        recipients=["b@example.org"],
        hostname=mail_catcher.host,
        port=mail_catcher.port,
    )
    assert mail_catcher.count == 1
    assert mail_catcher.messages[0]["Subject"] == "ИОМ"
