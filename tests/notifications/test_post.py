"""The mail server's every answer, and what may be said of the letter after it."""

import asyncio

import pytest

from deploy.mail import MailCatcher
from deploy.servers.ports import free_port
from shared.mail.letter import Letter
from shared.mail.post import No, Post, Server, ServerAway, Unanswered
from tests.notifications.server import HANG_UP, SILENCE, scripted

LETTER = Letter(sender="iom@school.example", recipient="anna@school.example", content=b"Subject: x\r\n\r\n.dot\r\n")


def post(url: str, timeout: float = 5) -> Post:
    return Post(Server.at(url), timeout)


async def send(to: Post) -> None:
    await to.announce(LETTER)
    await to.hand_over(LETTER)


async def test_a_real_server_gets_the_letter(mail_catcher: MailCatcher):
    sender = post(mail_catcher.url)
    await send(sender)
    await send(sender)
    await sender.leave()
    assert mail_catcher.count == 2
    assert mail_catcher.messages[0].get_payload().strip() == ".dot"


async def test_nothing_is_handed_over_before_the_second_step():
    async with scripted() as server:
        sender = post(server.url)
        await sender.announce(LETTER)
        assert not [line for line in server.heard if line.startswith("DATA")]
        await sender.leave()
        assert server.texts == []


async def test_letters_share_a_connection():
    async with scripted() as server:
        sender = post(server.url)
        for _ in range(3):
            await send(sender)
        await sender.leave()
        assert (server.connections, len(server.texts)) == (1, 3)


async def test_a_connection_that_died_between_letters_is_made_anew():
    async with scripted(rcpt=["250 ok", "250 ok"], text=[HANG_UP, "250 accepted"]) as server:
        sender = post(server.url)
        with pytest.raises(Unanswered):
            await send(sender)
        await send(sender)
        await sender.leave()
        assert server.connections == 2


@pytest.mark.parametrize(("answer", "lasting"), [("450 mailbox busy", False), ("550 no such person", True)])
async def test_a_refused_recipient(answer, lasting):
    async with scripted(rcpt=[answer]) as server:
        with pytest.raises(No) as no:
            await send(post(server.url))
        assert no.value.lasting is lasting
        assert no.value.reason == f"smtp_{answer[:3]}"
        assert server.texts == []


@pytest.mark.parametrize("step", ["data", "text"])
@pytest.mark.parametrize(("answer", "lasting"), [("451 try later", False), ("554 looks like spam", True)])
async def test_a_refused_text(step, answer, lasting):
    async with scripted(**{step: [answer]}) as server:
        with pytest.raises(No) as no:
            await send(post(server.url))
        assert no.value.lasting is lasting


@pytest.mark.parametrize(
    "answers",
    [
        {"hello": ["421 too busy"]},
        {"hello": ["554 no service"]},
        {"hello": [HANG_UP]},
        {"mail": ["550 we do not know you"]},
        {"mail": ["451 disk full"]},
        {"mail": [HANG_UP]},
        {"rcpt": ["421 closing"]},
        {"rcpt": [HANG_UP]},
        {"rcpt": ["no code at all"]},
        {"rcpt": ["250-ok", HANG_UP]},
    ],
    ids=str,
)
async def test_a_server_that_serves_nobody_condemns_no_letter(answers):
    async with scripted(**answers) as server:
        with pytest.raises(ServerAway):
            await send(post(server.url))
        assert server.texts == []


async def test_nobody_listens():
    with pytest.raises(ServerAway):
        await send(post(f"smtp://127.0.0.1:{free_port()}"))


@pytest.mark.parametrize("answers", [{"rcpt": [SILENCE]}, {"hello": [SILENCE]}], ids=str)
async def test_a_silent_server_is_given_up_in_time(answers):
    async with asyncio.timeout(5), scripted(**answers) as server:
        with pytest.raises(ServerAway):
            await send(post(server.url, timeout=0.2))


@pytest.mark.parametrize("answer", [HANG_UP, SILENCE, "no code at all", "25", "200 fine, but not the word for it"])
async def test_without_an_answer_to_the_text_nobody_knows(answer):
    async with asyncio.timeout(5), scripted(text=[answer]) as server:
        with pytest.raises(Unanswered):
            await send(post(server.url, timeout=0.2))
        assert len(server.texts) == 1


async def test_an_address_cannot_carry_another_command():
    async with scripted() as server:
        sender = post(server.url)
        for recipient in ("a@b.example>\r\nRCPT TO:<thief@evil.example", "a@b.example\nDATA", "a b@c.example"):
            smuggler = Letter(sender=LETTER.sender, recipient=recipient, content=b"")
            with pytest.raises(No) as refused:
                await sender.announce(smuggler)
            assert refused.value.reason == "smtp_553"
        await sender.announce(LETTER)  # the connection still serves
        await sender.leave()
        assert not [line for line in server.heard if "thief" in line]


def test_an_address_of_a_server():
    assert Server.at("smtp://mail:2525") == Server(host="mail", port=2525, user=None, password=None, tls=False)
    assert Server.at("smtps://u%40x:p%3A@mail") == Server(host="mail", port=465, user="u@x", password="p:", tls=True)
    assert Server.at("smtp://mail").port == 25
    for wrong in ("", "mail:25", "http://mail"):
        with pytest.raises(ValueError, match="smtp://host:port"):
            Server.at(wrong)
