"""learnerByULN FUL: the complete service beside a bare WSGI function and a stock Spyne application.

The service is measured four times: without the control API, with it, with the journal, and with the verdict on clients.
"""

import platform
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks import servers
from benchmarks.load import Result, Target, put_load_on
from benchmarks.options import Options
from benchmarks.population import find_message
from benchmarks.registers import Registers

REFERENCE = "bare"


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    with registers.sqlite() as database:
        results = _results(options, database, [find_message(learner) for learner in registers.sample])
    yield (
        f"learnerByULN FUL, {options.learners:,} learners, SQLite, {options.workers} sync workers, "
        f"Python {platform.python_version()}, {options.rounds} rounds of {options.seconds:g} s\n{_table(results)}\n"
    )


def _results(options: Options, database: str, messages: list[bytes]) -> dict[str, Result]:
    """Put a load on each server in turn, round after round, so that all meet the same machine."""
    with ExitStack() as stack:
        targets = [
            Target("bare", stack.enter_context(servers.gunicorn("benchmarks.bare", database, options.workers))),
            Target("ours", stack.enter_context(servers.ours(database, options.workers, "--no-control-api"))),
            Target("control", stack.enter_context(servers.ours(database, options.workers, "--no-journal"))),
            Target("journal", stack.enter_context(servers.ours(database, options.workers, "--no-conformance"))),
            Target("verdict", stack.enter_context(servers.ours(database, options.workers))),
            Target("stock", stack.enter_context(servers.gunicorn("benchmarks.stock", database, options.workers))),
        ]
        for target in targets:
            put_load_on(target, messages, 1)
        results = {target.name: Result(target.name, 0, [], 0) for target in targets}
        for _ in range(options.rounds):
            for target in targets:
                results[target.name].add(put_load_on(target, messages, options.seconds))
        return results


def _table(results: dict[str, Result]) -> str:
    """Return the results as a table, ratios to the bare function."""
    reference = results[REFERENCE].rate
    rows = [f"{'':8}{'requests/s':>12}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}{'not WSRC0004':>14}"]
    rows += [
        f"{name:8}{result.rate:12,.0f}{result.rate / reference:8.2f}{result.percentile(50):9.2f}"
        f"{result.percentile(99):9.2f}{result.refused:14}"
        for name, result in results.items()
    ]
    return "\n".join(rows)
