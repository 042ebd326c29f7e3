"""Python's collector of garbage, told what these programs are like."""

import gc

SELDOM = 50_000  # new objects between two looks


def look_seldom() -> None:
    """To be called when the program is loaded: what there is now stays for ever and is not looked through again.

    Facts and states come in thousands and have no cycles, so that looking at them finds nothing; where all states of a
    log are held at once, it took a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)
