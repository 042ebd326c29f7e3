"""PyPI eventsourcing, run by the Python it is installed for: appends, a tailing reader, a replay; answers in JSON.

eventsourced.py write DATABASE functions|default WRITERS FACTS SECONDS   {"rate": commands a second}
eventsourced.py tail DATABASE functions|default CALM                     {"given": facts, "different": of them}
eventsourced.py tell DATABASE default COUNT                              {"facts": how many}
eventsourced.py replay DATABASE default                                  {"rate": facts a second}

A tail ends when its input has ended and nothing has come for CALM seconds. What is told is COUNT times the life that
comes in as JSON: a list of kinds and data. A replay makes domain events of all and applies them to their aggregates.
"""

import json
import os
import sys
import threading
import time
from urllib.parse import urlsplit

from eventsourcing.domain import Aggregate, event

TEXT = "a line of about forty characters, repeated " * 13
PAGE = 1000


class Note(Aggregate):
    @event("Taken")
    def __init__(self, number, text):
        self.total = 1

    @event("Added")
    def add(self, number, text):
        self.total += 1


class Life(Aggregate):
    """Of whatever kinds of facts: the last data of each are its state."""

    @event("Begun")
    def __init__(self, kind, data):
        self.last = {kind: data}

    @event("Told")
    def tell(self, kind, data):
        self.last[kind] = data


def application(url, mode):
    parts = urlsplit(url)
    os.environ.update(
        PERSISTENCE_MODULE="eventsourcing.postgres",
        POSTGRES_DBNAME=parts.path[1:],
        POSTGRES_HOST=parts.hostname,
        POSTGRES_PORT=str(parts.port),
        POSTGRES_USER=parts.username,
        POSTGRES_PASSWORD=parts.password or "",
        POSTGRES_POOL_SIZE="32",
        POSTGRES_ENABLE_DB_FUNCTIONS="yes" if mode == "functions" else "no",
    )
    from eventsourcing.application import Application

    return Application()


def write(app, writers, facts, seconds):
    until = time.perf_counter() + seconds
    done = [0] * writers

    def work(who):
        while time.perf_counter() < until:
            note = Note(0, TEXT)
            for number in range(1, facts):
                note.add(number, TEXT)
            app.save(note)
            done[who] += 1

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=(who,)) for who in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"rate": sum(done) / (time.perf_counter() - started)}


def tail(app, calm):
    """Reads on behind the last number it has seen, as a follower of the log does."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    ids, given, last, calm_since = set(), 0, None, None
    print("reading", flush=True)
    while True:
        page = app.recorder.select_notifications(last, PAGE, inclusive_of_start=last is None)
        ids.update((each.originator_id, each.originator_version) for each in page)
        given += len(page)
        if page:
            last, calm_since = page[-1].id, None
        elif ended.is_set():
            calm_since = calm_since or time.monotonic()
            if time.monotonic() - calm_since > calm:
                return {"given": given, "different": len(ids)}


def tell(app, count):
    life = json.load(sys.stdin)
    for _ in range(count):
        one = Life(*life[0])
        for kind, data in life[1:]:
            one.tell(kind, data)
        app.save(one)
    return {"facts": count * len(life)}


def replay(app):
    started, count, start, aggregates = time.perf_counter(), 0, None, {}
    while page := app.recorder.select_notifications(start, PAGE, inclusive_of_start=start is None):
        for notification in page:
            fact = app.mapper.to_domain_event(notification)
            aggregates[fact.originator_id] = fact.mutate(aggregates.get(fact.originator_id))
        count, start = count + len(page), page[-1].id
    return {"rate": count / (time.perf_counter() - started)}


def main():
    what, url, mode, *rest = sys.argv[1:]
    app = application(url, mode)
    if what == "write":
        answer = write(app, int(rest[0]), int(rest[1]), float(rest[2]))
    elif what == "tail":
        answer = tail(app, float(rest[0]))
    else:
        answer = tell(app, int(rest[0])) if what == "tell" else replay(app)
    app.close()
    print(json.dumps(answer))


main()
