"""`iom republish`: a service's promises sent again from its log, to a broker that has lost them."""

import asyncio
import os

from aio_pika.exceptions import AMQPError

from deploy.running import described
from deploy.say import Missing, say
from deploy.secrets import STORING
from deploy.suite import declare_queues
from shared.bus.republish import StillRuns, republish
from shared.store.connect import ANY_FAULT


def republish_service(service: str, after: int) -> int:
    """Exit status 0 when the relay will begin again behind position *after*."""
    if service not in STORING:
        raise Missing(f"No service {service} keeps facts; these do: {', '.join(STORING)}")
    database = os.environ.get("IOM_OWNER_URL") or os.environ.get("IOM_DATABASE_URL", "")
    broker = os.environ.get("IOM_BROKER_URL", "")
    if not database or not broker:
        if described() is not None:
            raise Missing("The suite runs: end it with `iom down`, and start it with `iom up --republish`.")
        raise Missing("Name the service's database in IOM_DATABASE_URL and the broker in IOM_BROKER_URL.")
    return asyncio.run(_republish(service, database, broker, after))


async def _republish(service: str, database: str, broker: str, after: int) -> int:
    try:
        await declare_queues(broker)
        facts = await republish(database, after)
    except StillRuns:
        raise Missing(f"{service} runs: stop it first, or newer promises overtake older ones.") from None
    except (*ANY_FAULT, AMQPError) as fault:  # words may quote an address
        raise Missing(f"The database or the broker does not answer ({type(fault).__name__}).") from fault
    say(f"{service}: {facts:,} facts will be gone through at its next start")
    return 0
