"""The batch worker of a server with several worlds: it goes round all of them."""

from collections.abc import Callable
from threading import Event

from lrs_soap.testbench.worlds import UnknownWorldError, World, Worlds
from lrs_soap.worker import BatchWorker

WorkerOf = Callable[[World], BatchWorker]


class WorldsWorker:
    """Works on the jobs of every world in turn. poll: seconds between two rounds when nothing was to be done."""

    def __init__(self, worlds: Worlds, worker_of: WorkerOf, poll: float) -> None:
        self._worlds = worlds
        self._worker_of = worker_of
        self._poll = poll
        self._stopping = Event()
        self._workers: dict[str, tuple[World, BatchWorker]] = {}

    def stop(self) -> None:
        """Make `run` return once the record under way is finished."""
        self._stopping.set()
        for _, worker in self._workers.values():
            worker.stop()

    def run(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Work until told to stop, or until `is_wanted` says no."""
        while not self._stopping.is_set() and is_wanted():
            # Every world has its turn, however busy another is.
            busy = [self._step(record.name) for record in self._worlds.list()]
            if not any(busy):
                self._stopping.wait(self._poll)

    def _step(self, name: str) -> bool:
        try:
            world = self._worlds.get(name)
        except UnknownWorldError:
            # Deleted a moment ago.
            return False
        return not self._stopping.is_set() and self._worker(name, world).step()

    def _worker(self, name: str, world: World) -> BatchWorker:
        known = self._workers.get(name)
        if known is None or known[0] is not world:
            known = self._workers[name] = (world, self._worker_of(world))
        return known[1]
