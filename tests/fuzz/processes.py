"""Rounds shared out among processes; one that dies leaves the request that killed it behind."""

import multiprocessing
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from tests.fuzz.oracle import Broken
from tests.fuzz.rounds import ROUND, Find, Report, run_round

CURRENT = "current.http"
MEMORY = 1024 * 1024 * 1024
PAGES = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: so many requests to a class of workers, all of them known from a seed, in so many processes."""

    executions: int
    seed: int
    jobs: int
    worker_class: str = "event"

    def rounds(self) -> dict[int, int]:
        """Return the size of each round, by its number."""
        full, rest = divmod(self.executions, ROUND)
        sizes = [ROUND] * full + [rest] * bool(rest)
        return dict(enumerate(sizes))


@dataclass(slots=True)
class _Share:
    """What one process has to do, its end of the line, and where it works."""

    rounds: list[tuple[int, int]]
    folder: Path
    process: SpawnProcess
    line: Connection


def run(plan: Plan, folder: Path, progress: Callable[[int], object]) -> Report:
    """Carry out a plan and return what it came to; progress: told how many more requests were sent."""
    total = Report()
    rounds = list(plan.rounds().items())
    shares = [_started(plan, rounds[job :: plan.jobs], folder / str(job)) for job in range(plan.jobs)]
    try:
        while shares:
            ready = set(wait([share.line for share in shares]))
            for share in [share for share in shares if share.line in ready]:
                shares.remove(share)
                shares += _heard(share, plan, total, progress)
    finally:
        for share in shares:
            share.process.terminate()
            share.process.join()
    return total


def _started(plan: Plan, rounds: list[tuple[int, int]], folder: Path) -> _Share:
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(plan, rounds, folder, theirs))
    process.start()
    theirs.close()
    return _Share(rounds, folder, process, ours)


def _heard(share: _Share, plan: Plan, total: Report, progress: Callable[[int], object]) -> list[_Share]:
    """Take in what a process says; return what goes on after it: itself, another in its place, or nothing."""
    try:
        told: Report | int = share.line.recv()
    except EOFError:
        return list(_ended(share, plan, total))
    if isinstance(told, Report):
        total.add(told)
        share.rounds.pop(0)
    else:
        progress(told)
    return [share]


def _ended(share: _Share, plan: Plan, total: Report) -> Iterator[_Share]:
    share.process.join()
    share.line.close()
    if share.rounds:
        request = (share.folder / CURRENT).read_bytes()
        broken = Broken(f"death: exit code {share.process.exitcode}", "The process that answered it died.")
        total.add(Report(1, finds=[Find(request, broken)]))
        if share.rounds[1:]:
            yield _started(plan, share.rounds[1:], share.folder)


def _work(plan: Plan, rounds: Sequence[tuple[int, int]], folder: Path, line: Connection) -> None:
    _limit_memory()
    with (folder / CURRENT).open("wb", buffering=0) as current, line:
        sent = 0

        def watch(request: bytes) -> None:
            nonlocal sent
            current.seek(0)
            current.write(request)
            current.truncate()
            sent += 1
            if sent % 50 == 0:
                line.send(50)

        for number, size in rounds:
            line.send(run_round(plan.seed, number, folder, size, watch, plan.worker_class))


def _limit_memory() -> None:
    """Let this process have so much more memory than it has now, where the system can tell and limit it."""
    if sys.platform == "linux" and PAGES.exists():
        now = int(PAGES.read_text().split()[0]) * resource.getpagesize()
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
