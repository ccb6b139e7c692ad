"""Several worker processes beside one, on the same PostgreSQL database with the same jobs."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import islice

from tqdm import tqdm

from benchmarks import postgres, submitting
from benchmarks.options import Options
from benchmarks.population import newcomers
from benchmarks.registers import WITHOUT_POSTGRESQL, Registers
from benchmarks.servers import batch_worker
from benchmarks.watching import Check, count_learners, inspect, watch
from lrs_soap.domain.jobs import JobKind
from lrs_soap.store import open_store

JOBS = 60
RECORDS_PER_JOB = 50
NUMBERS = (1, 3)
# Long enough for a worker that has just started to find nothing to do and wait.
IDLE_SECONDS = 1.5

Jobs = Sequence[Sequence[dict[str, str]]]


@dataclass(slots=True)
class Shared:
    """The runs of so many workers: seconds of each, the jobs each worker did, and what was checked afterwards."""

    seconds: list[float] = field(default_factory=list)
    shares: list[tuple[int, ...]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    if "PostgreSQL" not in registers.databases:
        yield WITHOUT_POSTGRESQL
        return
    jobs = _jobs(options.learners)
    runs = {number: Shared() for number in NUMBERS}
    for _ in tqdm(range(options.rounds), desc="rounds of workers", disable=None):
        for number, shared in runs.items():
            with registers.postgresql() as url:
                _run(url, number, jobs, shared)
    yield (
        f"{JOBS} registration batches of {RECORDS_PER_JOB} new learners, {options.learners:,} learners, "
        f"{options.rounds} rounds; from all handed in to all finished, workers idle before\n"
        f"{postgres.described(registers.cluster)}\n{_table(runs)}\n{_verdict(runs)}\n"
    )


def _jobs(learners: int) -> Jobs:
    records = map(submitting.to_register, newcomers(learners, JOBS * RECORDS_PER_JOB))
    return [list(islice(records, RECORDS_PER_JOB)) for _ in range(JOBS)]


def _run(url: str, number: int, jobs: Jobs, shared: Shared) -> None:
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(batch_worker(url))
        store = stack.enter_context(closing(open_store(url)))
        before = count_learners(url)
        time.sleep(IDLE_SECONDS)
        # In one transaction, so that all of them are there at once.
        with store.writing() as work:
            for records in jobs:
                submitting.submit(work, JobKind.REGISTRATION, records)
        seconds, owners = watch(url)
    shared.seconds.append(seconds)
    shared.shares.append(tuple(sorted(Counter(owners.values()).values(), reverse=True)))
    shared.checks.append(inspect(url, before))


def _table(runs: dict[int, Shared]) -> str:
    first = sum(runs[NUMBERS[0]].seconds)
    rows = [f"{'workers':8}{'seconds':>9}{'records/s':>11}{'ratio':>7}  jobs of each worker, by round"]
    for number, shared in runs.items():
        mean = sum(shared.seconds) / len(shared.seconds)
        shares = "  ".join("+".join(map(str, share)) for share in shared.shares)
        rate = JOBS * RECORDS_PER_JOB / mean
        rows.append(f"{number:<8}{mean:9.2f}{rate:11,.0f}{first / sum(shared.seconds):7.2f}  {shares}")
    return "\n".join(rows)


def _verdict(runs: dict[int, Shared]) -> str:
    """Tell whether every record of every run was done, and done once."""
    checks = [check for shared in runs.values() for check in shared.checks]
    wrong = [check for check in checks if not check.is_right(JOBS, JOBS * RECORDS_PER_JOB)]
    if wrong:
        return f"WRONG: {wrong}"
    one = checks[0]
    return (
        f"Each run: {one.jobs} jobs finished, each taken up once; {one.results:,} records with a result, {one.named:,} "
        f"named in the audit trail, each once; {one.registered:,} came to a new ULN, {one.learners:,} new learners"
    )
