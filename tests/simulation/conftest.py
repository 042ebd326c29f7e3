"""One small region whose two years are told once for all these tests."""

import pytest

from deploy.simulation.notebook import Notebook
from deploy.simulation.run import tell
from deploy.simulation.tally import Tally
from deploy.simulation.year import Wish, Year
from tests.simulation.small import wish, with_shares


@pytest.fixture(scope="session")
def two_years() -> tuple[Wish, Tally]:
    """Long enough for what only comes after the first year."""
    wanted = wish(schools=6, teachers=360, months=24)
    return wanted, tell(wanted, workers=1)


@pytest.fixture(scope="session")
def book() -> Notebook:
    """All facts of one school's two years; nominations to the regional model, mostly."""
    shares = with_shares(regional=0.9, own_wish=0.0, next_steps=0.0, late=0.0)
    return Year(wish(schools=2, teachers=160, months=24, shares=shares)).school(0)[0]
