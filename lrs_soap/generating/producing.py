"""Blocks of learners made by several processes, given in their order, and not many more than are asked for."""

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

from lrs_soap.generating.population import BLOCK, Population

Made = TypeVar("Made")

# Below this many learners, other processes would start longer than they help.
_WORTH_PROCESSES: Final = 8 * BLOCK
_AHEAD: Final = 3
_OBJECTS_BETWEEN_COLLECTIONS: Final = 1_000_000


def processes_for(population: Population) -> int:
    """Return in how many processes a population is best made: one for each processor, unless it is small."""
    return 1 if population.count < _WORTH_PROCESSES else len(os.sched_getaffinity(0))


@contextmanager
def produced(make: Callable[[int], Made], processes: int) -> Iterator[Callable[[int, int], Iterator[Made]]]:
    """Give what makes the blocks from one number to before another, in order. `make` must be fit to be pickled."""
    if processes == 1:
        yield lambda first, end: map(make, range(first, end))
        return
    # Started afresh: a process that forks would take connections to databases with it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_begin_work) as executor:
        try:
            yield lambda first, end: _in_order(executor, make, first, end, processes * _AHEAD)
        finally:
            executor.shutdown(cancel_futures=True)


def _in_order(
    executor: ProcessPoolExecutor, make: Callable[[int], Made], first: int, end: int, ahead: int
) -> Iterator[Made]:
    """Give what is made, never having more than so many blocks under way: they would fill the memory."""
    waiting: deque[Future[Made]] = deque()
    for number in range(first, end):
        waiting.append(executor.submit(make, number))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _begin_work() -> None:
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    # An interrupt is for the parent, which then ends this process too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Learners hold no cycles: to look for some after every few hundred costs a tenth of the time.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _end_with_the_parent() -> None:
    """Wait for the parent, and end with it even when it could not say so; nothing is lost that it did not get."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
