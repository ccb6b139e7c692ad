"""The batch worker: takes jobs one after the other and deals with their records, each in a unit of work of its own.

A record's effect, its result and the sign of life of the worker are one transaction, so that whatever happens to the
worker, each record takes effect once, and the job goes on after the last one that was finished.

Rules: "jobs", "a record's trouble never fails the job".
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from uuid import uuid4

from lrs_soap.domain import achievements, batch, exceptions_list
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.clock import Clock
from lrs_soap.domain.codes import Channel, FindType, Operation, SubmissionType, is_exception
from lrs_soap.domain.jobs import JobKind, JobRecord, JobStatus, Result
from lrs_soap.store import Store, UnitOfWork, is_out_of_service
from lrs_soap.store.jobs import Hold, JobLost

logger = logging.getLogger(__name__)

CLOSED_AT_ONCE = 500
HOUSEKEEPING_SECONDS = 60.0
LONGEST_PAUSE = 300.0
_OPERATIONS = {
    JobKind.REGISTRATION: Operation.SUBMIT_BATCH,
    JobKind.VERIFICATION: Operation.SUBMIT_VERIFY_BATCH,
    JobKind.ACHIEVEMENTS: Operation.SUBMIT_ACHIEVEMENTS,
}


@dataclass(frozen=True, slots=True)
class WorkerPolicy:
    """How a worker goes about its jobs.

    poll: seconds between looks for a job. lease: seconds without a sign of life after which others take a job over.
    attempts: times a job may be taken up without getting on before it fails. exception_period: how long a record may
    wait for a person.
    """

    poll: float = 0.5
    lease: float = 60.0
    attempts: int = 5
    exception_period: timedelta = timedelta(days=45)


class BatchWorker:
    """Works on the jobs of a store, beside any number of others.

    randbelow: what new ULNs are drawn with. alive: called again and again while the worker is.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: WorkerPolicy | None = None,
        randbelow: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy or WorkerPolicy()
        self._randbelow = randbelow
        self._stopping = Event()
        self._tidied = float("-inf")
        # One name for each worker that ever was: a host may run several, and process numbers come again.
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"

    def stop(self) -> None:
        """Make `run` return once the record under way is finished; may be called from a signal handler."""
        self._stopping.set()

    def run(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Work until told to stop, or until `is_wanted` says no; errors of the database are waited out."""
        while not self._stopping.is_set() and is_wanted():
            if not self.step():
                self._stopping.wait(self._policy.poll)

    def step(self) -> bool:
        """Work on one job, and close what is overdue now and then; False when there was none, or an error."""
        try:
            busy = self.run_one()
            self._tidy()
        except Exception as error:
            trace = None if is_out_of_service(error) else error
            logger.error("the worker could not get on, and tries again: %s", type(error).__name__, exc_info=trace)
            return False
        return busy

    def run_pending(self) -> int:
        """Work until no job is left that nobody holds, and return how many were worked on."""
        count = 0
        while not self._stopping.is_set() and self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Take one job and work on it until it is finished, lost or stopped; False when there is none."""
        hold = self._claim()
        if hold is None:
            return False
        try:
            self._work_on(hold)
        except JobLost:
            logger.warning("job %d was taken over by another worker", hold.job.job_id)
        except Exception as error:
            self._put_off(hold, error)
        return True

    def close_overdue(self) -> int:
        """Close the exceptions that waited too long, and return how many."""
        count = 0
        while True:
            with self._store.writing() as work:
                closed = exceptions_list.close_overdue(
                    work.exceptions,
                    work.audit,
                    now=self._clock.now(),
                    period=self._policy.exception_period,
                    limit=CLOSED_AT_ONCE,
                )
            count += closed
            if closed < CLOSED_AT_ONCE:
                return count

    def _claim(self) -> Hold | None:
        # Looking alone keeps nobody from writing, and is all there is to do most of the time.
        with self._store.reading() as work:
            if not work.jobs.any_free():
                return None
        with self._store.writing() as work:
            return work.jobs.claim(self.name, self._policy.lease, self._clock.now())

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied >= HOUSEKEEPING_SECONDS:
            self._tidied = time.monotonic()
            self.close_overdue()

    def _work_on(self, hold: Hold) -> None:
        if hold.stalled > self._policy.attempts:
            self._give_up(hold)
            return
        while self._finish_record(hold):
            if self._stopping.is_set():
                with self._store.writing() as work:
                    work.jobs.release(hold)
                return

    def _finish_record(self, hold: Hold) -> bool:
        """Deal with the next record, and return whether there was one; when there was none the job is finished."""
        with self._store.writing() as work:
            record = work.jobs.take(hold, self._policy.lease)
            if record is None:
                work.jobs.end(hold, JobStatus.SUCCESSFUL, self._clock.now())
                return False
            result = self._deal_with(record, hold, work)
            work.jobs.answer(hold, record.position, result)
            if hold.job.kind is JobKind.REGISTRATION and is_exception(result.code):
                work.exceptions.add(exceptions_list.from_result(hold.job, record, result))
            work.audit.record(self._entry(record, result, hold))
        return True

    def _deal_with(self, record: JobRecord, hold: Hold, work: UnitOfWork) -> Result:
        match hold.job.kind:
            case JobKind.REGISTRATION:
                return batch.process(record.values, self._desk(record, hold, work))
            case JobKind.VERIFICATION:
                return batch.verify_record(record.values, work.learners)
            case JobKind.ACHIEVEMENTS:
                return self._achievement(record, hold, work)

    def _desk(self, record: JobRecord, hold: Hold, work: UnitOfWork) -> batch.Desk:
        job = hold.job
        return batch.Desk(
            mode=FindType(job.mode),
            source=job.source,
            by=Actor(job.organisation, job.user_name, Channel.BATCH),
            now=self._clock.now(),
            learners=work.learners,
            earlier=work.jobs.earlier(job.job_id, record.position),
            randbelow=self._randbelow,
        )

    def _achievement(self, record: JobRecord, hold: Hold, work: UnitOfWork) -> Result:
        reporter = work.organisations.by_ukprn(hold.job.organisation)
        assert reporter is not None, "organisations are closed, never removed"
        return achievements.process(
            record.values,
            submission_type=SubmissionType(hold.job.mode),
            reporter=reporter,
            now=self._clock.now(),
            learners=work.learners,
            achievements=work.achievements,
            qualifications=work.qualifications,
            organisations=work.organisations,
        )

    def _entry(self, record: JobRecord, result: Result, hold: Hold) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            organisation=hold.job.organisation,
            user_name=hold.job.user_name,
            operation=_OPERATIONS[hold.job.kind],
            outcome=str(result.code),
            ulns=(result.uln,) if result.uln else (),
            criteria={"JobID": str(hold.job.job_id), "Record": str(record.position)},
        )

    def _put_off(self, hold: Hold, error: Exception) -> None:
        """Let go of a job that met an error nobody foresaw; each time it gets nowhere it waits twice as long."""
        number = hold.job.job_id
        logger.error("job %d met an unforeseen error and is tried again", number, exc_info=error)
        with self._store.writing() as work:
            work.jobs.release(hold, min(self._policy.poll * 2**hold.stalled, LONGEST_PAUSE))

    def _give_up(self, hold: Hold) -> None:
        at = hold.job.done + 1
        reason = (
            f"Record {at} could not be dealt with in {self._policy.attempts} attempts; the service's log explains it. "
            "The records before it are done."
        )
        logger.error("job %d is given up at record %d", hold.job.job_id, at)
        with self._store.writing() as work:
            work.jobs.end(hold, JobStatus.FAILED, self._clock.now(), reason)
