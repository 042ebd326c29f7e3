"""What people send: one body per command, in a module that is named like the one with its rule."""

from services.routes.bodies import (
    accompanying,
    adjusting,
    advising,
    agreeing,
    concluding,
    designing,
    diagnosing,
    opening,
    preparing,
    reflecting,
    running,
)

__all__ = [
    "accompanying",
    "adjusting",
    "advising",
    "agreeing",
    "concluding",
    "designing",
    "diagnosing",
    "opening",
    "preparing",
    "reflecting",
    "running",
]
