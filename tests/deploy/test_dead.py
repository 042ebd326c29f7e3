"""`iom dead`: what an operator sees of the messages that died, and how they give them back."""

import asyncio
import json
import logging
from uuid import UUID, uuid4

import pytest

from deploy import dead as command
from deploy.cli import main
from shared.bus.topology import dead_queue, declare, inbox_queue
from tests.bus.wire import channel_to, depth, received, send, until_async

READER = "certificates"
CONTRACT = "routes.route_completed.v1"


@pytest.fixture(autouse=True)
def broker(amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("IOM_BROKER_URL", amqp_url)
    return amqp_url


def envelope(id: UUID) -> bytes:
    about = {
        "specversion": "1.0",
        "id": str(id),
        "source": "/iom/routes",
        "type": CONTRACT,
        "subject": f"route-{uuid4()}",
        "time": "2026-09-14T05:30:00Z",
        "datacontenttype": "application/json",
        "streamversion": 7,
        "data": {"municipality": "m-secret"},
    }
    return json.dumps(about).encode()


async def _die(url: str, *bodies: bytes) -> None:
    """The service has met these messages and turned every one down."""
    async with channel_to(url) as channel:
        await declare(channel, READER, [CONTRACT])
        await send(url, READER, *bodies)
    async with received(url, inbox_queue(READER)) as messages:
        for _ in bodies:
            await (await messages.get()).reject(requeue=False)

    async def buried() -> bool:
        return await depth(url, dead_queue(READER)) == len(bodies)

    await until_async(buried)


def died(url: str, *bodies: bytes) -> None:
    asyncio.run(_die(url, *bodies))


def waiting(url: str, queue: str) -> int:
    return asyncio.run(depth(url, queue))


def test_every_service_is_counted_even_one_that_never_started(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    died(broker, envelope(uuid4()), b"nobody can read this")
    assert main(["dead", "list"]) == 0
    counts = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert counts["certificates"] == "2"
    assert counts["notifications"] == "0"


def test_a_services_letters_are_listed_one_a_line(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    id = uuid4()
    died(broker, envelope(id), b"nobody can read this \x1b[2J")
    assert main(["dead", "list", READER]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{id}  {CONTRACT}  route-")
    assert "rejected" in first
    assert "unreadable" in second


def test_a_letter_is_shown_in_full_and_stays(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    id = uuid4()
    died(broker, envelope(id), envelope(uuid4()))
    for _ in range(2):
        assert main(["dead", "show", READER, "--id", str(id)]) == 0
        shown = capsys.readouterr().out
        assert str(id) in shown
        assert '"municipality": "m-secret"' in shown
    assert waiting(broker, dead_queue(READER)) == 2


def test_what_is_shown_is_not_logged(
    broker: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    id = uuid4()
    died(broker, envelope(id))
    with caplog.at_level(logging.INFO):
        main(["dead", "show", READER])
        main(["dead", "replay", READER])
    assert "m-secret" not in caplog.text
    assert "m-secret" not in capsys.readouterr().err


def test_what_cannot_be_read_is_shown_without_moving_the_terminal(
    broker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    died(broker, b"\x1b[2J not JSON")
    assert main(["dead", "show", READER]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "not JSON" in shown


def test_one_letter_is_replayed_and_then_all(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    id = uuid4()
    died(broker, envelope(id), envelope(uuid4()), envelope(uuid4()))
    assert main(["dead", "replay", READER, "--id", str(id)]) == 0
    assert (waiting(broker, dead_queue(READER)), waiting(broker, inbox_queue(READER))) == (2, 1)
    assert main(["dead", "replay", READER]) == 0
    assert (waiting(broker, dead_queue(READER)), waiting(broker, inbox_queue(READER))) == (0, 3)
    assert "2 of 2" in capsys.readouterr().err


def test_an_unknown_message_or_service_is_told(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    died(broker, envelope(uuid4()))
    for action in ("list", "show", "replay"):
        assert main(["dead", action, READER, "--id", "no such"]) == 1
    assert waiting(broker, dead_queue(READER)) == 1
    assert main(["dead", "show", "nobody"]) == 1
    assert "these do: certificates" in capsys.readouterr().err


def test_a_broker_that_is_away_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IOM_BROKER_URL", "amqp://iom:very-secret@127.0.0.1:1/iom")
    assert main(["dead", "list"]) == 1
    told = capsys.readouterr().err
    assert "does not answer" in told
    assert "very-secret" not in told


def test_without_a_suite_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("IOM_BROKER_URL")
    monkeypatch.setattr(command, "described", lambda: None)
    assert main(["dead", "list"]) == 1
    assert "iom up" in capsys.readouterr().err


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dead", "--help"])
    assert ended.value.code == 0
    assert "iom dead replay certificates --id ID" in capsys.readouterr().out
