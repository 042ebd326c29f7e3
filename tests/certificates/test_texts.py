"""Every refusal speaks to people, in Russian, and says what to do next."""

import re

import pytest
from pydantic import ValidationError

from services.certificates import texts
from services.certificates.domain import certificate
from services.certificates.settings import CertificatesSettings
from shared.domain import Refusal
from shared.http.problems import slug

REFUSALS = [each for each in vars(certificate).values() if isinstance(each, type) and issubclass(each, Refusal)]


@pytest.mark.parametrize("refusal", [each for each in REFUSALS if each is not Refusal])
def test_a_refusal_has_its_words_and_its_clause(refusal: type[Refusal]) -> None:
    title, next_step = texts.REFUSALS[slug(refusal)]
    assert re.search("[а-я]", title)
    assert re.search("[а-я]", next_step)
    assert refusal.clause
    assert refusal.__doc__


def test_no_words_are_kept_for_refusals_that_are_gone() -> None:
    assert set(texts.REFUSALS) == {slug(each) for each in REFUSALS if each is not Refusal}


def test_a_wrong_time_zone_stops_the_start() -> None:
    with pytest.raises(ValidationError):
        CertificatesSettings(time_zone="Asia/Nowhere")
    assert CertificatesSettings(port=8003).printed_url == "http://127.0.0.1:8003"
    assert CertificatesSettings(public_url="https://iom.example").printed_url == "https://iom.example"
