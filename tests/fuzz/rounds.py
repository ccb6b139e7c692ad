"""One round of fuzzing: some hundred requests to a fresh register, all of them known from a seed."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky

from tests.fuzz import bytewise, grammar
from tests.fuzz.oracle import Broken, outcome, peak_memory
from tests.fuzz.place import Place, opened_place

ROUND = 500
# Of five rounds, three change messages by what they mean and two change bytes.
KINDS = ("structure", "bytes", "structure", "bytes", "structure")


@dataclass(frozen=True, slots=True)
class Find:
    """A request, as small as it could be made, and what is wrong with its answer."""

    request: bytes
    broken: Broken


@dataclass(slots=True)
class Report:
    """What a round came to. peak: the most memory its process had, in KiB. answers: how many of each kind."""

    executions: int = 0
    peak: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    finds: list[Find] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        """Count another round in; of the finds with one signature, the smallest stays."""
        self.executions += other.executions
        self.peak = max(self.peak, other.peak)
        self.answers += other.answers
        for find in other.finds:
            self._keep(find)

    def _keep(self, find: Find) -> None:
        known = {one.broken.signature: one for one in self.finds}
        before = known.get(find.broken.signature)
        if before is None or len(find.request) < len(before.request):
            known[find.broken.signature] = find
        self.finds = list(known.values())


class _Wrong(Exception):  # noqa: N818 - it is a finding, not an error
    """A request was answered in a way that must not be."""


class Executor:
    """Sends requests to a place and counts. watch: told of every request before it is sent, for the case of death."""

    def __init__(self, place: Place, watch: Callable[[bytes], None]) -> None:
        self._place = place
        self._watch = watch
        self.report = Report()

    def execute(self, request: bytes) -> Broken | None:
        """Return what is wrong with the answer to a request, None when nothing is."""
        self._watch(request)
        result = outcome(self._place, request)
        self.report.executions += 1
        self.report.answers[result.kind] += 1
        return result.broken

    def is_known(self, broken: Broken) -> bool:
        """Tell whether its like was found before in this round."""
        return any(find.broken.signature == broken.signature for find in self.report.finds)


def run_round(
    seed: int, number: int, folder: Path, size: int, watch: Callable[[bytes], None], worker_class: str = "event"
) -> Report:
    """Send `size` requests, a few more when something is found and made smaller."""
    explore = {"structure": _explore_structure, "bytes": _explore_bytes}[KINDS[number % len(KINDS)]]
    with opened_place(folder, worker_class) as place:
        executor = Executor(place, watch)
        explore(executor, f"{seed}/{number}", size)
    executor.report.peak = peak_memory()
    return executor.report


def _explore_structure(executor: Executor, seed: str, size: int) -> None:
    attempt, answered = 0, set[bytes]()
    while executor.report.executions < size:
        find = _hypothesis_finds(executor, f"{seed}/{attempt}", size, answered)
        executor.report.finds += [find] if find is not None else []
        attempt += 1


def _hypothesis_finds(executor: Executor, seed: str, size: int, answered: set[bytes]) -> Find | None:
    """Return the first new find on the way to so many executions, as Hypothesis has made it smaller.

    answered: requests that were answered as they must be. Hypothesis likes to repeat itself; they are not sent again.
    """
    found: list[Find] = []

    @hypothesis.seed(random.Random(seed).getrandbits(63))
    @settings(
        max_examples=size,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(grammar.requests())
    def explore(request: bytes) -> None:
        if request in answered or (not found and executor.report.executions >= size):
            return
        broken = executor.execute(request)
        if broken is None:
            answered.add(request)
        if broken is None or executor.is_known(broken):
            return
        if not found or found[-1].broken.signature == broken.signature:
            found.append(Find(request, broken))
            raise _Wrong

    try:
        explore()
    except (_Wrong, Flaky):
        # What depends on what was sent before does not show again; the first sight of it must do.
        return min(found, key=lambda find: len(find.request))
    return None


def _explore_bytes(executor: Executor, seed: str, size: int) -> None:
    chance = random.Random(seed)
    while executor.report.executions < size:
        request = bytewise.mutated(chance)
        broken = executor.execute(request)
        if broken is not None and not executor.is_known(broken):
            executor.report.finds.append(_smallest(executor, request, broken))


def _smallest(executor: Executor, request: bytes, broken: Broken) -> Find:
    def is_still_wrong(smaller: bytes) -> bool:
        again = executor.execute(smaller)
        return again is not None and again.signature == broken.signature

    return Find(bytewise.minimised(request, is_still_wrong), broken)
