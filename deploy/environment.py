"""What each service is told at its start: IOM_* environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.databases import Databases
from deploy.secrets import SERVICES, STORING

OURS_ALONE = {
    *("IOM_POSTGRES_URL", "IOM_POSTGRES_FROM", "IOM_DATABASE_PREFIX"),
    *("IOM_AMQP_URL", "IOM_AMQP_ADMIN_URL", "IOM_RABBITMQ_FROM"),
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything is, as the services see it."""

    databases: Databases
    broker_url: str
    smtp_url: str
    ports: Mapping[str, int]
    host: str = "127.0.0.1"

    def url(self, service: str) -> str:
        return f"http://{self.host}:{self.ports[service]}"


def environment(service: str, addresses: Addresses) -> dict[str, str]:
    """Its own secrets and everybody's address; not the administrator's rights on the servers."""
    kept = addresses.databases.secrets
    inherited = {key: value for key, value in os.environ.items() if key not in OURS_ALONE}
    told = {
        "HOST": addresses.host,
        "PORT": str(addresses.ports[service]),
        "PUBLIC_URL": addresses.url(service),
        "ISSUER": addresses.url("people"),
        "JWKS_URLS": addresses.url("people") + "/.well-known/jwks.json",
        "MASTER_KEY": kept.master_key[service],
        "SIGNING_KEY": kept.signing_key[service],
        "SERVICE_SECRET": kept.service[service],
        "SMTP_URL": addresses.smtp_url,
        **{f"{name.upper()}_URL": addresses.url(name) for name in SERVICES},
    }
    if service in STORING:
        told["DATABASE_URL"] = addresses.databases.service_url(service)
        told["OWNER_URL"] = addresses.databases.owner_url(service)
        told["BROKER_URL"] = addresses.broker_url
    if service == "people":
        told["ADMIN_EMAIL"], told["ADMIN_PASSWORD"] = kept.admin_email, kept.admin_password
        told["SERVICE_SECRETS"] = ",".join(f"{name}:{secret}" for name, secret in kept.service.items())
    return {**inherited, "PYTHONUNBUFFERED": "1", **{f"IOM_{key}": value for key, value in told.items()}}
