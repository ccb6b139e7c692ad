"""Finding by ULN under a steady load: requests come at even intervals, half as many as the service answers at most.

A request that has to wait for one before it counts from when it was due, so that a pause is not left out. The bare
function and an application that does nothing take turns with the service, each at its own pace: what they show of the
slowest is the machine's, and that of the clients who share it, each a process of its own.
"""

import multiprocessing
import platform
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from typing import Final
from urllib.parse import urlsplit

from benchmarks import servers
from benchmarks.load import Result, Target, exchange, put_load_on, request_bytes
from benchmarks.measured import markdown
from benchmarks.options import Options
from benchmarks.population import find_message
from benchmarks.registers import Registers

SHARE: Final = 0.5
CLIENTS: Final = 4
STARTING: Final = 0.3
LONGEST: Final = 4.0
"""How many times as long as the median one in a hundred may take."""


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    messages = [find_message(learner) for learner in registers.sample]
    with ExitStack() as stack:
        targets = list(_targets(stack, options, registers))
        rates = {}
        for target in targets:
            put_load_on(target, messages, 1)
            rates[target.name] = put_load_on(target, messages, options.seconds).rate
        results: dict[str, list[Result]] = {target.name: [] for target in targets}
        for _ in range(options.rounds):
            for target in targets:
                results[target.name].append(paced(target, messages, rates[target.name] * SHARE, options.seconds))
        rows = [_row(name, rates[name], some) for name, some in results.items()]
    heading = ["", "at most, per second", "steady, per second", "p50 ms", "p99 ms", "p99 / p50", "of each round"]
    yield (
        f"learnerByULN FUL, {options.learners:,} learners, {options.workers} workers, Python "
        f"{platform.python_version()}, {options.rounds} rounds of {options.seconds:g} s; p99 / p50 is to be at most "
        f"{LONGEST:g}\n\n{markdown([*heading, 'other answers'], rows)}\n"
    )


def _targets(stack: ExitStack, options: Options, registers: Registers) -> Iterator[Target]:
    """Start every server, and give how each is called."""
    urls = {name: stack.enter_context(copy()) for name, copy in registers.databases.items()}
    for name, url in urls.items():
        yield Target(name, stack.enter_context(servers.ours(url, options.workers, *servers.PLAIN)))
    for module, worker_class in (("bare", "sync"), ("empty", servers.EVENT)):
        application = servers.gunicorn(f"benchmarks.{module}", urls["SQLite"], options.workers, worker_class)
        yield Target(module, stack.enter_context(application))


def _row(name: str, most: float, rounds: Sequence[Result]) -> list[str]:
    together = Result(name, 0, [], 0)
    for one in rounds:
        together.add(one)
    p50, p99 = together.percentile(50), together.percentile(99)
    each = ", ".join(f"{one.percentile(99) / one.percentile(50):.1f}" for one in rounds)
    numbers = [f"{p50:.2f}", f"{p99:.2f}", f"{p99 / p50:.2f}", each, f"{together.refused}"]
    return [name, f"{most:,.0f}", f"{together.rate:,.0f}", *numbers]


def due(rate: float, seconds: float, client: int, clients: int) -> Sequence[float]:
    """Return when a client's requests are due, in seconds from the start, of so many per second by all clients."""
    return [number / rate for number in range(client, int(rate * seconds), clients)]


def paced(target: Target, messages: Sequence[bytes], rate: float, seconds: float) -> Result:
    """Send so many requests per second at even intervals, and return what they met."""
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(CLIENTS, context) as executor:
        # Everybody is there before the first request is due.
        started = time.perf_counter() + STARTING
        moments = [[started + one for one in due(rate, seconds, client, CLIENTS)] for client in range(CLIENTS)]
        found = list(executor.map(partial(_client, target, messages), moments))
    return Result(
        target.name,
        time.perf_counter() - started,
        [latency for latencies, _ in found for latency in latencies],
        sum(refused for _, refused in found),
    )


def _client(target: Target, messages: Sequence[bytes], moments: Sequence[float]) -> tuple[list[float], int]:
    url = urlsplit(target.address)
    latencies, refused = [], 0
    for moment, message in zip(moments, cycle(messages), strict=False):
        time.sleep(max(moment - time.perf_counter(), 0))
        answer = exchange(url.hostname or "127.0.0.1", url.port or 80, request_bytes(target, message))
        latencies.append(time.perf_counter() - moment)
        refused += target.says not in answer
    return latencies, refused
