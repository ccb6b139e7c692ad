"""Measure learnerByULN FUL: the complete service beside a bare WSGI function and a stock Spyne application."""

import argparse
import platform
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import servers
from benchmarks.load import Result, Target, put_load_on
from benchmarks.population import find_message, populate

REFERENCE = "bare"


def parse_arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--learners", type=int, default=100_000, help="learners in the register (default 100,000)")
    parser.add_argument("--workers", type=int, default=2, help="gunicorn workers of each server (default 2)")
    parser.add_argument("--seconds", type=float, default=4, help="length of one round (default 4)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, each through all servers in turn (default 5)")
    return parser.parse_args()


def measure(options: argparse.Namespace, database: str, messages: list[bytes]) -> dict[str, Result]:
    """Put a load on each server in turn, round after round, so that all meet the same machine."""
    with ExitStack() as stack:
        targets = [
            Target("bare", stack.enter_context(servers.gunicorn("benchmarks.bare", database, options.workers))),
            Target("ours", stack.enter_context(servers.ours(database, options.workers))),
            Target("stock", stack.enter_context(servers.gunicorn("benchmarks.stock", database, options.workers))),
        ]
        for target in targets:
            put_load_on(target, messages, 1)
        results = {target.name: Result(target.name, 0, [], 0) for target in targets}
        for _ in range(options.rounds):
            for target in targets:
                results[target.name].add(put_load_on(target, messages, options.seconds))
        return results


def table(results: dict[str, Result]) -> str:
    """Return the results as a table, ratios to the bare function."""
    reference = results[REFERENCE].rate
    rows = [f"{'':8}{'requests/s':>12}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}{'not WSRC0004':>14}"]
    rows += [
        f"{name:8}{result.rate:12,.0f}{result.rate / reference:8.2f}{result.percentile(50):9.2f}"
        f"{result.percentile(99):9.2f}{result.refused:14}"
        for name, result in results.items()
    ]
    return "\n".join(rows)


def main() -> None:
    """Populate, measure, print."""
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="lrs-bench-") as directory:
        database = f"sqlite:///{Path(directory) / 'register.db'}"
        sample = populate(database, options.learners)
        results = measure(options, database, [find_message(learner) for learner in sample])
    sys.stdout.write(
        f"learnerByULN FUL, {options.learners:,} learners, SQLite, {options.workers} sync workers, "
        f"Python {platform.python_version()}, {options.rounds} rounds of {options.seconds:g} s\n{table(results)}\n"
    )


if __name__ == "__main__":
    main()
