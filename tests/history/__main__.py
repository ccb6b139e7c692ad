"""Let clients work while processes of the server are killed, and check from what they saw that nothing went wrong.

make history
python -m tests.history --operations 5000 --seed 42 postgresql
python -m tests.history --check history.jsonl
"""

import argparse
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from tqdm import tqdm

from tests.history.checker import check
from tests.history.findings import Verdict
from tests.history.operations import History
from tests.history.planning import Plan
from tests.history.running import WORKERS, run
from tests.history.telling import lines
from tests.postgres import Cluster

OPERATIONS = 100_000
CLIENTS = 8
MINUTES = 60
CODES = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNKNOWN: 2}


def main() -> int:
    """Run the command: 0 when the history is valid, 1 when it is not, 2 when that is unknown."""
    options = _options()
    if options.check:
        with options.check.open(encoding="utf-8") as file:
            return _tell(History.from_lines(file))
    history = _recorded(
        Plan.of(options.operations, options.clients, options.seed, options.minutes * 60), options.database
    )
    if options.save:
        history.save(options.save)
    return _tell(history)


def _recorded(plan: Plan, database: str) -> History:
    print(
        f"{plan.operations:,} operations of {plan.clients} clients on {database}, {WORKERS} workers; {plan.kills} are "
        f"killed, the server starts anew {plan.restarts} times; seed {plan.seed}."
    )
    began = time.monotonic()
    with opened_database(database) as url, tqdm(total=plan.operations, disable=None) as bar:
        history = run(plan, url, bar.update)
    done = len(history.operations) - 1
    print(f"{done:,} of {plan.operations:,} operations in {time.monotonic() - began:.0f} seconds.")
    return history


def _tell(history: History) -> int:
    report = check(history)
    print("\n".join(lines(report)))
    return CODES[report.verdict]


@contextmanager
def opened_database(kind: str) -> Iterator[str]:
    """Give the URL of a database of a kind, without learners, that is gone after the block."""
    if kind == "sqlite":
        with TemporaryDirectory(prefix="lrs-soap-history-") as folder:
            yield f"sqlite:///{folder}/register.db"
        return
    cluster = Cluster(Path(mkdtemp(prefix="lrs-soap-history-")))
    try:
        cluster.ensure_started()
        with cluster.database() as url:
            yield url
    finally:
        cluster.remove()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.history", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database", nargs="?", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--operations", type=int, default=OPERATIONS, help="how many (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="how many at once (default: %(default)s)")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help="begin nothing after these (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="what the operations follow from")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the history into a file")
    parser.add_argument("--check", type=Path, metavar="FILE", help="check such a file, and run nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
