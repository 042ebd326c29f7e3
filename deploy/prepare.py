"""Makes the databases and roles of all services on a server given by IOM_POSTGRES_URL: the first step in containers."""

import asyncio
import os
import sys

from deploy.databases import Databases
from deploy.say import Missing, say
from deploy.secrets import STORING, Secrets
from deploy.servers.postgres import Postgres


def _told(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Missing(f"{name} is not set: run deploy/compose-secrets")
    return value


def main() -> int:
    try:
        kept = Secrets(
            database={name: _told(f"IOM_{name.upper()}_PASSWORD") for name in STORING},
            owner={name: _told(f"IOM_{name.upper()}_OWNER_PASSWORD") for name in STORING},
        )
        asyncio.run(Databases(Postgres(_told("IOM_POSTGRES_URL"), "address"), kept).make())
    except Missing as missing:
        say(f"prepare: {missing}")
        return 1
    say(f"Databases are ready: {', '.join(STORING)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
