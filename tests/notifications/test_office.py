"""The office at work: real mail, real tables, and every way in which the world is not ready."""

from datetime import timedelta
from uuid import UUID

import pytest

from deploy.mail import MailCatcher
from deploy.servers.ports import free_port
from services.notifications import reactions
from services.notifications import subscribed as s
from services.notifications.delivery import PATIENCE
from services.notifications.domain.sending import PAUSES
from shared.http.directory import DirectoryUnavailable
from shared.mail.post import ServerAway
from tests.notifications.examples import ANNA, BORIS, NOON, ROUTE, VERA
from tests.notifications.rig import Rig
from tests.notifications.server import scripted

PLACE = {"route_id": ROUTE, "tutee_id": ANNA, "municipality": "m-ust", "school": "s-011"}


def telling(of: type[s.Placed]) -> reactions.Telling:
    return next(each for each in reactions.TABLE if each.of is of)


async def invited(rig: Rig, message: str = "m-1") -> UUID:
    (id,) = await rig.hear(telling(s.RouteInvited), s.RouteInvited(**PLACE), message)
    return id


async def appointed(rig: Rig) -> None:
    promise = s.TutorAppointed(**PLACE, tutor_id=BORIS, appointed_at=NOON)
    await rig.wish(reactions.note_tutor(promise))


async def consent(rig: Rig, *, given: bool) -> None:
    kind = s.ConsentGiven if given else s.ConsentWithdrawn
    await rig.wish(reactions.note_consent(kind(person_id=ANNA, **{f"{'given' if given else 'withdrawn'}_at": rig.now})))


