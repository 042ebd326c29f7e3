"""What people listens to on the broker: nothing."""

from shared.bus.hearing import Hearing

HEARINGS: tuple[Hearing, ...] = ()
