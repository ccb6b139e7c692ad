"""The batch worker as a process: by itself, or as a child of the server, which starts another when it ends."""

import logging
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from lrs_soap.app import batch_worker, open_register
from lrs_soap.settings import Settings
from lrs_soap.worker import BatchWorker

logger = logging.getLogger(__name__)

STOP_SECONDS = 10.0
_FAILED = 70


@contextmanager
def worker_of(settings: Settings) -> Iterator[BatchWorker]:
    """Give a batch worker on the register of the settings; SIGTERM and SIGINT stop it after the record under way."""
    store = open_register(settings)
    worker = batch_worker(settings, store)
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(sign, lambda *_: worker.stop())
    try:
        yield worker
    finally:
        store.close()


class BatchProcess:
    """The batch worker that a server keeps alive beside the processes that answer requests.

    closing: what the child lets go of first, such as the listening sockets of its parent.
    """

    def __init__(self, settings: Settings, closing: Callable[[], None] = lambda: None) -> None:
        self._settings = settings
        self._closing = closing
        self._pid = 0
        # The child holds the other end; however it dies, this one comes to its end.
        self._pulse = -1

    def keep_alive(self) -> None:
        """Start the worker, also in place of one that ended."""
        if self._pid and self._has_ended(0):
            logger.error("the batch worker (process %d) ended; another one is started", self._pid)
            self._forget()
        if not self._pid:
            self._start()

    def tell_to_stop(self) -> None:
        """Let the worker finish the record under way, and no more."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)

    def wait(self, seconds: float = STOP_SECONDS) -> None:
        """Wait for the worker to end; kill it when it does not."""
        if not self._pid:
            return
        if not self._has_ended(seconds):
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._forget()

    def _start(self) -> None:
        reading, writing = os.pipe()
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(reading)
            self._live(parent)
        os.close(writing)
        self._pulse = reading

    def _live(self, parent: int) -> None:
        """Be the worker, and never return."""
        status = _FAILED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._closing()
            with worker_of(self._settings) as worker:
                worker.run(lambda: os.getppid() == parent)
            status = 0
        except Exception:
            logger.exception("the batch worker cannot go on")
            # Not to be started again and again without a pause.
            time.sleep(1)
        finally:
            os._exit(status)

    def _has_ended(self, seconds: float) -> bool:
        # Waiting for the process itself would race with the server, which collects all its children.
        readable, _, _ = select.select([self._pulse], [], [], seconds)
        return bool(readable)

    def _forget(self) -> None:
        os.close(self._pulse)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, os.WNOHANG)
        self._pid, self._pulse = 0, -1
