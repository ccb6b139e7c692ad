"""Batches worked off by one worker in this process, on SQLite and on PostgreSQL: records per second.

Each round registers learners who are new, hands the same records in again, which then change nothing, and verifies.
"""

import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

from tqdm import tqdm

from benchmarks import postgres, submitting
from benchmarks.options import Options
from benchmarks.population import newcomers
from benchmarks.registers import Registers, synced_writes_per_second
from lrs_soap.domain.clock import SystemClock
from lrs_soap.domain.codes import ReturnCode, VerificationCode
from lrs_soap.domain.jobs import JobKind
from lrs_soap.store import Store, open_store
from lrs_soap.worker import BatchWorker

Records = Sequence[dict[str, str]]
# Each kind of batch: what it is, and what all of its records should come to.
KINDS = {
    "registration, new": (JobKind.REGISTRATION, ReturnCode.REGISTERED),
    "registration, existing": (JobKind.REGISTRATION, ReturnCode.FOUND),
    "verification": (JobKind.VERIFICATION, VerificationCode.VERIFIED),
}
NEW, EXISTING, VERIFIED = KINDS


@dataclass(slots=True)
class Tally:
    """Records worked off, in how many seconds, and how many did not come to what they should."""

    records: int = 0
    seconds: float = 0
    others: int = 0

    @property
    def rate(self) -> float:
        """Records per second."""
        return self.records / self.seconds


Tallies = dict[str, dict[str, Tally]]


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    tallies = _tallies(options, registers)
    yield (
        f"Batches of {options.records:,} records, {options.learners:,} learners, one worker, "
        f"Python {platform.python_version()}, {options.rounds} rounds; each record one commit that is on disk\n"
        f"{_facts(registers)}\n{_table(tallies)}\n"
    )


def _tallies(options: Options, registers: Registers) -> Tallies:
    """Work off batches in each database in turn, round after round, so that all meet the same machine."""
    new = [submitting.to_register(one) for one in newcomers(options.learners, options.records * options.rounds)]
    known = [submitting.to_verify(learner) for learner in registers.sample[: options.records]]
    with ExitStack() as stack:
        stores = {
            name: stack.enter_context(closing(open_store(stack.enter_context(copy()))))
            for name, copy in registers.databases.items()
        }
        tallies = {name: {kind: Tally() for kind in KINDS} for name in stores}
        for start in tqdm(range(0, len(new), options.records), desc="rounds of batches", disable=None):
            some = new[start : start + options.records]
            for name, store in stores.items():
                for kind, records in ((NEW, some), (EXISTING, some), (VERIFIED, known)):
                    _work_off(store, kind, records, tallies[name][kind])
        return tallies


def _work_off(store: Store, kind: str, records: Records, tally: Tally) -> None:
    job_kind, expected = KINDS[kind]
    with store.writing() as work:
        job_id = submitting.submit(work, job_kind, records)
    worker = BatchWorker(store, SystemClock())
    started = time.perf_counter()
    worker.run_pending()
    tally.seconds += time.perf_counter() - started
    with store.reading() as work:
        counts = work.jobs.counts(job_id)
    tally.records += len(records)
    tally.others += len(records) - counts.get(expected, 0)


def _facts(registers: Registers) -> str:
    told = [f"This disk takes {synced_writes_per_second(registers.directory):,.0f} small synced writes per second."]
    told.append("SQLite with a write-ahead log and synchronous FULL.")
    if "PostgreSQL" in registers.databases:
        told.append(f"{postgres.described(registers.cluster)}.")
    return " ".join(told)


def _table(tallies: Tallies) -> str:
    """Return records per second by kind and database; the ratios are to SQLite, and of new to existing learners."""
    names = list(tallies)
    rows = [f"{'records/s':24}{''.join(f'{name:>12}' for name in names)}{'ratio':>8}{'not as expected':>17}"]
    for kind in KINDS:
        rates = [tallies[name][kind].rate for name in names]
        others = sum(tallies[name][kind].others for name in names)
        rows.append(f"{kind:24}{''.join(f'{rate:12,.0f}' for rate in rates)}{rates[-1] / rates[0]:8.2f}{others:17}")
    ratios = [tallies[name][NEW].rate / tallies[name][EXISTING].rate for name in names]
    rows.append(f"{'new / existing':24}{''.join(f'{ratio:12.2f}' for ratio in ratios)}")
    return "\n".join(rows)
