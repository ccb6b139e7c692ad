"""Audit entries of reads, written in groups a moment later, so that a read does not wait for a write."""

import logging
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence

from lrs_soap.domain.audit import AuditEntry

logger = logging.getLogger(__name__)

MOST_WAITING = 20_000
GROUP = 1_000
RETRY_SECONDS = 1.0

Write = Callable[[Sequence[AuditEntry]], None]


class ReadAudit:
    """Entries waiting to be written.

    write: what makes a group durable. delay: seconds for which an entry may wait. A thread of its own writes them; it
    starts with the first entry of a process, and a forked process begins with nothing waiting.
    """

    def __init__(self, write: Write, delay: float) -> None:
        self._write = write
        self._delay = delay
        self._thread: threading.Thread | None = None
        self._forget()
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (forget() or _nothing)())

    def add(self, entry: AuditEntry) -> None:
        """Put an entry in line; when too many wait, or after the close, write some first."""
        self._waiting.append(entry)
        self._wake.set()
        if self._thread is None:
            self._start()
        if self._stop.is_set() or len(self._waiting) > MOST_WAITING:
            self._write_group()

    def flush(self) -> None:
        """Write all that waits. Raises what the database raises; nothing is lost then."""
        while self._waiting:
            self._write_group()
        # A group taken by the thread is written once its lock is free.
        with self._writing:
            pass

    def close(self) -> None:
        """End the thread and write all that waits."""
        with self._starting:
            self._stop.set()
            self._wake.set()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self.flush()

    def _forget(self) -> None:
        # What waited when a process forked is written by the parent; locks may be held by threads the child lacks.
        self._waiting: deque[AuditEntry] = deque()
        self._writing = threading.Lock()
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="lrs-soap-read-audit", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._stop.wait(self._delay)
            self._wake.clear()
            self._write_all_or_retry()

    def _write_all_or_retry(self) -> None:
        try:
            while self._waiting:
                self._write_group()
        except Exception as error:
            logger.error("%d audit entries wait for the database: %s", len(self._waiting), type(error).__name__)
            self._wake.set()
            self._stop.wait(RETRY_SECONDS)

    def _write_group(self) -> None:
        with self._writing:
            group = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
            if not group:
                return
            try:
                self._write(group)
            except BaseException:
                self._waiting.extendleft(reversed(group))
                raise


def _nothing() -> None:
    """Stand in for the method of an object that is gone."""
