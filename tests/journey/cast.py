"""The people of the story where nobody keeps them: each has a token of the tests' own issuer."""

from uuid import uuid4

import httpx

from deploy.demo.client import Person
from deploy.demo.region import Region, grant, sample
from deploy.demo.walk import Walk, known, story
from tests.issuer import Issuer


def invented() -> Region:
    """The sample region as it would be if somebody else kept its people."""
    region = sample()
    ids = {person["key"]: uuid4() for person in region["persons"]}
    emails = {person["key"]: person["email"] for person in region["persons"]}
    return Region(region["municipality"]["code"], ids, emails)


def gather_without_people(services: dict[str, str], http: httpx.Client, issuer: Issuer) -> Walk:
    region, told = invented(), story()
    people = {"": Person(services, http)}
    for person in sample()["persons"]:
        id = region.ids[person["key"]]
        grants = [grant(role, person, region.municipality) for role in person["roles"]]
        token = issuer.token(id, *grants, lasting=3600)
        people[person["key"]] = Person(services, http, name=person["key"]).bear(id, token)
    return Walk(people, known(region, told["school"]), told)
