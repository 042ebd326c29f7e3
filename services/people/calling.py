"""Who sends a request, and the envelope of a command, as the addresses ask for them."""

from typing import Annotated

from fastapi import Depends, Request

from services.people.throttle import Throttle
from shared.http.commands import Wanted, caller, wanted
from shared.http.problems import TooManyTries
from shared.http.tokens import Person

Caller = Annotated[Person, Depends(caller)]
Envelope = Annotated[Wanted, Depends(wanted)]


def place_of(request: Request) -> bytes:
    return request.client.host.encode() if request.client else b""


def counted(throttle: Throttle, request: Request) -> bytes:
    """The place of a request that may be a guess; raises TooManyTries. `undo` what was none."""
    place = place_of(request)
    if not throttle.allows(place):
        raise TooManyTries
    return place
