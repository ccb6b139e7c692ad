"""A process that the server keeps alive beside those that answer requests: another is started when it ends."""

import logging
import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress

logger = logging.getLogger(__name__)

Work = Callable[[Callable[[], bool]], None]
"""What a process does until it is told to stop, or until it is wanted no more, which it asks now and then."""

STOP_SECONDS = 10.0
_FAILED = 70


class KeptProcess:
    """A process that does one thing as long as the server runs.

    name: such as "batch worker". closing: what the child lets go of first, such as the listening sockets of its parent.
    """

    def __init__(self, name: str, work: Work, closing: Callable[[], None] = lambda: None) -> None:
        self._name = name
        self._work = work
        self._closing = closing
        self._pid = 0
        # The child holds the other end; however it dies, this one comes to its end.
        self._pulse = -1

    def keep_alive(self) -> None:
        """Start the process, also in place of one that ended."""
        if self._pid and self._has_ended(0):
            logger.error("the %s (process %d) ended; another one is started", self._name, self._pid)
            self._forget()
        if not self._pid:
            self._start()

    def tell_to_stop(self) -> None:
        """Let the process finish what is under way, and no more."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)

    def wait(self, seconds: float = STOP_SECONDS) -> None:
        """Wait for the process to end; kill it when it does not."""
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
        """Be the process, and never return."""
        status = _FAILED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._closing()
            self._work(lambda: os.getppid() == parent)
            status = 0
        except Exception:
            logger.exception("the %s cannot go on", self._name)
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


def stop_at_signals(stop: Callable[[], None]) -> None:
    """Have something done at SIGTERM, SIGINT and SIGQUIT."""
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(sign, lambda *_: stop())
