"""A sender dies in the middle: what was not handed over goes later, what was is never sent twice."""

import asyncio
from datetime import timedelta

import pytest

from deploy.mail import MailCatcher
from services.notifications.categories import NOTICES
from services.notifications.domain.notice import StartSending
from shared.mail.letter import Letter
from shared.mail.post import Post, Server
from shared.store.types import StoreUnavailable
from tests.notifications.examples import ANNA, THEIRS
from tests.notifications.rig import Rig
from tests.notifications.server import HANG_UP, SILENCE, scripted
from tests.notifications.test_office import invited


class Killed(BaseException):
    """kill -9, as far as a process can do it to itself."""


class DyingPost(Post):
    """Dies at one point of the hand-over."""

    def __init__(self, url: str, point: str) -> None:
        super().__init__(Server.at(url), 2)
        self.point = point

    async def announce(self, letter: Letter) -> None:
        await super().announce(letter)
        if self.point == "after RCPT":
            raise Killed

    async def hand_over(self, letter: Letter) -> None:
        if self.point == "before DATA":
            raise Killed
        await super().hand_over(letter)
        raise Killed


async def test_killed_before_the_text_was_begun_it_is_sent_after_the_restart(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    id = await invited(rig)
    with pytest.raises(Killed):
        await rig.office(DyingPost(mail_catcher.url, "after RCPT")).round()
    assert await rig.told(id) == ["planned"]
    assert await rig.office(mail_catcher.url).round() == 1
    assert mail_catcher.count == 1


@pytest.mark.parametrize(("point", "mails"), [("before DATA", 0), ("after DATA", 1)])
async def test_killed_after_it_may_have_begun_it_is_in_doubt_and_never_sent_again(
    rig: Rig, mail_catcher: MailCatcher, point: str, mails: int
):
    rig.known.add(ANNA)
    id = await invited(rig)
    with pytest.raises(Killed):
        await rig.office(DyingPost(mail_catcher.url, point)).round()
    restarted = rig.office(mail_catcher.url)
    assert await restarted.round() == 0
    assert (await rig.row(id))["status"] == "sending"  # its sender may still be alive
    rig.now += rig.doubt_after
    for _ in range(2):
        assert await restarted.round() == 0
        rig.now += timedelta(days=1)
    assert await rig.told(id) == ["planned", "sending_started", "in_doubt"]
    assert (await rig.row(id))["status"] == "in_doubt"
    assert mail_catcher.count == mails


@pytest.mark.parametrize("answer", [HANG_UP, SILENCE])
async def test_a_server_that_dies_with_the_text_leaves_a_doubt(rig: Rig, answer: str):
    rig.known.add(ANNA)
    id = await invited(rig)
    async with scripted(text=[answer]) as server:
        office = rig.office(Post(Server.at(server.url), 0.2))
        await office.round()
        rig.now += timedelta(days=1)
        await office.round()
        assert len(server.texts) == 1
    assert await rig.told(id) == ["planned", "sending_started", "in_doubt"]


async def test_two_processes_send_one_mail(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    for number in range(5):
        await invited(rig, message=f"m-{number}")
    offices = [rig.office(mail_catcher.url) for _ in range(4)]
    sent = await asyncio.gather(*(office.round() for office in offices))
    assert sum(sent) == 5
    assert len({mail["Message-ID"] for mail in mail_catcher.messages}) == mail_catcher.count == 5


async def test_a_claim_of_another_process_is_respected(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    id = await invited(rig)
    office = rig.office(mail_catcher.url)
    announce = Post.announce

    async def slow(post: Post, letter: Letter) -> None:
        await announce(post, letter)
        claim = StartSending(attempt=THEIRS, at=rig.now)
        await rig.executor.execute(NOTICES, id, claim, rig.context())

    office._courier._post.announce = slow.__get__(office._courier._post)
    assert await office.round() == 0
    assert mail_catcher.count == 0
    assert await rig.told(id) == ["planned", "sending_started"]


async def test_a_stopping_process_finishes_the_letter_in_its_hands(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    id = await invited(rig)
    handing, go_on = asyncio.Event(), asyncio.Event()

    class SlowPost(Post):
        async def hand_over(self, letter: Letter) -> None:
            handing.set()
            await go_on.wait()
            await super().hand_over(letter)

    task = asyncio.create_task(rig.office(SlowPost(Server.at(mail_catcher.url), 2)).round())
    await handing.wait()
    task.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await rig.told(id))[-1] == "sent"
    assert mail_catcher.count == 1


@pytest.mark.parametrize("written", [True, False])
async def test_a_claim_whose_answer_was_lost_is_taken_back(rig: Rig, mail_catcher: MailCatcher, written: bool):
    rig.known.add(ANNA)
    id = await invited(rig)
    office = rig.office(mail_catcher.url)
    execute = office._desk.executor.execute

    async def failing(category, id, command, context):
        if isinstance(command, StartSending):
            office._desk.executor.execute = execute
            if written:
                await execute(category, id, command, context)
            raise StoreUnavailable
        return await execute(category, id, command, context)

    office._desk.executor.execute = failing
    assert await office.round() == 0
    assert mail_catcher.count == 0
    assert (await rig.row(id))["status"] == "pending"
    rig.now += timedelta(minutes=1)
    assert await office.round() == 1
    assert mail_catcher.count == 1


async def test_what_was_sent_is_recorded_when_the_store_comes_back(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    id = await invited(rig)
    office = rig.office(mail_catcher.url)
    execute, faults = office._desk.executor.execute, 0

    async def failing(category, id, command, context):
        nonlocal faults
        if mail_catcher.count and faults < 2:
            faults += 1
            raise StoreUnavailable
        return await execute(category, id, command, context)

    office._desk.executor.execute = failing
    assert await office.round() == 1
    assert faults == 2
    assert await rig.told(id) == ["planned", "sending_started", "sent"]
