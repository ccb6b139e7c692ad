"""What the processes of a server hold at one moment: memory and open files, as Linux tells them below /proc."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LOOKS = 5
LOOK_SECONDS = 0.02
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one process holds. memory: resident, in bytes. files: descriptors that are open."""

    pid: int
    memory: int
    files: int


def can_be_told() -> bool:
    """Tell whether this machine tells what processes hold."""
    return (PROC / "self" / "statm").exists()


def footprints(pid: int) -> tuple[Footprint, ...]:
    """Return what a process and its children hold while they have nothing to do.

    Of several looks the one with the fewest files counts: connections that were answered are still being closed, and
    what waited to be written is written.
    """
    return tuple(min(_looks(each), key=lambda look: look.files) for each in (pid, *children(pid)))


def children(pid: int) -> tuple[int, ...]:
    """Return the processes that a process has started and that run, in the order of their numbers."""
    said = (PROC / str(pid) / "task" / str(pid) / "children").read_text(encoding="ascii")
    return tuple(sorted(map(int, said.split())))


def _looks(pid: int) -> Iterator[Footprint]:
    for _ in range(LOOKS):
        yield _footprint(pid)
        time.sleep(LOOK_SECONDS)


def _footprint(pid: int) -> Footprint:
    resident = int((PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    return Footprint(pid, resident * PAGE, len(list((PROC / str(pid) / "fd").iterdir())))
