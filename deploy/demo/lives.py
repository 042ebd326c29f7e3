"""Teachers beside the one of the story: they live a simulated year through the same public APIs."""

from deploy.demo.walk import Broken
from deploy.simulation import live
from deploy.simulation.command import bar
from deploy.simulation.shares import FILE, read_shares
from deploy.simulation.tally import Tally
from deploy.simulation.year import Wish
from deploy.suite import Suite

CONCURRENCY = 2


def lived(suite: Suite, services: dict[str, str], teachers: int) -> Tally:
    """What *teachers* of one more school did; raises Broken when one of them met with a surprise."""
    wish = Wish(seed=1, schools=1, teachers=teachers, months=12, shares=read_shares(FILE))
    with live.connected(services, CONCURRENCY) as walked:
        walked.sign_in(suite.secrets.admin_email, suite.secrets.admin_password)
        region = live.register(walked, wish.region)
        with bar(teachers, "teachers") as progress:
            tally = live.walk(walked, region, progress)
    if not tally.well:
        raise Broken("; ".join([*tally.surprises, *tally.broken]))
    return tally
