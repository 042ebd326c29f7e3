"""The container files say the same as the runner does, and the image holds everything the services read."""

import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deploy.databases import Databases
from deploy.environment import Addresses, environment
from deploy.paths import ROOT
from deploy.secrets import SERVICES, STORING, Secrets
from deploy.servers.postgres import Postgres

COMPOSE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{([A-Z_]+)")


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return found


def test_the_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    schema = files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json").read_text()
    specification = jsonschema.Draft7Validator(yaml.safe_load(schema))
    assert [fault.message for fault in specification.iter_errors(compose)] == []
    assert not specification.is_valid(compose | {"containers": {}}), "the check has no teeth"


def test_every_service_has_its_container(compose: dict[str, Any]) -> None:
    for name in SERVICES:
        assert compose["services"][name]["command"] == ["python", "-m", f"services.{name}"]
        assert compose["services"][name]["image"] == "iom:local"


def test_a_container_is_told_what_the_runner_tells(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in list(os.environ) if name.startswith("IOM_")]:
        monkeypatch.delenv(variable)
    databases = Databases(Postgres("postgresql://iom:x@postgres:5432/postgres", "address"), Secrets())
    addresses = Addresses(databases, "amqp://x", "smtp://x", dict.fromkeys(SERVICES, 8000))
    of_the_image = {"IOM_HOST", "IOM_PORT"}
    for name in SERVICES:
        expected = {key for key in environment(name, addresses) if key.startswith("IOM_")} - of_the_image
        given = set(compose["services"][name]["environment"])
        assert given - {"IOM_BROKER_URL"} == expected - {"IOM_BROKER_URL"}, name
    for name in STORING:
        url = compose["services"][name]["environment"]["IOM_DATABASE_URL"]
        assert url.endswith(f"@postgres:5432/{databases.name(name)}")
        assert f"//{databases.name(name)}:" in url


def test_everything_is_published_on_loopback_only(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(published) == len(set(published)) == len(SERVICES) + 4
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_services_wait_for_what_they_stand_on(compose: dict[str, Any]) -> None:
    for name in SERVICES:
        conditions = {on: how["condition"] for on, how in compose["services"][name]["depends_on"].items()}
        assert conditions["databases"] == "service_completed_successfully"
        assert conditions["rabbitmq"] == "service_healthy"
    for name in ("postgres", "rabbitmq", "mail"):
        assert compose["services"][name]["healthcheck"]["test"]


def test_the_secrets_script_makes_every_variable_once(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = Path(shutil.copy(ROOT / "deploy" / "compose-secrets", tmp_path / "deploy"))
    subprocess.run([script], check=True, capture_output=True)
    made = tmp_path / ".env"
    values = dict(line.split("=", 1) for line in made.read_text().splitlines())
    assert set(VARIABLE.findall(COMPOSE.read_text())) <= set(values)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert all(len(value) >= 16 for value in values.values())
    assert len(set(values.values())) == len(values)
    subprocess.run([script], check=True, capture_output=True)
    assert dict(line.split("=", 1) for line in made.read_text().splitlines()) == values


def test_the_image_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    """The image's build steps, by hand: only what the Dockerfile copies, then the install without an index."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "deploy" / "Dockerfile").read_text(), flags=re.MULTILINE)
    sources = [name for line in copied for name in line.split()]
    ignored = (ROOT / ".dockerignore").read_text()
    for source in sources:
        assert f"!{source}\n" in ignored
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, tmp_path / source)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "-w", tmp_path / "wheel", "."], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "wheel").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    wanted = {
        str(path.relative_to(tmp_path))
        for folder in ("services", "shared", "deploy")
        for path in (tmp_path / folder).rglob("*")
        if path.is_file()
    }
    assert wanted <= packed