async def test_an_invitation_is_mailed_once(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    id = await invited(rig)
    office = rig.office(mail_catcher.url)
    assert await office.round() == 1
    assert await office.round() == 0
    assert await rig.told(id) == ["planned", "sending_started", "sent"]
    (mail,) = mail_catcher.messages
    assert mail["Message-ID"] == f"<{id}@school.example>"
    assert mail["To"].addresses[0].addr_spec == "p1@s.example"
    assert (await rig.row(id))["status"] == "sent"


async def test_what_is_heard_twice_is_mailed_once(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    office = rig.office(mail_catcher.url)
    for _ in range(2):
        await invited(rig)
        await office.round()
    assert mail_catcher.count == 1
    await invited(rig, message="m-2")
    await office.round()
    assert mail_catcher.count == 2


async def test_while_people_is_absent_notices_wait_and_then_go(rig: Rig, mail_catcher: MailCatcher):
    rig.known.away = True
    id = await invited(rig)
    office = rig.office(mail_catcher.url)
    with pytest.raises(DirectoryUnavailable):
        await office.round()
    assert (await rig.row(id))["status"] == "pending"
    assert await rig.told(id) == ["planned"]
    rig.known.away = False
    rig.known.add(ANNA)
    assert await office.round() == 1
    assert mail_catcher.count == 1


async def test_leaders_of_the_school_each_get_a_notice(rig: Rig, mail_catcher: MailCatcher):
    for person in (BORIS, VERA):
        rig.known.add(person)
    rig.known.leading["s-011"] = [BORIS, VERA]
    await rig.hear(telling(s.RouteSubmitted), s.RouteSubmitted(**PLACE), "m-1")
    office = rig.office(mail_catcher.url)
    assert await office.round() == 2
    rig.known.leading["s-011"].append(ANNA)
    assert await office.round() == 0
    assert {mail["To"].addresses[0].addr_spec for mail in mail_catcher.messages} == {"p2@s.example", "p3@s.example"}


async def test_a_crash_while_notices_are_planned_adds_and_loses_nobody(
    rig: Rig, mail_catcher: MailCatcher, monkeypatch: pytest.MonkeyPatch
):
    for person in (ANNA, BORIS, VERA):
        rig.known.add(person)
    rig.known.leading["s-011"] = [BORIS, VERA]
    await rig.hear(telling(s.RouteSubmitted), s.RouteSubmitted(**PLACE), "m-1")
    dying = rig.office(mail_catcher.url)
    planned = 0
    do = dying._desk.executor.execute

    async def killed(category, id, command, context):
        nonlocal planned
        planned += type(command).__name__ == "Plan"
        if planned == 2:
            raise KeyboardInterrupt
        return await do(category, id, command, context)

    monkeypatch.setattr(dying._desk.executor, "execute", killed)
    with pytest.raises(KeyboardInterrupt):
        await dying.round()
    rig.known.leading["s-011"] = [ANNA]  # whoever leads the school now, the announcement was for those it found
    await rig.office(mail_catcher.url).round()
    assert {mail["To"].addresses[0].addr_spec for mail in mail_catcher.messages} == {"p2@s.example", "p3@s.example"}
    assert [row["status"] for row in await rig.store.fetch("SELECT status FROM announcements")] == ["closed"]


async def test_the_tutor_is_told_also_by_promises_that_do_not_name_them(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(BORIS)
    await appointed(rig)
    await rig.hear(telling(s.RouteWithdrawn), s.RouteWithdrawn(**PLACE), "m-9")
    await rig.office(mail_catcher.url).round()
    (mail,) = mail_catcher.messages
    assert mail["To"].addresses[0].addr_spec == "p2@s.example"


async def test_who_is_concerned_in_two_roles_is_told_once(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(BORIS)
    rig.known.leading["s-011"] = [BORIS]
    await appointed(rig)
    await rig.hear(telling(s.RouteWithdrawn), s.RouteWithdrawn(**PLACE), "m-9")
    await rig.office(mail_catcher.url).round()
    assert mail_catcher.count == 1


async def test_no_mail_goes_to_a_person_who_withdrew_consent(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    await consent(rig, given=True)
    id = await invited(rig)
    rig.now += timedelta(seconds=1)
    await consent(rig, given=False)
    rig.known.away = True  # and nobody need be asked to know it
    assert await rig.office(mail_catcher.url).round() == 0
    assert await rig.told(id) == ["planned", "suppressed"]
    assert (await rig.row(id))["reason"] == "consent_withdrawn"
    assert mail_catcher.count == 0


async def test_a_withdrawal_ends_a_notice_that_was_put_off_before_its_time(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    id = await invited(rig)
    async with scripted(rcpt=["450 busy"]) as server:
        await rig.office(server.url).round()
    await consent(rig, given=False)
    await rig.office(mail_catcher.url).round()
    assert await rig.told(id) == ["planned", "delayed", "suppressed"]


async def test_a_withdrawal_not_heard_yet_counts_too(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA, consented=False)
    id = await invited(rig)
    await rig.office(mail_catcher.url).round()
    assert (await rig.row(id))["reason"] == "no_consent"
    assert mail_catcher.count == 0


async def test_consent_given_again_opens_the_way_for_later_notices(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    await consent(rig, given=False)
    rig.now += timedelta(seconds=1)
    await consent(rig, given=True)
    await invited(rig)
    assert await rig.office(mail_catcher.url).round() == 1


async def test_somebody_people_does_not_know_holds_up_nobody(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(BORIS)
    id = await invited(rig)
    await rig.hear(telling(s.TutorAppointed), s.TutorAppointed(**PLACE, tutor_id=BORIS, appointed_at=NOON), "m-2")
    office = rig.office(mail_catcher.url)
    assert await office.round() == 1
    assert (await rig.row(id))["status"] == "pending"
    rig.now += PATIENCE
    await rig.office(mail_catcher.url).round()
    assert (await rig.row(id))["reason"] == "unknown_person"


async def test_somebody_people_breaks_at_holds_up_nobody_and_is_never_given_up(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(BORIS)
    rig.known.breaking.add(ANNA)
    anna, _ = await rig.hear(
        telling(s.TutorAppointed), s.TutorAppointed(**PLACE, tutor_id=BORIS, appointed_at=NOON), "m-1"
    )
    assert await rig.office(mail_catcher.url).round() == 1
    rig.now += PATIENCE * 2
    assert await rig.office(mail_catcher.url).round() == 0
    assert (await rig.row(anna))["status"] == "pending"
    rig.known.breaking.clear()
    rig.known.add(ANNA)
    assert await rig.office(mail_catcher.url).round() == 1


async def test_an_address_that_is_none_fails_the_notice(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA, email="anna@s.example\r\nRCPT TO:<thief@evil.example>")
    id = await invited(rig)
    await rig.office(mail_catcher.url).round()
    assert await rig.told(id) == ["planned", "failed"]
    assert (await rig.row(id))["reason"] == "address_unfit"
    assert mail_catcher.count == 0


async def test_the_mail_server_is_away(rig: Rig, mail_catcher: MailCatcher):
    rig.known.add(ANNA)
    id = await invited(rig)
    with pytest.raises(ServerAway):
        await rig.office(f"smtp://127.0.0.1:{free_port()}").round()
    assert await rig.told(id) == ["planned"]
    assert await rig.office(mail_catcher.url).round() == 1


@pytest.mark.parametrize("step", ["rcpt", "text"])
async def test_a_temporary_no_is_tried_again_later(rig: Rig, step: str):
    rig.known.add(ANNA)
    id = await invited(rig)
    async with scripted(**{step: ["450 busy", "250 ok"]}) as server:
        office = rig.office(server.url)
        assert await office.round() == 0
        assert (await rig.told(id))[-1] == "delayed"
        assert await office.round() == 0  # not before its time
        rig.now += PAUSES[0]
        assert await office.round() == 1
    assert (await rig.row(id))["status"] == "sent"


async def test_a_server_that_always_says_later_fails_the_notice_in_the_end(rig: Rig):
    rig.known.add(ANNA)
    id = await invited(rig)
    async with scripted(rcpt=["450 busy"]) as server:
        office = rig.office(server.url)
        for pause in (*PAUSES, timedelta()):
            await office.round()
            rig.now += pause
    assert await rig.told(id) == ["planned", *["delayed"] * len(PAUSES), "failed"]
    assert (await rig.row(id))["reason"] == "smtp_450"


@pytest.mark.parametrize(("step", "facts"), [("rcpt", ["failed"]), ("text", ["sending_started", "failed"])])
async def test_a_permanent_no_is_not_tried_again(rig: Rig, step: str, facts: list[str]):
    rig.known.add(ANNA)
    id = await invited(rig)
    async with scripted(**{step: ["550 never"]}) as server:
        office = rig.office(server.url)
        await office.round()
        rig.now += timedelta(days=1)
        await office.round()
        assert len([line for line in server.heard if line.startswith("RCPT")]) == 1
    assert await rig.told(id) == ["planned", *facts]


async def test_2_8_2_those_whose_move_is_next_are_told_of_lists_and_applications(rig: Rig, mail_catcher: MailCatcher):
    for each in (ANNA, BORIS, VERA):
        rig.known.add(each)
    rig.known.leading["s-011"] = [ANNA]
    rig.known.coordinating["m-ust"] = [BORIS]
    rig.known.deciding = [VERA]
    of_list = {"list_id": ROUTE, "municipality": "m-ust", "school": "s-011"}
    of_application = {"application_id": ROUTE, "municipality": "m-ust"}
    told = (
        (s.ListReturned(**of_list), ANNA),
        (s.ListSubmitted(**of_list), BORIS),
        (s.ApplicationAccepted(**of_application), BORIS),
        (s.ApplicationReturned(**of_application), BORIS),
        (s.ApplicationSubmitted(**of_application), VERA),
    )
    office = rig.office(mail_catcher.url)
    for number, (promise, whom) in enumerate(told, start=1):
        await rig.hear(telling(type(promise)), promise, f"m-{number}")
        await office.round()
        assert mail_catcher.count == number, promise
        assert mail_catcher.messages[-1]["To"].addresses[0].addr_spec == f"p{whom.int}@s.example"
