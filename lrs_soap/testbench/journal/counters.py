"""How many entries each process of a server has taken in, and how many of them it has written.

The numbers stand in memory that all processes share, a slot for each: counting costs no lock and no system call, and
whoever reads the journal knows whom to wait for.
"""

import fcntl
import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SLOTS: Final = 256
WIDTH: Final = 4
SIZE: Final = (SLOTS + 1) * WIDTH * 8
PID, BORN, ACCEPTED, WRITTEN = range(WIDTH)
LOOK_AGAIN_SECONDS: Final = 0.001


class Slot:
    """The numbers of one process, which alone changes them."""

    def __init__(self, numbers: "memoryview[int]", start: int) -> None:
        self._numbers = numbers
        self.start = start

    @property
    def accepted(self) -> int:
        """How many entries were taken in."""
        return self._numbers[self.start + ACCEPTED]

    @property
    def written(self) -> int:
        """How many of them can be read by now, or are lost."""
        return self._numbers[self.start + WRITTEN]

    def accept(self) -> None:
        """Count an entry that was taken in."""
        self._numbers[self.start + ACCEPTED] += 1

    def settle(self, count: int) -> None:
        """Count entries that were written."""
        self._numbers[self.start + WRITTEN] += count

    def leave(self) -> None:
        """Give the slot back."""
        self._numbers[self.start + PID] = 0


class Counters:
    """The slots of all processes, in a file that each has in its memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._locked():
            if path.stat().st_size < SIZE:
                os.truncate(path, SIZE)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), SIZE)
        self._numbers = memoryview(self._memory).cast("Q")

    def take(self) -> Slot:
        """Return a slot for this process: a free one, or that of a process that is gone."""
        pid = os.getpid()
        with self._locked():
            start = next((start for start in self._starts(SLOTS) if not self._is_owned(start)), None)
            if start is None:
                raise RuntimeError(f"{SLOTS} processes write to one journal already")
            self._numbers[start : start + WIDTH] = memoryview(bytes(WIDTH * 8)).cast("Q")
            self._numbers[start + BORN] = born(pid)
            self._numbers[start + PID] = pid
            self._numbers[0] = max(self._numbers[0], start // WIDTH)
        return Slot(self._numbers, start)

    def wait_for_others(self, own: Slot | None, seconds: float) -> bool:
        """Wait until all that other processes have taken in by now is written; tell whether that came about."""
        until = time.monotonic() + seconds
        starts = [start for start in self._starts(self._numbers[0]) if own is None or start != own.start]
        owed = [(start, self._numbers[start + PID], self._numbers[start + ACCEPTED]) for start in starts]
        while owed := [debt for debt in owed if self._is_owed(*debt)]:
            if time.monotonic() > until:
                return False
            time.sleep(LOOK_AGAIN_SECONDS)
        return True

    def close(self) -> None:
        """Let go of the memory."""
        self._numbers.release()
        self._memory.close()

    def _starts(self, slots: int) -> range:
        return range(WIDTH, (slots + 1) * WIDTH, WIDTH)

    def _is_owed(self, start: int, pid: int, accepted: int) -> bool:
        if self._numbers[start + WRITTEN] >= accepted or self._numbers[start + PID] != pid:
            return False
        return self._is_owned(start)

    def _is_owned(self, start: int) -> bool:
        pid = self._numbers[start + PID]
        return pid != 0 and born(pid) == self._numbers[start + BORN]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # A file of its own: processes that were forked share the lock of one that they inherit.
        with self._path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def born(pid: int) -> int:
    """Return when a process was started, in ticks of the system; 1 where that is not told, 0 when it is gone.

    A number alone would not do: it is given to another process later.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 1 if _is_there(pid) else 0
    return 0 if fields[0] in (b"Z", b"X") else int(fields[19])


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
