"""What notifications promises: that a mail was sent, and nothing else of its affairs."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.notifications.domain.notice import Sent
from services.notifications.published import publish
from shared.store.types import Context, Recorded
from tests.notifications.examples import (
    MATTER,
    MINE,
    NOON,
    delayed,
    failed,
    in_doubt,
    planned,
    started,
    suppressed,
)

SAMPLE = json.loads(
    (Path(__file__).parents[1] / "contracts" / "samples" / "notifications.notice_sent.v1.json").read_text()
)


def recorded(event: object) -> Recorded:
    context = Context(
        actor=None,
        role="service",
        scope="service:notifications",
        command=uuid4(),
        command_name="test",
        causation=None,
        correlation="walk",
        occurred_at=NOON,
    )
    return Recorded(
        id=uuid4(),
        stream=f"notice-{SAMPLE['notice_id']}",
        version=3,
        kind="notice.sent",
        event=event,
        context=context,
        recorded_at=NOON,
    )


def test_a_sent_notice_is_told_as_the_sample_shows():
    sent = Sent(
        recipient=UUID(SAMPLE["recipient_id"]),
        channel="email",
        matter=MATTER,
        attempt=MINE,
        at=datetime.fromisoformat(SAMPLE["sent_at"]),
    )
    promise = publish(recorded(sent))
    assert promise is not None
    assert json.loads(promise.model_dump_json()) == SAMPLE


@pytest.mark.parametrize("fact", [planned, started, delayed(1), failed, suppressed, in_doubt], ids=repr)
def test_everything_else_stays_at_home(fact):
    assert publish(recorded(fact)) is None
