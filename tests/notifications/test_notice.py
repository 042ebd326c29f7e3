"""One notice: planned once, sent at most once, and never in a hurry to call a doubt a success."""

from datetime import timedelta

import pytest

from services.notifications.domain import notice as n
from services.notifications.domain.sending import PAUSES, notice
from tests.notifications.examples import (
    ANNA,
    BORIS,
    LATER,
    MATTER,
    MINE,
    NOON,
    ROUTE,
    THEIRS,
    delayed,
    failed,
    in_doubt,
    plan,
    planned,
    sent,
    started,
    suppressed,
)
from tests.story import Story

story = Story(notice)
start = n.StartSending(attempt=MINE, at=NOON)
confirm = n.ConfirmSent(attempt=MINE, at=LATER)
put_off = n.PutOff(attempt=None, reason="smtp_450", at=NOON)
give_up = n.GiveUp(attempt=None, reason="smtp_550", at=NOON)
suppress = n.Suppress(reason="consent_withdrawn", at=NOON)
doubt = n.Doubt(attempt=MINE, at=LATER)
read = n.MarkRead(reader=ANNA, at=LATER)


def test_a_notice_is_planned_once():
    story.when(plan).then(planned)
    story.given(planned).when(plan).then()
    story.given(planned, started, sent).when(plan).then()


def test_one_message_one_person_one_channel_is_one_stream():
    assert n.notice_id("m-1", ANNA, "email") == n.notice_id("m-1", ANNA, "email")
    ids = {n.notice_id(m, p, c) for m in ("m-1", "m-2") for p in (ANNA, BORIS) for c in ("email", "web")}
    assert len(ids) == 8


def test_nothing_happens_to_what_was_never_planned():
    for command in (start, confirm, put_off, give_up, suppress, doubt, read):
        story.when(command).refused(n.NoSuchNotice)


def test_the_way_of_a_letter():
    story.given(planned).when(start).then(started)
    story.given(planned, started).when(confirm).then(sent)


def test_an_attempt_that_did_not_hear_its_answer_asks_again_and_holds_the_claim():
    story.given(planned, started).when(start).then()


def test_of_two_attempts_one_sends():
    story.given(planned, started).when(n.StartSending(attempt=THEIRS, at=LATER)).refused(n.BeingSent)
    for theirs in (
        n.ConfirmSent(attempt=THEIRS, at=LATER),
        n.PutOff(attempt=None, reason="smtp_450", at=LATER),
        n.GiveUp(attempt=THEIRS, reason="smtp_550", at=LATER),
        n.Doubt(attempt=THEIRS, at=LATER),
    ):
        story.given(planned, started).when(theirs).refused(n.BeingSent)


def test_what_was_sent_is_never_sent_again():
    for command in (start, n.StartSending(attempt=THEIRS, at=LATER), put_off, give_up, suppress, doubt):
        story.given(planned, started, sent).when(command).refused(n.AlreadyClosed)
    story.given(planned, started, sent).when(confirm).then()


def test_what_is_in_doubt_is_never_sent_again():
    story.given(planned, started).when(doubt).then(in_doubt)
    for command in (start, n.StartSending(attempt=THEIRS, at=LATER), put_off, suppress):
        story.given(planned, started, in_doubt).when(command).refused(n.AlreadyClosed)
    story.given(planned, started, in_doubt).when(doubt).then()


def test_the_sender_who_was_only_slow_ends_the_doubt():
    story.given(planned, started, in_doubt).when(confirm).then(sent)
    late_no = n.GiveUp(attempt=MINE, reason="smtp_550", at=NOON)
    story.given(planned, started, in_doubt).when(late_no).then(failed)


def test_try_again_later_waits_longer_each_time_and_ends_in_failure():
    past = [planned]
    for pause in PAUSES:
        later = n.Delayed(reason="smtp_450", until=NOON + pause, at=NOON)
        story.given(*past).when(put_off).then(later)
        past.append(later)
    assert list(PAUSES) == sorted(PAUSES)
    assert sum(PAUSES, timedelta()) > timedelta(days=1)
    story.given(*past).when(put_off).then(n.Failed(reason="smtp_450", at=NOON))


def test_a_text_that_was_certainly_not_accepted_may_be_sent_again():
    put_back = n.PutOff(attempt=MINE, reason="smtp_450", at=NOON)
    story.given(planned, started).when(put_back).then(delayed(1))
    story.given(planned, started, delayed(1)).when(n.StartSending(attempt=THEIRS, at=LATER)).then(
        n.SendingStarted(attempt=THEIRS, at=LATER)
    )


def test_an_attempt_that_never_became_a_fact_leaves_the_notice_pending():
    story.given(planned).when(n.PutOff(attempt=MINE, reason="store_unavailable", at=NOON)).then()


@pytest.mark.parametrize("attempt", [None, MINE])
def test_never_is_never(attempt):
    past = [planned] if attempt is None else [planned, started]
    story.given(*past).when(n.GiveUp(attempt=attempt, reason="smtp_550", at=NOON)).then(failed)
    story.given(*past, failed).when(start).refused(n.AlreadyClosed)


def test_a_notice_to_somebody_who_withdrew_consent_is_suppressed_unless_it_is_on_its_way():
    story.given(planned).when(suppress).then(suppressed)
    story.given(planned, suppressed).when(suppress).then()
    story.given(planned, suppressed).when(start).refused(n.AlreadyClosed)
    story.given(planned, started).when(suppress).refused(n.BeingSent)


@pytest.mark.parametrize("past", [[], [started], [started, sent], [started, in_doubt], [failed], [suppressed]])
def test_only_its_recipient_reads_a_notice_whatever_became_of_the_mail(past):
    story.given(planned, *past).when(read).then(n.Read(at=LATER))
    story.given(planned, *past, n.Read(at=NOON)).when(read).then()
    story.given(planned, *past).when(n.MarkRead(reader=BORIS, at=LATER)).refused(n.NotTheRecipient)


def test_reading_changes_nothing_about_the_sending():
    unread = notice.fold([planned, started, sent])
    after = notice.fold([planned, n.Read(at=NOON), started, sent])
    assert isinstance(after, n.Delivered)
    assert after.notice.read_at == NOON
    assert after.at == unread.at
    assert after.notice.matter == MATTER
    assert MATTER.route == ROUTE
