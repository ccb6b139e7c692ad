"""The batch worker as a process: by itself, or as one that the server keeps alive."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from lrs_soap.app import batch_worker, open_worlds, worlds_worker
from lrs_soap.kept_process import stop_at_signals
from lrs_soap.registers import open_register
from lrs_soap.settings import Settings
from lrs_soap.testbench.working import WorldsWorker
from lrs_soap.worker import BatchWorker


@contextmanager
def worker_of(settings: Settings) -> Iterator[BatchWorker]:
    """Give a batch worker on the register of the settings; SIGTERM and SIGINT stop it after the record under way."""
    with closing(open_register(settings)) as store:
        worker = batch_worker(settings, store)
        stop_at_signals(worker.stop)
        yield worker


def work_on_batches(settings: Settings, is_wanted: Callable[[], bool]) -> None:
    """Work on the batches of a server, with the control API on those of all its worlds, until told to stop."""
    with _worker_of_server(settings) as worker:
        worker.run(is_wanted)


@contextmanager
def _worker_of_server(settings: Settings) -> Iterator[BatchWorker | WorldsWorker]:
    """Give the batch worker of a server: with the control API one on all of its worlds."""
    if not settings.control_directory:
        with worker_of(settings) as worker:
            yield worker
        return
    with closing(open_register(settings)) as store, closing(open_worlds(settings, store)) as worlds:
        on_all = worlds_worker(settings, worlds)
        stop_at_signals(on_all.stop)
        yield on_all
