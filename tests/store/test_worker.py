"""The batch worker: jobs of each kind are worked off, errors are waited out, and nobody works on a job twice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lrs_soap.domain import batch
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.clock import FixedClock
from lrs_soap.domain.codes import Operation, ReturnCode
from lrs_soap.domain.jobs import Job, JobKind, JobStatus, Values
from lrs_soap.store import Store
from lrs_soap.worker import BatchWorker, WorkerPolicy
from tests import factories
from tests.store.test_jobs import NOW, claimed, submitted
from tests.unit.domain.test_batch import SOMEBODY_NEW, WHOLE

CLOCK = FixedClock(NOW)
MAEVE = factories.learner(1)
POLICY = WorkerPolicy(poll=0.01, lease=30, attempts=3)


@pytest.fixture
def worker(store: Store) -> BatchWorker:
    with store.writing() as work:
        work.organisations.add(factories.organisation())
        work.learners.add_many([MAEVE])
    return BatchWorker(store, CLOCK, POLICY)


def job(store: Store, number: int) -> Job:
    with store.reading() as work:
        found = work.jobs.get(number)
    assert found is not None
    return found


def codes(store: Store, number: int) -> list[str | None]:
    with store.reading() as work:
        return [record.result.code if record.result else None for record in work.jobs.records(number)]


def test_jobs_of_each_kind_are_worked_off(store: Store, worker: BatchWorker) -> None:
    with store.writing() as work:
        work.organisations.add(factories.awarding_organisation())
        work.qualifications.put_many([factories.qualification()])
    identity = {"ULN": MAEVE.uln, "GivenName": "Maeve", "FamilyName": "Okafor"}
    reporter = Actor("AWARD001", "ao.user")
    numbers = [
        submitted(store, SOMEBODY_NEW, WHOLE),
        submitted(store, identity, kind=JobKind.VERIFICATION, mode=""),
        submitted(
            store, factories.achievement_values(MAEVE), kind=JobKind.ACHIEVEMENTS, mode="Provisional", by=reporter
        ),
    ]
    assert worker.run_pending() == 3
    assert [codes(store, number) for number in numbers] == [["RC001", "RC002"], ["WSVRC001"], ["created"]]
    for number in numbers:
        found = job(store, number)
        assert (found.status, found.started_at, found.finished_at) == (JobStatus.SUCCESSFUL, NOW, NOW)
    assert worker.run_pending() == 0


def test_each_record_leaves_a_line_in_the_audit_trail(store: Store, worker: BatchWorker) -> None:
    number = submitted(store, WHOLE, WHOLE | {"Gender": "F"})
    worker.run_pending()
    with store.reading() as work:
        total, entries = work.audit.views([MAEVE.uln], Operation.SUBMIT_BATCH, 0, 10)
    assert total == 1
    assert (entries[0].outcome, entries[0].criteria) == ("RC002", {"JobID": str(number), "Record": "1"})


def test_records_for_a_person_become_exceptions(store: Store, worker: BatchWorker) -> None:
    number = submitted(store, WHOLE, WHOLE | {"GivenName": "Meave"}, WHOLE | {"Gender": "F"})
    worker.run_pending()
    with store.reading() as work:
        found = list(work.exceptions.of("TEST0101"))
    assert [(one.job_id, one.position, one.code) for one in found] == [(number, 2, "RC007"), (number, 3, "RC011")]
    assert found[0].candidates == (MAEVE.uln,)
    assert "Gender" in (found[1].reason or "")


def test_overdue_exceptions_are_closed(store: Store, worker: BatchWorker) -> None:
    submitted(store, WHOLE | {"Gender": "F"}, at=NOW - timedelta(days=44))
    submitted(store, WHOLE | {"Gender": "X"}, at=NOW - timedelta(days=46))
    worker.run_pending()
    assert worker.close_overdue() == 1
    assert worker.close_overdue() == 0
    with store.reading() as work:
        assert [one.status.value for one in work.exceptions.of("TEST0101")] == ["open", "closed"]


class Boom(Exception):  # noqa: N818 - not an error of ours
    """What nobody foresaw."""


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, times: int) -> Iterator[list[str]]:
    """Let the second record of a batch fail so many times."""
    real = batch.process
    seen: list[str] = []

    def process(values: Values, desk: batch.Desk) -> Any:
        if values["GivenName"] == "Ada" and len(seen) < times:
            seen.append("boom")
            # What was written before is undone along with it.
            real(values, desk)
            raise Boom
        return real(values, desk)

    with monkeypatch.context() as patched:
        patched.setattr(batch, "process", process)
        yield seen


def run_until_idle(worker: BatchWorker, store: Store) -> None:
    for _ in range(200):
        worker.run_pending()
        with store.reading() as work:
            if work.jobs.waiting() == 0:
                return
        threading.Event().wait(0.02)
    raise AssertionError("the jobs are never finished")


def test_an_error_nobody_foresaw_is_tried_again(
    store: Store, worker: BatchWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = submitted(store, WHOLE, SOMEBODY_NEW)
    with failing(monkeypatch, 3) as seen:
        run_until_idle(worker, store)
    assert len(seen) == 3
    assert (job(store, number).status, codes(store, number)) == (JobStatus.SUCCESSFUL, ["RC002", "RC001"])


def test_a_job_that_gets_nowhere_fails_and_keeps_what_was_done(
    store: Store, worker: BatchWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = submitted(store, WHOLE, SOMEBODY_NEW, WHOLE)
    with failing(monkeypatch, 99) as seen:
        run_until_idle(worker, store)
    found = job(store, number)
    assert len(seen) == POLICY.attempts + 1
    assert (found.status, found.done, codes(store, number)) == (JobStatus.FAILED, 1, ["RC002", None, None])
    assert (found.reason or "").startswith("Record 2 could not be dealt with in 3 attempts")
    with store.reading() as work:
        assert work.learners.count() == 1


def test_a_worker_that_is_stopped_lets_go_of_its_job(store: Store, worker: BatchWorker) -> None:
    number = submitted(store, WHOLE, SOMEBODY_NEW)
    worker.stop()
    worker.run_one()
    found = job(store, number)
    assert (found.done, found.status) == (1, JobStatus.IN_PROGRESS)
    assert BatchWorker(store, CLOCK, POLICY).run_pending() == 1
    assert codes(store, number) == ["RC002", "RC001"]


def test_a_worker_that_was_overtaken_lets_the_other_one_finish(
    store: Store, worker: BatchWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = submitted(store, WHOLE, SOMEBODY_NEW, WHOLE)
    other = BatchWorker(store, CLOCK, POLICY)
    real = BatchWorker._finish_record

    def finish_record(self: BatchWorker, hold: Any) -> bool:
        # The first worker stalls before its first record, for longer than its lease.
        if self is worker:
            monkeypatch.undo()
            assert other.run_pending() == 1
        return real(self, hold)

    monkeypatch.setattr(BatchWorker, "_finish_record", finish_record)
    worker._policy = replace(POLICY, lease=0)
    assert worker.run_one()
    assert job(store, number).status is JobStatus.SUCCESSFUL
    assert codes(store, number) == ["RC002", "RC001", "RC012"]


def test_it_works_until_it_is_told_to_stop_and_survives_a_database_that_is_away(
    store: Store, worker: BatchWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    real = BatchWorker.run_one

    def run_one(self: BatchWorker) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("the database is away")
        return real(self)

    monkeypatch.setattr(BatchWorker, "run_one", run_one)
    number = submitted(store, WHOLE)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        for _ in range(500):
            if job(store, number).is_finished:
                break
            threading.Event().wait(0.01)
    finally:
        worker.stop()
        thread.join()
    assert job(store, number).status is JobStatus.SUCCESSFUL
    assert claimed(store) is None


def test_it_ends_when_it_is_no_longer_wanted(worker: BatchWorker) -> None:
    worker.run(lambda: False)


def test_several_workers_share_jobs_and_none_is_done_twice(store: Store, worker: BatchWorker) -> None:
    names = [f"{chr(65 + number // 8)}{'aeiouyrl'[number % 8]}x" for number in range(24)]
    numbers = [
        submitted(store, *(SOMEBODY_NEW | {"GivenName": f"{name}{second}"} for second in ("bert", "olin")))
        for name in names
    ]
    workers = [BatchWorker(store, CLOCK, POLICY) for _ in range(3)]
    threads = [threading.Thread(target=run_until_idle, args=(one, store)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(job(store, number).status is JobStatus.SUCCESSFUL for number in numbers)
    given = [code for number in numbers for code in codes(store, number)]
    with store.reading() as work:
        registered = work.learners.count() - 1
    assert len(given) == 48
    assert None not in given
    assert registered == given.count(ReturnCode.REGISTERED)
