"""What the command line asks for."""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How much of what is measured; rounds go through all that is compared in turn."""

    parts: tuple[str, ...]
    learners: int
    rounds: int
    workers: int
    seconds: float
    records: int
    sizes: tuple[int, ...]
    keep: Path | None
    servers: tuple[int, ...]
    moment: float
    report: Path | None


def parse(parts: Iterable[str], description: str | None) -> Options:
    """Return what the command line asks for: of these parts, all unless some are named."""
    known = tuple(parts)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=description)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(known)} (default all)")
    parser.add_argument("--learners", type=int, default=100_000, help="learners in the register (default 100,000)")
    parser.add_argument("--workers", type=int, default=2, help="gunicorn workers of each server (default 2)")
    parser.add_argument("--seconds", type=float, default=4, help="length of one round of requests (default 4)")
    parser.add_argument("--records", type=int, default=2_000, help="records of one batch (default 2,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, each through all in turn (default 5)")
    sizes = "learners of each register of loading and searching (default 100,000 and 1,000,000)"
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000], metavar="N", help=sizes)
    keep = "where those registers are kept and used again, with all numbers as JSON (default nowhere)"
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help=keep)
    several = "numbers of workers with which each operation is measured (default 1, 2 and 4)"
    parser.add_argument("--servers", type=int, nargs="+", default=[1, 2, 4], metavar="N", help=several)
    moment = "how long one operation is called in one round, in seconds (default 0.5)"
    parser.add_argument("--moment", type=float, default=0.5, metavar="SECONDS", help=moment)
    report = "where the results are written, with tables and figures (default nowhere)"
    parser.add_argument("--report", type=Path, metavar="DIRECTORY", help=report)
    found = parser.parse_args()
    if unknown := set(found.parts) - set(known):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(known)}")
    wanted = tuple(part for part in known if part in found.parts or not found.parts)
    return Options(
        wanted,
        found.learners,
        found.rounds,
        found.workers,
        found.seconds,
        found.records,
        tuple(sorted(found.sizes)),
        found.keep,
        tuple(sorted(found.servers)),
        found.moment,
        found.report,
    )
