"""Jobs as operations hand them in and ask after them. Rules: "jobs", "unknown jobs"."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lrs_soap.domain.actor import Actor
from lrs_soap.domain.codes import Channel, Operation, ResponseCode
from lrs_soap.domain.jobs import Job, JobKind, JobStatus, Result, Source, Submission, Values
from lrs_soap.services.register import Call
from lrs_soap.store import UnitOfWork

Outcome = tuple[Values, Result]

CODES: Final[Mapping[JobStatus, ResponseCode]] = {
    JobStatus.WAITING: ResponseCode.BATCH_NOT_FINISHED,
    JobStatus.IN_PROGRESS: ResponseCode.BATCH_NOT_FINISHED,
    JobStatus.SUCCESSFUL: ResponseCode.BATCH_FINISHED,
    JobStatus.FAILED: ResponseCode.BATCH_FAILED,
    JobStatus.CANCELLED: ResponseCode.BATCH_FAILED,
}


def record_values(message: Any) -> Values:
    """Return what a record says, by element name, as text: members that are absent, nil or empty are left out."""
    members = message.__dict__ if message is not None else {}
    return {name: str(value) for name, value in members.items() if value is not None and value != ""}


def submit(
    call: Call,
    operation: Operation,
    kind: JobKind,
    records: Iterable[Values],
    *,
    mode: str = "",
    email: str | None = None,
) -> int:
    """Take a job in, durably, and return its number."""
    submission = Submission(
        kind=kind,
        by=Actor(call.actor.organisation, call.actor.user_name, Channel.BATCH),
        at=call.now,
        mode=mode,
        source=Source.WEB_SERVICE,
        email=email or None,
    )
    with call.register.store.writing() as work:
        job_id = work.jobs.submit(submission, records)
        work.audit.record(call.entry(operation, ResponseCode.BATCH_ACCEPTED, (), {"JobID": str(job_id)}))
    return job_id


def find_job(call: Call, kind: JobKind, job_id: int | None, work: UnitOfWork) -> Job | None:
    """Return the job of a number; those of other organisations and of another kind are as unknown as none."""
    job = None if job_id is None else work.jobs.get(job_id)
    theirs = job is not None and (job.organisation, job.kind) == (call.actor.organisation, kind)
    return job if theirs else None


def code_of(job: Job | None) -> ResponseCode:
    """Return what the asker after a job is told."""
    return ResponseCode.UNKNOWN_JOB if job is None else CODES[job.status]


def outcomes(job: Job | None, work: UnitOfWork) -> list[Outcome]:
    """Return the records of a finished job that were dealt with, in order; of any other none yet."""
    if job is None or not job.is_finished:
        return []
    return [(record.values, record.result) for record in work.jobs.records(job.job_id) if record.result is not None]


def audit_output(
    call: Call, operation: Operation, job: Job | None, job_id: int | None, results: Iterable[Outcome] = ()
) -> None:
    """Leave the line of the audit trail of somebody asking after a job."""
    ulns = [result.uln for _, result in results if result.uln]
    criteria = {"JobID": None if job_id is None else str(job_id)}
    call.register.store.audit_later(call.entry(operation, code_of(job), ulns, criteria))
