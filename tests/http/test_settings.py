"""What the environment may say, and how a service answers to what it may not."""

import pytest
from pydantic import SecretStr, ValidationError

from shared.settings import ServiceSettings, key_bytes

KEY = "a1" * 32


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(f"IOM_{name.upper()}", raising=False)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "PORT": "8001",
        "ISSUER": "https://a.test, https://b.test,",
        "JWKS_URLS": "http://a.test/jwks.json, http://b.test/jwks.json",
        "MASTER_KEY": KEY,
        "ELSE": "ignored",
    }.items():
        monkeypatch.setenv(f"IOM_{name}", value)
    settings = ServiceSettings()
    assert settings.port == 8001
    assert settings.issuers == {"https://a.test", "https://b.test"}
    assert settings.jwks_urls == ("http://a.test/jwks.json", "http://b.test/jwks.json")
    assert key_bytes(settings.master_key, "master_key") == bytes.fromhex(KEY)


def test_nothing_needs_to_be_said_except_the_keys():
    settings = ServiceSettings()
    assert (settings.host, settings.issuers, settings.jwks_urls) == ("127.0.0.1", frozenset(), ())
    with pytest.raises(ValueError, match=r"IOM_MASTER_KEY is missing.*openssl rand -hex 32"):
        key_bytes(settings.master_key, "master_key")


@pytest.mark.parametrize("wrong", [KEY[:-2], KEY + "00", "secret-but-no-hex" * 4])
def test_a_key_of_the_wrong_form_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, wrong: str):
    monkeypatch.setenv("IOM_SIGNING_KEY", wrong)
    with pytest.raises(ValidationError) as caught:
        ServiceSettings()
    assert "signing_key" in str(caught.value)
    assert wrong not in str(caught.value)


def test_secrets_are_not_shown():
    secrets = ("database_url", "owner_url", "broker_url", "service_secret")
    settings = ServiceSettings(**{name: SecretStr("hidden") for name in secrets}, master_key=SecretStr(KEY))
    assert "hidden" not in repr(settings)
    assert KEY not in repr(settings)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_is_a_port(monkeypatch: pytest.MonkeyPatch, port: str):
    monkeypatch.setenv("IOM_PORT", port)
    with pytest.raises(ValidationError):
        ServiceSettings()
