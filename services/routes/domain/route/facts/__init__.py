"""Everything that can have happened to a route; a fact is in the module that is named like the one with its rule.

Facts keep their names and fields for ever: a new optional field with a default is allowed, anything else is a new class
beside the old one, with an upcaster. What a person wrote is `Personal`, sealed under the tutee's key. Facts that others
are told of say `whose` route it is, for a promise is made of its fact alone.
"""

from services.routes.domain.route.facts import (
    accompanying,
    adjusting,
    advising,
    agreeing,
    concluding,
    deadlines,
    designing,
    diagnosing,
    opening,
    preparing,
    reflecting,
    running,
)

Fact = (
    opening.Opening
    | preparing.Preparing
    | diagnosing.Diagnosing
    | designing.Designing
    | agreeing.Agreeing
    | running.Running
    | adjusting.Adjusting
    | reflecting.Reflecting
    | concluding.Concluding
    | advising.Advising
    | accompanying.Accompanying
    | deadlines.Deadlines
)
