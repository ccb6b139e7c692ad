"""What is counted of requests, by all processes of a server: each has a file of its own, and whoever asks adds them up.

Counting costs no lock on a file and no system call; nothing counted is lost when a process ends.
"""

import fcntl
import json
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol
from uuid import uuid4

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.registry import Collector

from lrs_soap.testbench.exchange import Exchange

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))
"""Upper bounds in seconds."""
NO_OPERATION: Final = "none"
Labels = tuple[str, ...]
_REQUESTS, _BUCKET, _SECONDS, _SCENARIOS = "requests", "bucket", "seconds", "scenarios"


class Gauges(Protocol):
    """What stands at some number just now."""

    def gauges(self) -> Iterable[GaugeMetricFamily]:
        """Give the numbers."""
        ...


class Metrics:
    """The counts of one process of a server. Each process makes its own, after it was forked.

    directory: the same for all of them.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        path = directory / f"{os.getpid()}-{uuid4().hex[:8]}.db"
        self._file = MmapedDict(path)  # type: ignore[no-untyped-call]
        self._counts: defaultdict[str, float] = defaultdict(float)
        self._keys: dict[tuple[str, Labels], str] = {}
        self._lock = Lock()
        self._alive = path.open("rb")
        # Held as long as the process lives, however it ends: others see by it that it does.
        fcntl.flock(self._alive, fcntl.LOCK_EX)

    def observe(self, exchange: Exchange) -> None:
        """Count a request and what it got."""
        noted, seconds = exchange.observation, exchange.duration
        operation = noted.operation or NO_OPERATION
        outcome = noted.outcome or f"HTTP {exchange.status}"
        bound = BUCKETS[bisect_left(BUCKETS, seconds)]
        with self._lock:
            self._add(_REQUESTS, (exchange.world, operation, outcome), 1.0)
            self._add(_BUCKET, (operation, str(bound)), 1.0)
            self._add(_SECONDS, (operation,), seconds)
            if exchange.scenario:
                self._add(_SCENARIOS, (exchange.world, exchange.scenario), 1.0)

    def close(self) -> None:
        """Let go of the file; what was counted stays."""
        with self._lock:
            self._file.close()  # type: ignore[no-untyped-call]
            self._alive.close()

    def _add(self, name: str, labels: Labels, step: float) -> None:
        identity = (name, labels)
        key = self._keys.get(identity)
        if key is None:
            key = self._keys[identity] = json.dumps([name, *labels])
        self._counts[key] += step
        self._file.write_value(key, self._counts[key], 0.0)  # type: ignore[no-untyped-call]


class AllProcesses(Collector):
    """The counts of all processes that wrote to a directory. is_known: whether there still is a world of a name."""

    def __init__(self, directory: Path, worlds: Sequence[str], gauges: Gauges) -> None:
        self._directory = directory
        self._worlds = frozenset(worlds)
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """Give everything that is known."""
        totals = _totals(self._directory)
        yield self._counter(
            "lrs_requests", "Requests answered.", ("world", "operation", "outcome"), totals.get(_REQUESTS, {})
        )
        yield _durations(totals.get(_BUCKET, {}), totals.get(_SECONDS, {}))
        yield self._counter(
            "lrs_scenario_hits", "Calls that a scenario acted on.", ("world", "scenario"), totals.get(_SCENARIOS, {})
        )
        processes = GaugeMetricFamily("lrs_processes", "Processes that answer requests.")
        processes.add_metric((), living(self._directory))
        yield processes
        yield from self._gauges.gauges()

    def _counter(
        self, name: str, text: str, labels: Sequence[str], totals: "dict[Labels, float]"
    ) -> CounterMetricFamily:
        """Return a counter by world; worlds that are gone are counted as one, or there would be ever more of them."""
        summed: defaultdict[Labels, float] = defaultdict(float)
        for (world, *rest), value in totals.items():
            summed[world if world in self._worlds else "", *rest] += value
        family = CounterMetricFamily(name, f"{text} World '' stands for those deleted.", labels=labels)
        for values, total in sorted(summed.items()):
            family.add_metric(values, total)
        return family


def living(directory: Path) -> int:
    """Return how many processes count into a directory just now."""
    return sum(_is_held(path) for path in directory.glob("*.db"))


def _is_held(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _totals(directory: Path) -> dict[str, dict[Labels, float]]:
    totals: defaultdict[str, defaultdict[Labels, float]] = defaultdict(lambda: defaultdict(float))
    for path in directory.glob("*.db"):
        if not path.stat().st_size:
            # A process is just making it.
            continue
        values: Iterable[Any] = MmapedDict.read_all_values_from_file(path)  # type: ignore[no-untyped-call]
        for key, value, *_ in values:
            name, *labels = json.loads(key)
            totals[name][tuple(labels)] += value
    return {name: dict(counted) for name, counted in totals.items()}


def _durations(buckets: dict[Labels, float], seconds: dict[Labels, float]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "lrs_request_duration_seconds", "How long requests took to be answered.", labels=("operation",)
    )
    for (operation,), total in sorted(seconds.items()):
        reached, counted = 0.0, []
        for bound in BUCKETS:
            reached += buckets.get((operation, str(bound)), 0.0)
            counted.append(("+Inf" if bound == BUCKETS[-1] else str(bound), reached))
        family.add_metric((operation,), counted, total)
    return family
