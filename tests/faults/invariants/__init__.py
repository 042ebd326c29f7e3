"""What must hold of the two services whatever happened to them; each invariant names what contradicts it."""

from tests.faults.invariants import asked, heard, log, rows
from tests.faults.invariants.register import INVARIANTS, Invariant, invariant

__all__ = ["INVARIANTS", "Invariant", "asked", "heard", "invariant", "log", "rows"]
