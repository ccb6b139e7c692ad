"""Jobs: durable as a whole, held by one worker at a time, each record answered once."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lrs_soap.domain.actor import Actor
from lrs_soap.domain.batch import identity
from lrs_soap.domain.codes import Channel
from lrs_soap.domain.jobs import JobKind, JobRecord, JobStatus, Result, Source, Submission
from lrs_soap.store import Store
from lrs_soap.store.jobs import ROWS_PER_CHUNK, Hold, JobLost
from tests.factories import uln_of
from tests.store.undoing import undone
from tests.unit.domain.test_batch import WHOLE

NOW = datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)
BY = Actor("TEST0101", "mis.user", Channel.BATCH)
LEASE = 30.0


def submission(**changes: Any) -> Submission:
    known: dict[str, Any] = {"kind": JobKind.REGISTRATION, "by": BY, "at": NOW, "mode": "FUL"}
    return Submission(**(known | changes))


def submitted(store: Store, *records: dict[str, str], **changes: Any) -> int:
    with store.writing() as work:
        return work.jobs.submit(submission(**changes), records or [WHOLE])


def claimed(store: Store, owner: str = "one", lease: float = LEASE) -> Hold | None:
    with store.writing() as work:
        return work.jobs.claim(owner, lease, NOW)


def held(store: Store, owner: str = "one", lease: float = LEASE) -> Hold:
    hold = claimed(store, owner, lease)
    assert hold is not None
    return hold


def answered(store: Store, hold: Hold, result: Result) -> None:
    with store.writing() as work:
        record = work.jobs.take(hold, LEASE)
        assert record is not None
        work.jobs.answer(hold, record.position, result)


def test_a_job_is_kept_with_all_that_was_said(store: Store) -> None:
    number = submitted(store, WHOLE, {"ULN": "x"}, source=Source.FILE, file_name="LRB.CSV", email="a@example.org")
    with store.reading() as work:
        job = work.jobs.get(number)
        assert job is not None
        assert (job.kind, job.status, job.organisation, job.user_name) == (
            JobKind.REGISTRATION,
            JobStatus.WAITING,
            "TEST0101",
            "mis.user",
        )
        assert (job.mode, job.source, job.file_name, job.email) == ("FUL", Source.FILE, "LRB.CSV", "a@example.org")
        assert (job.record_count, job.done, job.submitted_at, job.started_at) == (2, 0, NOW, None)
        assert not job.is_finished
        assert list(work.jobs.records(number)) == [JobRecord(1, WHOLE), JobRecord(2, {"ULN": "x"})]
        assert work.jobs.counts(number) == {}
        assert work.jobs.waiting() == 1


@pytest.mark.parametrize("number", [0, -1, 99, 2**63, 2**70])
def test_a_job_that_is_none(store: Store, number: int) -> None:
    with store.reading() as work:
        assert work.jobs.get(number) is None


def test_many_records_are_read_as_a_stream_and_kept_in_order(store: Store) -> None:
    count = 2 * ROWS_PER_CHUNK + 3
    number = submitted(store, *({"MISIdentifier": str(place)} for place in range(count)))
    with store.reading() as work:
        found = [int(record.values["MISIdentifier"]) for record in work.jobs.records(number)]
    assert found == list(range(count))


def test_a_submission_that_breaks_off_leaves_nothing(store: Store) -> None:
    def records() -> Iterator[dict[str, str]]:
        yield from [WHOLE] * (ROWS_PER_CHUNK + 1)
        raise ValueError("the file ends here")

    with pytest.raises(ValueError, match="ends here"), store.writing() as work:
        work.jobs.submit(submission(), records())
    with store.reading() as work:
        assert (work.jobs.of(None), work.jobs.waiting()) == ([], 0)


def test_jobs_are_listed_newest_first(store: Store) -> None:
    mine = [submitted(store), submitted(store)]
    other = submitted(store, by=Actor("TEST0202", "x"))
    with store.reading() as work:
        assert [job.job_id for job in work.jobs.of("TEST0101")] == mine[::-1]
        assert [job.job_id for job in work.jobs.of(None, 2)] == [other, mine[1]]


def test_a_job_is_worked_off_in_order(store: Store) -> None:
    number = submitted(store, {"MISIdentifier": "a"}, {"MISIdentifier": "b"})
    hold = held(store)
    assert (hold.job.job_id, hold.job.status, hold.stalled) == (number, JobStatus.IN_PROGRESS, 1)
    facts = {"candidates": [uln_of(2)], "reason": "Ä"}
    answered(store, hold, Result("RC001", uln_of(1)))
    answered(store, hold, Result("RC007", None, facts))
    with store.writing() as work:
        assert work.jobs.take(hold, LEASE) is None
        work.jobs.end(hold, JobStatus.SUCCESSFUL, NOW)
    with store.reading() as work:
        job = work.jobs.get(number)
        assert job is not None
        assert (job.status, job.done, job.started_at, job.finished_at) == (JobStatus.SUCCESSFUL, 2, NOW, NOW)
        assert [record.result for record in work.jobs.records(number)] == [
            Result("RC001", uln_of(1)),
            Result("RC007", None, facts),
        ]
        assert work.jobs.counts(number) == {"RC001": 1, "RC007": 1}
    assert claimed(store) is None


def test_the_oldest_job_comes_first_and_nobody_gets_a_job_that_is_held(store: Store) -> None:
    first, second = submitted(store), submitted(store)
    assert [held(store, "one").job.job_id, held(store, "two").job.job_id] == [first, second]
    assert claimed(store, "three") is None


def test_a_job_is_taken_over_once_the_lease_has_run_out(store: Store) -> None:
    submitted(store, {"MISIdentifier": "a"}, {"MISIdentifier": "b"})
    before = held(store, "one", lease=0.05)
    time.sleep(0.1)
    after = held(store, "two")
    assert (after.attempt, after.stalled) == (before.attempt + 1, 2)
    with pytest.raises(JobLost), store.writing() as work:
        work.jobs.take(before, LEASE)
    answered(store, after, Result("RC001", uln_of(1)))


def test_each_record_renews_the_lease(store: Store) -> None:
    submitted(store, WHOLE, WHOLE)
    hold = held(store, lease=0.05)
    answered(store, hold, Result("RC002", uln_of(1)))
    time.sleep(0.1)
    assert claimed(store, "two") is None


def test_a_worker_that_lost_its_job_writes_nothing(store: Store) -> None:
    number = submitted(store, WHOLE, WHOLE)
    before = held(store, "one", lease=0)
    after = held(store, "one")
    with pytest.raises(JobLost), store.writing() as work:
        work.jobs.end(before, JobStatus.SUCCESSFUL, NOW)
    with store.writing() as work:
        work.jobs.release(before)
    assert claimed(store, "two") is None
    answered(store, after, Result("RC002", uln_of(1)))
    with pytest.raises(JobLost), store.writing() as work:
        work.jobs.answer(after, 1, Result("RC003", uln_of(1)))
    with store.reading() as work:
        assert work.jobs.counts(number) == {"RC002": 1}


def test_a_record_and_its_result_are_undone_together(store: Store) -> None:
    number = submitted(store)
    hold = held(store)
    with undone(store) as work:
        assert work.jobs.take(hold, LEASE) is not None
        work.jobs.answer(hold, 1, Result("RC002", uln_of(1)))
    answered(store, hold, Result("RC003", uln_of(1)))
    with store.reading() as work:
        assert work.jobs.counts(number) == {"RC003": 1}


def test_a_job_let_go_of_can_be_taken_at_once_or_after_a_pause(store: Store) -> None:
    submitted(store)
    hold = held(store)
    with store.writing() as work:
        work.jobs.release(hold)
    again = held(store, "two")
    assert again.stalled == 2
    with store.writing() as work:
        work.jobs.release(again, 60)
    assert claimed(store) is None


def test_a_job_that_got_on_is_no_longer_stalled(store: Store) -> None:
    submitted(store, WHOLE, WHOLE)
    hold = held(store, lease=0)
    answered(store, hold, Result("RC002", uln_of(1)))
    with store.writing() as work:
        work.jobs.release(hold)
    assert held(store).stalled == 1


def test_a_failed_job_says_why(store: Store) -> None:
    number = submitted(store)
    with store.writing() as work:
        work.jobs.end(held_in(work), JobStatus.FAILED, NOW + timedelta(hours=1), "it was no good")
    with store.reading() as work:
        job = work.jobs.get(number)
    assert job is not None
    assert (job.status, job.reason, job.is_finished) == (JobStatus.FAILED, "it was no good", True)


def held_in(work: Any) -> Hold:
    hold = work.jobs.claim("one", LEASE, NOW)
    assert isinstance(hold, Hold)
    return hold


def test_records_know_those_before_them(store: Store) -> None:
    number = submitted(
        store, WHOLE, WHOLE | {"ULN": uln_of(5)}, {"ULN": "9.28E+09"}, {"GivenName": "x", "DateOfBirth": "y"}
    )
    other = submitted(store, WHOLE)
    hold = held(store)
    answered(store, hold, Result("RC001", uln_of(1)))
    _, details = identity(WHOLE)
    with store.reading() as work:
        first, second, third = (work.jobs.earlier(number, place) for place in (1, 2, 3))
        assert not first.repeat(uln_of(5), details)
        assert second.repeat(None, details)
        assert not second.repeat(uln_of(5), None)
        assert third.repeat(uln_of(5), None)
        assert (first.came_to(uln_of(1)), second.came_to(uln_of(1))) == (False, True)
        assert not work.jobs.earlier(other, 1).repeat(uln_of(5), details)
