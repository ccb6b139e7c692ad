"""learnerByULN FUL: the complete service beside a bare WSGI function and a stock Spyne application.

Without the control API both kinds of workers are measured, by clients that open a connection for each call and by such
that keep one; then the service with the control API, with the journal, and with the verdict on clients. Beside them,
where they are installed, PHP's SoapServer behind nginx and node's soap, which check nothing and always give one answer.
"""

import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import php_behind_nginx, servers
from benchmarks.load import Result, Target, put_load_on
from benchmarks.options import Options
from benchmarks.population import find_message
from benchmarks.registers import Registers
from lrs_soap.wsdl.publishing import published_wsdl

REFERENCE = "bare"
NODE_MODULES = "LRS_BENCH_NODE"
WITHOUT_PHP = "PHP behind nginx is left out: php-fpm, or nginx, is not installed."
WITHOUT_NODE = (
    f"node's soap is left out: {NODE_MODULES} names no directory in which it is installed (npm install soap)."
)


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    with registers.sqlite() as database:
        results = _results(options, database, [find_message(learner) for learner in registers.sample])
    yield (
        f"learnerByULN FUL, {options.learners:,} learners, SQLite, {options.workers} workers, "
        f"Python {platform.python_version()}, {options.rounds} rounds of {options.seconds:g} s\n{_table(results)}\n"
    )
    if not php_behind_nginx.programs():
        yield WITHOUT_PHP
    if not os.environ.get(NODE_MODULES):
        yield WITHOUT_NODE


def _results(options: Options, database: str, messages: list[bytes]) -> dict[str, Result]:
    """Put a load on each server in turn, round after round, so that all meet the same machine."""
    with ExitStack() as stack:
        targets = _targets(stack, database, options.workers)
        for target in targets:
            put_load_on(target, messages, 1)
        results = {target.name: Result(target.name, 0, [], 0) for target in targets}
        for _ in range(options.rounds):
            for target in targets:
                results[target.name].add(put_load_on(target, messages, options.seconds))
        return results


def _targets(stack: ExitStack, database: str, workers: int) -> list[Target]:
    """Start every server, and return how each is called; event workers also by clients that keep their connections."""

    def application(name: str, worker_class: str = "sync") -> str:
        return stack.enter_context(servers.gunicorn(f"benchmarks.{name}", database, workers, worker_class))

    def ours(*flags: str, worker_class: str = "event") -> str:
        return stack.enter_context(servers.ours(database, workers, *flags, worker_class=worker_class))

    empty, event = application("empty", servers.EVENT), ours("--no-control-api")
    return [
        Target("bare", application("bare")),
        Target("empty, stock", application("empty")),
        Target("empty", empty),
        Target("empty, kept", empty, keeps=True),
        Target("ours, sync", ours("--no-control-api", worker_class="sync")),
        Target("ours", event),
        Target("ours, kept", event, keeps=True),
        Target("control, kept", ours("--no-journal"), keeps=True),
        Target("journal, kept", ours("--no-conformance"), keeps=True),
        Target("verdict, kept", ours(), keeps=True),
        Target("stock", application("stock")),
        *_others(stack, workers),
    ]


def _others(stack: ExitStack, workers: int) -> Iterator[Target]:
    """Start the servers of other languages that are installed; each is called as ours is."""
    wsdl = published_wsdl("LearnerService", "http://127.0.0.1")
    addresses = {}
    if php_behind_nginx.programs():
        addresses["php, nginx"] = stack.enter_context(servers.php(workers, wsdl))
    if modules := os.environ.get(NODE_MODULES):
        addresses["node soap"] = stack.enter_context(servers.node(Path(modules), wsdl))
    for name, address in addresses.items():
        yield Target(name, address)
        yield Target(f"{name}, kept", address, keeps=True)


def _table(results: dict[str, Result]) -> str:
    """Return the results as a table, ratios to the bare function."""
    reference = results[REFERENCE].rate
    rows = [f"{'':16}{'requests/s':>12}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}{'not WSRC0004':>14}"]
    rows += [
        f"{name:16}{result.rate:12,.0f}{result.rate / reference:8.2f}{result.percentile(50):9.2f}"
        f"{result.percentile(99):9.2f}{result.refused:14}"
        for name, result in results.items()
    ]
    return "\n".join(rows)
