"""Small regions, and shares of their own."""

from typing import Any

import msgspec

from deploy.simulation.shares import Shares, read_shares
from deploy.simulation.year import Wish


def wish(**changes: Any) -> Wish:
    usual: dict[str, Any] = {"seed": 5, "schools": 3, "teachers": 30, "months": 14, "shares": read_shares()}
    return Wish(**usual | changes)


def with_shares(**changed: float) -> Shares:
    read = read_shares()
    shares = {name: msgspec.structs.replace(read.shares[name], share=share) for name, share in changed.items()}
    return Shares(shares={**read.shares, **shares}, choices=read.choices)
