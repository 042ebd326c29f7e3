"""Defects planted one by one into a process, from outside: each must be found by its experiment."""

from tests.faults.defects import log, reader, relay, store
from tests.faults.defects.planting import DEFECTS, Defect

__all__ = ["DEFECTS", "Defect", "log", "reader", "relay", "store"]
