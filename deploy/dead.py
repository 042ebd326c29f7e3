"""`iom dead`: the messages a service could not digest, counted, read, and given back to it."""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity

from deploy.rabbitmq.definitions import known
from deploy.running import described
from deploy.say import Missing, say
from shared.bus.connect import connect
from shared.bus.dead import DeadLetter, list_dead, replay_dead
from shared.bus.topology import dead_queue

MOST_LISTED = 1000


def dead(action: str, service: str | None, id: str | None) -> int:
    """Exit status 1 when the message that was asked for is not there."""
    url = _broker()
    if service is not None and service not in known():
        raise Missing(f"No service {service} hears anything; these do: {', '.join(known())}")
    actions: dict[str, Callable[[], Coroutine[Any, Any, int]]] = {
        "list": lambda: _list(url, service, id) if service else _count(url),
        "show": lambda: _show(url, service or "", id),
        "replay": lambda: _replay(url, service or "", id),
    }
    try:
        return asyncio.run(actions[action]())
    except (AMQPError, OSError) as error:  # its words may quote the address with the password
        raise Missing(f"The broker does not answer ({type(error).__name__}): iom status") from error


def _broker() -> str:
    told = os.environ.get("IOM_BROKER_URL")
    if told:
        return told
    found = described()
    if found is None:
        raise Missing("Nothing runs: start the suite with `iom up`, or name a broker in IOM_BROKER_URL.")
    return str(found["rabbitmq"]["url"])


async def waiting(url: str, services: Sequence[str]) -> dict[str, int]:
    """How many letters each service has, without taking any in hand."""
    connection = await connect(url)
    found = {}
    try:
        for service in services:
            channel = await connection.channel()
            try:
                queue = await channel.declare_queue(dead_queue(service), passive=True)
                found[service] = queue.declaration_result.message_count or 0
                await channel.close()
            except ChannelNotFoundEntity:
                found[service] = 0  # never started
    finally:
        await connection.close()
    return found


async def _count(url: str) -> int:
    for service, count in (await waiting(url, sorted(known()))).items():
        print(f"{service:14} {count}")
    return 0


async def _letters(url: str, service: str, id: str | None, most: int | None = None) -> tuple[list[DeadLetter], int]:
    """The wanted letters, oldest first, and how many lie there in all."""
    count = (await waiting(url, [service]))[service]
    letters = await list_dead(url, service, min(count, most or count))
    return [letter for letter in letters if id in (None, letter.id)], count


async def _list(url: str, service: str, id: str | None) -> int:
    letters, count = await _letters(url, service, id, MOST_LISTED)
    for letter in letters:
        print("  ".join(map(_plain, (letter.id or "no-id", letter.contract or "unreadable", letter.subject or "-",
                                     letter.reason, letter.died_at))))  # fmt: skip
    if count > MOST_LISTED:
        say(f"These are the oldest {MOST_LISTED} of {count}.")
    return _found(letters, service, id)


async def _show(url: str, service: str, id: str | None) -> int:
    letters, _ = await _letters(url, service, id)
    for letter in letters:
        print(f"id        {_plain(letter.id)}")
        print(f"contract  {_plain(letter.contract)}")
        print(f"subject   {_plain(letter.subject)}")
        print(f"reason    {_plain(letter.reason)}, {_plain(letter.died_at)}")
        print(_body(letter), end="\n\n")
    return _found(letters, service, id)


async def _replay(url: str, service: str, id: str | None) -> int:
    count = (await waiting(url, [service]))[service]  # not more: what dies again meanwhile is for the next time
    replayed = await replay_dead(url, service, lambda letter: id in (None, letter.id), count)
    say(f"{replayed} of {count} put back into the inbox of {service}")
    return 0 if replayed or id is None else 1


def _found(letters: Sequence[DeadLetter], service: str, id: str | None) -> int:
    if id is None or letters:
        return 0
    say(f"No message {id} among the dead letters of {service}.")
    return 1


def _body(letter: DeadLetter) -> str:
    """As it came, laid out for reading; what a terminal could take for a command is shown escaped."""
    if letter.readable:
        return json.dumps(json.loads(letter.body), indent=2, ensure_ascii=True)
    return ascii(letter.body)


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)
