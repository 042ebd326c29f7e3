"""A region's year told by several processes at once, its schools in their order whoever told them."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing import get_context
from typing import Protocol

from deploy.simulation.invariants import one_certificate_per_route
from deploy.simulation.notebook import Notebook
from deploy.simulation.tally import Tally
from deploy.simulation.year import Wish, Year

AT_ONCE = 2  # schools handed to a process together

Watch = Callable[[int, Tally], None]  # how many are done, and of everything so far


def unheard(done: int, so_far: Tally) -> None:
    """Nobody listens."""


class Keeping(Protocol):
    """Somebody who keeps what was decided; made anew in each process."""

    def keep(self, book: Notebook) -> None: ...


Keeper = Callable[[], AbstractContextManager[Keeping]]


class Nowhere:
    """Only counted."""

    def keep(self, book: Notebook) -> None:
        """Nothing is kept."""


@contextmanager
def nowhere() -> Iterator[Keeping]:
    yield Nowhere()


def tell(
    wish: Wish,
    workers: int,
    progress: Watch = unheard,
    keeper: Keeper = nowhere,
) -> Tally:
    """All facts of the year, decided, kept by *keeper*, counted and checked.

    *progress* hears of each school. The number of workers changes no fact.
    """
    total = Tally()
    with keeper() as keeping, schools_told(wish, workers, keeper) as told:
        year = Year(wish)
        book, tally = year.founding()
        keeping.keep(book)
        total.add(tally)
        for done, school in enumerate(told, 1):
            total.add(school)
            progress(done, total)
        book, tally = year.numbering(total.granted)
        keeping.keep(book)
        total.add(tally)
    total.broken += one_certificate_per_route([fact.event.grounds.route for fact in total.granted], total.due)
    return total


@contextmanager
def schools_told(wish: Wish, workers: int, keeper: Keeper) -> Iterator[Iterator[Tally]]:
    if workers == 1:
        with keeper() as keeping:
            teller = Teller(wish, keeping)
            yield (teller.school(number) for number in range(wish.schools))
        return
    # A fresh interpreter: this one may have threads, and a copy of a thread's lock is locked for ever.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), begin, (wish, keeper))
    try:
        yield pool.map(one_school, range(wish.schools), chunksize=AT_ONCE)
    finally:
        pool.shutdown(cancel_futures=True)


class Teller:
    """What a process needs to tell any school."""

    def __init__(self, wish: Wish, keeping: Keeping) -> None:
        self._year, self._keeping = Year(wish), keeping

    def school(self, number: int) -> Tally:
        book, tally = self._year.school(number)
        self._keeping.keep(book)
        return tally


_here: list[Teller] = []  # this process's own, made when it begins
_open = ExitStack()


def begin(wish: Wish, keeper: Keeper) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first process's to answer
    _here.append(Teller(wish, _open.enter_context(keeper())))


def one_school(number: int) -> Tally:
    return _here[0].school(number)
