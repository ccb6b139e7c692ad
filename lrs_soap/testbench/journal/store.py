"""The journal: taken in while a request is answered, written a moment later, and read exactly all the same."""

import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal.counters import Counters, Slot
from lrs_soap.testbench.journal.criteria import Criteria
from lrs_soap.testbench.journal.database import Database, Limits, Values
from lrs_soap.testbench.journal.entries import Entry, entry_of
from lrs_soap.testbench.journal.exporting import export_to
from lrs_soap.testbench.journal.rows import values_of

logger = logging.getLogger(__name__)

MOST_WAITING: Final = 2_000
MOST_BYTES_WAITING: Final = 64 * 1024 * 1024
GROUP: Final = 256
BYTES_OF_GROUP: Final = 16 * 1024 * 1024
AT_ONCE_SECONDS: Final = 0.002
PACE_SECONDS: Final = 0.05
TRIM_SECONDS: Final = 60.0
LONGEST_WAIT: Final = 2.0
LOOK_AGAIN_SECONDS: Final = 0.02
Listener = Callable[[Sequence[Exchange]], object]

EVERYTHING: Final = Criteria()
USUAL: Final = Limits()


class Journal:
    """What came and went, in a file that all processes of a server share.

    path: of the database. listeners: told of the exchanges, too, many at once and away from the requests. A thread of
    its own writes; it starts with the first exchange of a process, and a forked process begins with nothing waiting.
    Who reads waits for what any process had taken in by then.
    """

    def __init__(self, path: Path, limits: Limits = USUAL, listeners: Iterable[Listener] = ()) -> None:
        self._listeners = tuple(listeners)
        self._database = Database(path, limits)
        self._counters = Counters(path.with_suffix(".counters"))
        self._thread: threading.Thread | None = None
        self._slot: Slot | None = None
        self._forget()
        inherit = weakref.WeakMethod(self._inherit)
        os.register_at_fork(after_in_child=lambda: (inherit() or _nothing)())

    def record(self, exchange: Exchange) -> None:
        """Take in an exchange; called before the answer leaves. It never fails the request."""
        slot = self._slot or self._start()
        with self._taking:
            self._waiting.append(exchange)
            self._bytes_waiting += len(exchange.body) + len(exchange.answer)
            slot.accept()
        if not self._wake.is_set():
            self._wake.set()
        if len(self._waiting) > MOST_WAITING or self._bytes_waiting > MOST_BYTES_WAITING or self._stop.is_set():
            self._write_group()

    def flush(self) -> None:
        """Write all that this process has taken in by now."""
        slot = self._slot
        accepted = slot.accepted if slot else 0
        while slot is not None and slot.written < accepted:
            self._write_group()

    def settle(self) -> None:
        """Wait until all that any process has taken in by now can be read, and every listener was told of it."""
        self.flush()
        if not self._counters.wait_for_others(self._slot, LONGEST_WAIT):
            logger.warning("a process has not written its part of the journal within %g seconds", LONGEST_WAIT)

    def close(self) -> None:
        """End the thread, write all that waits and let go of the files."""
        self._stop.set()
        self._wake.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self.flush()
        if self._slot is not None:
            self._slot.leave()
            self._slot = None
        self._database.close()

    def find(
        self, criteria: Criteria = EVERYTHING, *, limit: int | None = 100, offset: int = 0, after: int | None = None
    ) -> list[Entry]:
        """Return entries, those first whose requests came first.

        after: only those with a higher number, lowest first; ask again with the last number to miss none.
        """
        self.settle()
        return [
            entry_of(row._mapping) for row in self._database.rows(criteria, after=after, offset=offset, limit=limit)
        ]

    def get(self, number: int) -> Entry | None:
        """Return an entry by its number; None when there is none, or no longer."""
        self.settle()
        row = self._database.row(number)
        return entry_of(row._mapping) if row is not None else None

    def count(self, criteria: Criteria = EVERYTHING) -> int:
        """Return how many entries there are."""
        self.settle()
        return self._database.count(criteria)

    def wait(self, criteria: Criteria = EVERYTHING, at_least: int = 1, timeout: float = 5.0) -> list[Entry]:
        """Wait until there are so many entries, or until the time is up, and return all that there are."""
        until = time.monotonic() + timeout
        while self.count(criteria) < at_least and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_AGAIN_SECONDS))
        return self.find(criteria, limit=None)

    def clear(self, world: str | None = None) -> int:
        """Take out the entries of a world, or of all, that were taken in by now; return how many they were."""
        self.settle()
        return self._database.clear(world)

    def export(self, criteria: Criteria, target: Path | BinaryIO, *, blot_personal: bool = False) -> int:
        """Write entries as files into a directory, or as a zip file into a stream, and return how many they were."""
        entries = self.find(criteria, limit=None)
        return export_to((entry.without_personal() if blot_personal else entry for entry in entries), target)

    def _inherit(self) -> None:
        self._database.inherit()
        self._forget()

    def _forget(self) -> None:
        # What waited when a process forked is written by the parent; locks may be held by threads the child lacks.
        self._waiting: deque[Exchange] = deque()
        self._bytes_waiting = 0
        self._taking = threading.Lock()
        self._writing = threading.Lock()
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = None
        self._slot = None

    def _start(self) -> Slot:
        with self._starting:
            if self._slot is None:
                self._slot = self._counters.take()
                if not self._stop.is_set():
                    self._thread = threading.Thread(target=self._run, name="lrs-soap-journal", daemon=True)
                    self._thread.start()
            return self._slot

    def _run(self) -> None:
        # A lone exchange is written at once, since a test will ask for it; many are written in groups.
        last = 0.0
        while not self._stop.is_set():
            if not self._wake.wait(TRIM_SECONDS):
                self._trim()
            self._stop.wait(max(AT_ONCE_SECONDS, last + PACE_SECONDS - time.monotonic()))
            self._wake.clear()
            while self._waiting:
                self._write_group()
            last = time.monotonic()

    def _trim(self) -> None:
        try:
            self._database.trim()
        except Exception:
            logger.exception("what is too old could not be taken out of the journal")

    def _write_group(self) -> None:
        with self._writing:
            group = self._taken_out()
            if not group:
                return
            for use in (self._keep, *self._listeners):
                try:
                    use(group)
                except Exception:
                    # Nobody's request fails for the journal's sake, nor does anybody wait for what will never be there.
                    logger.exception("%d exchanges are lost to the journal, or to who listens to it", len(group))
            if self._slot is not None:
                self._slot.settle(len(group))

    def _keep(self, group: Sequence[Exchange]) -> None:
        self._database.write(list(_rows(group)))

    def _taken_out(self) -> list[Exchange]:
        group: list[Exchange] = []
        size = 0
        with self._taking:
            while self._waiting and len(group) < GROUP and size < BYTES_OF_GROUP:
                group.append(self._waiting.popleft())
                size += len(group[-1].body) + len(group[-1].answer)
            self._bytes_waiting -= size
        return group


def _rows(group: Iterable[Exchange]) -> Iterator[Values]:
    for exchange in group:
        try:
            yield values_of(exchange)
        except Exception:
            logger.exception("an exchange cannot be kept in the journal")


def _nothing() -> None:
    """Stand in for the method of an object that is gone."""
