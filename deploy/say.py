"""How the command line speaks: one line before each step, one line for what is missing."""

import sys


class Missing(Exception):
    """Something the machine lacks, with what to do about it, in one line."""


def say(line: str) -> None:
    """Tell a step before it is done; on stderr, so that output meant for programs stays clean."""
    print(line, file=sys.stderr, flush=True)
