"""One route walked from its nomination to its certificate, through the public HTTP APIs, by the people of a region.

`story.json` is the table of steps: who does what, where it is `post`ed, and for which clause or status it must be
`refused`. A value "@name" stands for a person of the region, for the id that an earlier step kept under that name, for
"@place.municipality" and "@place.school", or for a date: "@today", "@in:30" days from now.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from deploy.demo.client import Person, Refused, until
from deploy.demo.region import PASSWORD, Region

FILE = Path(__file__).with_name("story.json")
SETTLED = ("sent", "suppressed", "failed", "in_doubt")

Step = dict[str, Any]


class Broken(Exception):
    """A step did not hold: something was allowed that must not be, or is not what it should be."""


def story() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return told


@dataclass(slots=True)
class Walked:
    """What a step was and how long it took."""

    step: Step
    seconds: float


@dataclass(slots=True)
class Walk:
    """One story being walked; `kept` are ids by the name a step gave them."""

    people: dict[str, Person]
    kept: dict[str, str]
    story: dict[str, Any] = field(default_factory=story)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    certificate: dict[str, Any] = field(default_factory=dict)
    pdf: bytes = b""

    @property
    def hero(self) -> Person:
        return self.people[self.story["hero"]]

    @property
    def route(self) -> str:
        return self.kept["route"]

    def steps(self, before: Callable[[Step], None] = lambda step: None) -> Iterator[Walked]:
        """Walk; *before* hears of each step before it is taken."""
        for step in self.story["steps"]:
            before(step)
            began = time.monotonic()
            self.take(step)
            yield Walked(step, time.monotonic() - began)

    def take(self, step: Step) -> None:
        person = self.people[step["who"]]
        if "act" in step:
            ACTS[step["act"]](self, person, step)
        elif "wait" in step:
            wait_for_fact(self, person, step["wait"])
        elif "refused" in step:
            denied(lambda: self._post(person, step), step["refused"])
        else:
            answer = self._post(person, step)
            if "keep" in step:
                self.kept[step["keep"]] = str(answer.get("item_id") or answer["id"])

    def _post(self, person: Person, step: Step) -> dict[str, Any]:
        path = "/".join(self.meant(part) for part in step["post"].split("/"))
        if not path.startswith("/"):
            path = f"/routes/{self.route}/{path}"
        return person.do(step.get("service", "routes"), path, self.meant(step.get("body", {})))

    def meant(self, value: Any) -> Any:
        """The value with every "@name" replaced."""
        if isinstance(value, dict):
            return {name: self.meant(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.meant(each) for each in value]
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        if value == "@today":
            return self.today.isoformat()
        if value.startswith("@in:"):
            return (self.today + timedelta(days=int(value[4:]))).isoformat()
        return self.kept[value[1:]]


def gather(services: dict[str, str], http: httpx.Client, region: Region) -> Walk:
    """The people of the story, signed in, and nobody as "" for public pages."""
    told = story()
    cast = sorted({step["who"] for step in told["steps"]} | {told["hero"]})
    people = {who: Person(services, http, name=who) for who in cast}
    for who in filter(None, cast):
        people[who].sign_in(region.emails[who], PASSWORD)
    return Walk(people, known(region, told["school"]), told)


def known(region: Region, school: str) -> dict[str, str]:
    """What the story may name before anything is kept: the persons and the place."""
    persons = {key: str(id) for key, id in region.ids.items()}
    return {**persons, "place.municipality": region.municipality, "place.school": school}


def denied(attempt: Callable[[], object], why: str) -> None:
    """The attempt must be turned down, with this status or by this clause; anything else breaks the walk."""
    try:
        attempt()
    except Refused as refusal:
        if why in (str(refusal.status), refusal.problem.get("clause")):
            return
        raise Broken(f"refused for another reason than {why}: {refusal}") from refusal
    raise Broken(f"allowed, though it must be refused ({why})")


def consent(walk: Walk, person: Person, step: Step) -> None:
    """To the processing of personal data; what is kept is the hash of the text that was shown."""
    consent_to_processing(person)


def consent_to_processing(person: Person) -> None:
    text = person.see("people", "/consents/personal_data")["text"]
    person.do("people", f"/persons/{person.id}/consent", {"document_hash": sha256(text.encode()).hexdigest()})


def look_in_vain(walk: Walk, person: Person, step: Step) -> None:
    denied(lambda: person.see("routes", f"/routes/{walk.route}"), "404")


def take_test(walk: Walk, person: Person, step: Step) -> None:
    """The session assigned before: started, answered item by item, handed in."""
    take_session(person, walk.kept[step["form"]], walk.story["answers"][step["form"]])


def take_session(person: Person, session: str, answers: Mapping[str, str]) -> None:
    person.do("diagnostics", f"/sessions/{session}/start")
    for item, answer in answers.items():
        person.do("diagnostics", f"/sessions/{session}/answers/{item}", {"answer": answer})
    person.do("diagnostics", f"/sessions/{session}/submission")


def timeline(walk: Walk, person: Person | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (person or walk.hero).see("routes", f"/routes/{walk.route}/timeline")["items"]
    return found


def wait_for_fact(walk: Walk, person: Person, kind: str) -> None:
    """What another service promised has arrived in the route."""
    until(lambda: [fact for fact in timeline(walk, person) if fact["kind"].endswith(kind)], f"{kind} in the route")


def fetch_certificate(walk: Walk, person: Person, step: Step) -> None:
    def issued() -> dict[str, Any] | None:
        found = person.see("certificates", "/certificates", route=walk.route)["items"]
        return next((one for one in found if one["status"] == "issued"), None)

    walk.certificate = until(issued, "the certificate")
    walk.pdf = person.fetch("certificates", walk.certificate["pdf"])
    if not walk.pdf.startswith(b"%PDF"):
        raise Broken("the certificate is no PDF")


def verify_certificate(walk: Walk, person: Person, step: Step) -> None:
    page = person.fetch("certificates", urlsplit(walk.certificate["verification"]).path).decode()
    if walk.certificate["number"] not in page:
        raise Broken("the public page does not tell the certificate's number")


def await_letters(walk: Walk, person: Person, step: Step) -> None:
    """Every notice of everybody in the story has met its fate; the teacher's on the certificate is among them."""
    readers = [one for one in walk.people.values() if one.id]

    def all_settled() -> bool:
        topics = {notice["topic"] for notice in notices(person)}
        found = [notice for reader in readers for notice in notices(reader)]
        return "certificate_issued.holder" in topics and all(notice["status"] in SETTLED for notice in found)

    until(all_settled, "the letter on the certificate")


def notices(reader: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reader.see("notifications", "/notices", limit="200")["items"]
    return found


ACTS: dict[str, Callable[[Walk, Person, Step], None]] = {
    act.__name__: act
    for act in (consent, look_in_vain, take_test, fetch_certificate, verify_certificate, await_letters)
}
