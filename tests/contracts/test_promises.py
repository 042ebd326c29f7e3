"""Every promise is kept by its maker and understood by its readers."""

import json
import re
from inspect import signature

import pytest
from pydantic import BaseModel, ValidationError

from tests.contracts.house import SERVICES, contract, makers, module, promises, sample, samples
from tests.contracts.lock import fingerprint, locked

MADE = promises("published")
READ = promises("subscribed")


def told(model: type[BaseModel]) -> str:
    return f"{model.__module__.split('.')[1]}:{contract(model)}"


def test_every_sample_has_exactly_one_maker():
    assert sorted(contract(model) for model in MADE) == sorted(samples())


@pytest.mark.parametrize("model", MADE, ids=told)
def test_a_promise_is_named_after_its_service_and_has_a_version(model):
    service = model.__module__.split(".")[1]
    assert re.fullmatch(rf"{service}\.[a-z_]+\.v[1-9][0-9]*", contract(model))


@pytest.mark.parametrize("model", MADE, ids=told)
def test_a_maker_says_exactly_what_its_sample_says(model):
    said = model.model_validate_json(sample(contract(model))).model_dump_json()
    assert json.loads(said) == json.loads(sample(contract(model)))


@pytest.mark.parametrize("model", MADE, ids=told)
def test_a_maker_neither_changes_nor_adds(model):
    made = model.model_validate_json(sample(contract(model)))
    field = next(iter(type(made).model_fields))
    with pytest.raises(ValidationError):
        setattr(made, field, None)
    with pytest.raises(ValidationError):
        model.model_validate(json.loads(sample(contract(model))) | {"surprise": 1})


@pytest.mark.parametrize("model", READ, ids=told)
def test_a_reader_reads_a_promise_that_somebody_makes(model):
    maker = makers().get(contract(model))
    assert maker is not None, f"nobody promises {contract(model)}"
    assert maker.__module__.split(".")[1] != model.__module__.split(".")[1]
    assert set(model.model_fields) <= set(maker.model_fields)


@pytest.mark.parametrize("model", READ, ids=told)
def test_a_reader_understands_the_sample(model):
    read = model.model_validate_json(sample(contract(model))).model_dump(mode="json")
    shown = json.loads(sample(contract(model)))
    assert {name: shown[name] for name in read} == read


@pytest.mark.parametrize("model", READ, ids=told)
def test_a_reader_does_not_mind_new_fields(model):
    shown = json.loads(sample(contract(model)))
    read = model.model_validate(shown | {"added_in_some_later_year": 1})
    assert read.model_dump() == model.model_validate(shown).model_dump()


def test_a_published_sample_is_never_edited():
    assert {name: fingerprint(name) for name in samples()} == locked(), "a new sample? python -m tests.contracts.lock"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_read_is_listened_to(service: str):
    consumers = module(service, "consumers")
    heard = getattr(consumers, "HEARINGS", ())
    if hearings := getattr(consumers, "hearings", None):
        # What it needs when something is heard is not needed to know what it hears.
        heard = hearings(*(None for _ in signature(hearings).parameters))
    read = {contract(model) for model in READ if model.__module__.split(".")[1] == service}
    assert {contract(each.reads) for each in heard} == read
