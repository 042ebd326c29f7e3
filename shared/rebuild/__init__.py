"""Read models made anew from the facts, or compared with them, while their service goes on."""

from shared.rebuild.differences import Difference
from shared.rebuild.rebuild import Busy, Progress, rebuild, reconcile
from shared.rebuild.refold import KeyMissing, Source
from shared.rebuild.shadow import NotRebuildable, SchemaChanged
from shared.rebuild.workers import WorkerFailed

__all__ = [
    "Busy",
    "Difference",
    "KeyMissing",
    "NotRebuildable",
    "Progress",
    "SchemaChanged",
    "Source",
    "WorkerFailed",
    "rebuild",
    "reconcile",
]
