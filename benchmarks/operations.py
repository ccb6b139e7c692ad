"""Each operation as clients call it: on registers of several sizes, in both databases, by several numbers of workers.

The service is complete, with schema check, credentials and audit, and without the test bench. Four clients call one
operation of one register for a moment, then that of the next, round after round.
"""

import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from tqdm import tqdm

from benchmarks import servers
from benchmarks.calls import BATCH, CALLS, Call, People
from benchmarks.figures import Figure
from benchmarks.large import LargeRegisters, note
from benchmarks.load import Result, Target, put_load_on
from benchmarks.measured import Measured, as_json, by_operation
from benchmarks.options import Options
from benchmarks.preparing import prepare
from benchmarks.registers import Registers

# More than are sent in a second; of what may be sent once only, so many are made ready for each second.
MOST_A_SECOND: Final = 1_500
WARM_UP: Final = 0.2
DRAWN: Final[Mapping[str, Sequence[str]]] = {
    "finding": ("find by ULN", "find by demographics", "find by demographics, moved", "verify"),
    "reading": ("find by ULN, R9", "learning events", "view audit", f"retrieve {BATCH} ULNs"),
    "writing": ("register", "update", "update some fields", f"submit a batch of {BATCH}"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A register that is called: a copy that nothing else uses, and people to ask for."""

    database: str
    learners: int
    url: str
    people: People


def measure(options: Options, registers: Registers) -> Iterator[str | Figure]:
    """Give what was measured."""
    measured: list[Measured] = []
    with LargeRegisters(options, registers) as large, ExitStack() as stack:
        places = [stack.enter_context(_prepared(large, kind, size)) for kind in large.kinds for size in options.sizes]
        for workers in options.servers:
            measured += _with_workers(options, places, workers)
            note(options, "operations", as_json(measured))
    yield (
        f"Python {platform.python_version()}, {options.rounds} rounds of {options.moment:g} s for each operation and "
        f"register; sizes are numbers of learners, times are those of the client\n"
    )
    yield from by_operation(measured)
    yield from figures(measured)


def figures(measured: Sequence[Measured]) -> Iterator[Figure]:
    """Give figures of the p50 of groups of operations, by two workers or as many as there were."""
    known = sorted({one.workers for one in measured})
    workers = 2 if 2 in known else known[-1]
    for name, operations in DRAWN.items():
        lines: dict[tuple[str, str], dict[int, float]] = {}
        for one in measured:
            if one.operation in operations and one.workers == workers:
                lines.setdefault((one.operation, one.database), {})[one.learners] = one.p50
        if lines:
            yield Figure(name, f"{name.capitalize()}: p50 of the latency, {workers} workers", lines)


@contextmanager
def _prepared(large: LargeRegisters, kind: str, size: int) -> Iterator[Place]:
    with large.copied(kind, size) as url:
        people = People(size)
        prepare(url, people)
        yield Place(kind, size, url, people)


def _with_workers(options: Options, places: Sequence[Place], workers: int) -> Iterator[Measured]:
    with ExitStack() as stack:
        running = [
            (place, stack.enter_context(servers.service(place.url, workers, *servers.PLAIN))) for place in places
        ]
        results = {(call.name, place.url): Result(call.name, 0, [], 0) for call in CALLS for place in places}
        for number in tqdm(range(options.rounds + 1), desc=f"operations, {workers} workers", disable=None, leave=False):
            for call in CALLS:
                for place, serving in running:
                    result = _called(call, place, serving.address, options.moment if number else WARM_UP)
                    if number:
                        results[call.name, place.url].add(result)
    for call in CALLS:
        for place in places:
            yield _measured(results[call.name, place.url], place, workers)


def _called(call: Call, place: Place, address: str, seconds: float) -> Result:
    target = Target(call.name, f"{address}/{call.service}.svc", says=call.says.encode(), once=call.once)
    messages = call.messages(place.people, max(int(MOST_A_SECOND * seconds), 1))
    return put_load_on(target, [message.encode() for message in messages], seconds)


def _measured(result: Result, place: Place, workers: int) -> Measured:
    return Measured(
        operation=result.name,
        database=place.database,
        workers=workers,
        learners=place.learners,
        rate=result.rate,
        p50=result.percentile(50),
        p99=result.percentile(99),
        answers=len(result.latencies),
        others=result.refused,
    )
