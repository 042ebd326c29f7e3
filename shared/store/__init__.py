"""Facts and how they are kept: append, read, the one order, and its proofs."""

from shared.store.types import (
    Append,
    Appended,
    Category,
    Context,
    Heard,
    KeyReused,
    LogBroken,
    Moving,
    Receipt,
    Recorded,
    Repeated,
    StaleVersion,
    Store,
    StoreUnavailable,
)

__all__ = [
    "Append",
    "Appended",
    "Category",
    "Context",
    "Heard",
    "KeyReused",
    "LogBroken",
    "Moving",
    "Receipt",
    "Recorded",
    "Repeated",
    "StaleVersion",
    "Store",
    "StoreUnavailable",
]
