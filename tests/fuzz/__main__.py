"""Send requests that nobody would think of to the service, and keep those that it does not answer as it must.

make fuzz
python -m tests.fuzz --executions 5000 --seed 42
python -m tests.fuzz --worker-class sync
python -m tests.fuzz --replay tests/corpus/found/001-name.http
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from tests.corpus.cases import FOLDER
from tests.fuzz.finds import save
from tests.fuzz.oracle import outcome
from tests.fuzz.place import WORKERS, opened_place
from tests.fuzz.processes import Plan, run
from tests.fuzz.rounds import Report

EXECUTIONS = 100_000


def main() -> int:
    """Run the command; 1 when something was found."""
    options = _options()
    if options.replay:
        return _replay(options.replay, options.worker_class)
    plan = Plan(options.executions, options.seed, options.jobs, options.worker_class)
    print(f"{plan.executions:,} requests to {plan.worker_class} workers in {plan.jobs} processes, seed {plan.seed}.")
    began = time.monotonic()
    with TemporaryDirectory(prefix="lrs-soap-fuzz-") as folder, tqdm(total=plan.executions, disable=None) as bar:
        report = run(plan, Path(folder), bar.update)
    _tell(report, time.monotonic() - began)
    for find in report.finds:
        print(f"\n{find.broken.signature}: {save(find, options.save)}\n{find.broken.told}")
    return 1 if report.finds else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--executions", type=int, default=EXECUTIONS, help="requests to send (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="what the requests follow from")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one per processor)")
    parser.add_argument("--worker-class", choices=WORKERS, default="event", help="who answers (default: %(default)s)")
    parser.add_argument("--save", type=Path, default=FOLDER / "found", help="where finds are kept")
    parser.add_argument("--replay", type=Path, nargs="+", help="send the requests in these files instead")
    return parser.parse_args()


def _tell(report: Report, seconds: float) -> None:
    print(
        f"{report.executions:,} requests in {seconds:.0f} seconds, {len(report.finds)} finds, "
        f"at most {report.peak // 1024} MiB in one process. Answers:"
    )
    for kind, number in report.answers.most_common():
        print(f"{number:9,}  {kind}")


def _replay(files: Sequence[Path], worker_class: str) -> int:
    wrong = 0
    for file in files:
        with TemporaryDirectory(prefix="lrs-soap-fuzz-") as folder, opened_place(Path(folder), worker_class) as place:
            result = outcome(place, file.read_bytes())
        wrong += result.broken is not None
        print(f"{file}: {result.kind}" if result.broken is None else f"{file}: {result.broken.told}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
