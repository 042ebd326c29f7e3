"""What diagnostics listens to on the broker: nothing."""

from shared.bus.consumer import Hearing

HEARINGS: tuple[Hearing, ...] = ()
