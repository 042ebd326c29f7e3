"""A rebuild that says how far it is and stays there until a signal comes: python -m tests.rebuild.killed URL STAGE."""

import asyncio
import multiprocessing
import sys
import time

from shared.rebuild import Progress, rebuild
from tests.rebuild.depot import source


def main(url: str, stage: str) -> None:
    def tell(progress: Progress) -> None:
        if progress.stage == stage and (progress.facts or stage != "folding"):
            print(*(process.pid for process in multiprocessing.active_children()), flush=True)
            task = asyncio.current_task()
            while task and not task.cancelling():  # which is what Ctrl-C does to it
                time.sleep(0.01)

    try:
        asyncio.run(rebuild(source(url), workers=2, tell=tell))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(*sys.argv[1:])
