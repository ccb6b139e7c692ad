"""The exceptions of an organisation: records of its batches that wait for a person, and who works on them.

What a person can do is in `resolving`; what nobody has dealt with in time is closed. Rules: "exceptions", "time for an
exception".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lrs_soap.domain import batch, linking, names, postcode
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus, Resolution
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import Operation
from lrs_soap.domain.jobs import Job, JobRecord, Result, Values
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import AuditTrail, BatchExceptions, Learners

WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseworker:
    """Somebody at work on the exceptions of the own organisation, within one unit of work.

    period: how long from the submission an exception may be dealt with. randbelow: what new ULNs are drawn with.
    """

    by: Actor
    now: datetime
    period: timedelta
    learners: Learners
    exceptions: BatchExceptions
    audit: AuditTrail
    randbelow: Callable[[int], int]

    def find(self, exception_id: int) -> BatchException:
        """Return an exception of the organisation, ended or not. Raises UnknownExceptionError."""
        found = self.exceptions.get(exception_id)
        if found is None or found.organisation != self.by.organisation:
            raise UnknownExceptionError(exception_id)
        return found

    def open_one(self, exception_id: int) -> BatchException:
        """Return an exception to work on. Raises UnknownExceptionError, EndedError or OverdueError."""
        found = self.find(exception_id)
        if not found.is_open:
            raise EndedError(found)
        if is_overdue(found, self.now, self.period):
            raise OverdueError(found, self.period)
        return found


class NotResolvableError(ValueError):
    """An exception cannot be worked on as wanted; the text says why, and what can be done instead."""


class UnknownExceptionError(NotResolvableError):
    """The organisation has no such exception."""

    def __init__(self, exception_id: int) -> None:
        super().__init__(f"there is no exception {exception_id}")


class EndedError(NotResolvableError):
    """Somebody has dealt with the exception already, or it was closed."""

    def __init__(self, exception: BatchException) -> None:
        when = f"on {day(exception.ended_at)} " if exception.ended_at else ""
        came_to = f" with ULN {exception.uln}" if exception.uln else ""
        super().__init__(
            f"exception {exception.exception_id} was {exception.status} {when}by {exception.ended_by}: "
            f"{exception.resolution}{came_to}; submit the record again if need be"
        )


class OverdueError(NotResolvableError):
    """The time in which the exception could be dealt with is over."""

    def __init__(self, exception: BatchException, period: timedelta) -> None:
        super().__init__(
            f"exception {exception.exception_id} had to be dealt with by {day(due(exception, period))}; "
            "submit the record again"
        )


def from_result(job: Job, record: JobRecord, result: Result) -> BatchException:
    """Return the exception that a record of a batch becomes by its result."""
    return BatchException(
        job_id=job.job_id,
        position=record.position,
        organisation=job.organisation,
        submitted_at=job.submitted_at,
        code=str(result.code),
        values=record.values,
        candidates=tuple(result.facts.get("candidates", ())),
        reason=result.facts.get("reason"),
    )


def due(exception: BatchException, period: timedelta) -> datetime:
    """Return until when an exception may be dealt with. Rule: "time for an exception"."""
    return (exception.submitted_at.astimezone(UTC) + period).astimezone(SERVICE_ZONE)


def days_left(exception: BatchException, now: datetime, period: timedelta) -> int:
    """Return how many days are left: 0 on the last day, less when it is over."""
    return (due(exception, period).date() - now.astimezone(SERVICE_ZONE).date()).days


def is_overdue(exception: BatchException, now: datetime, period: timedelta) -> bool:
    """Return whether the time for an exception is over."""
    return exception.submitted_at.astimezone(UTC) < now.astimezone(UTC) - period


def candidates(exception: BatchException, learners: Learners) -> tuple[Learner, ...]:
    """Return the live learners that a record may be, as they are now, none twice.

    Those found when the record was dealt with, best first, each with its master in its place; before them whoever is
    alike in all five details, and may have been registered since.
    """
    records = learners.many(exception.candidates)
    found = [records[uln] for uln in exception.candidates if uln in records]
    masters = (linking.standing_for(record, learners) for record in (*alike(exception.values, learners), *found))
    return tuple({master.uln: master for master in masters if master}.values())


def alike(values: Values, learners: Learners) -> Sequence[Learner]:
    """Return the records alike in all five details, the live one first; none when a detail is missing or wrong."""
    details = batch.identity(values)[1]
    return learners.exact(details) if details else ()


def differing(values: Values, learner: Learner) -> tuple[str, ...]:
    """Return which of the five details of a record are not the learner's; they are compared as normalised."""
    post_code = postcode.key(values.get("LastKnownPostCode", ""))
    same = {
        "FamilyName": names.agree(values.get("FamilyName", ""), learner.family_name),
        "GivenName": names.agree(values.get("GivenName", ""), learner.given_name),
        "DateOfBirth": values.get("DateOfBirth", "") == learner.date_of_birth.isoformat(),
        "Gender": values.get("Gender", "") == learner.gender,
        "LastKnownPostCode": post_code == postcode.key(learner.last_known_post_code),
    }
    return tuple(name for name in batch.FIVE_DETAILS if not same[name])


def close_overdue(exceptions: BatchExceptions, audit: AuditTrail, now: datetime, period: timedelta, limit: int) -> int:
    """Close open exceptions that nobody has dealt with in time, oldest first; return how many, at most `limit`."""
    overdue = exceptions.overdue(now.astimezone(UTC) - period, limit)
    for exception in overdue:
        closed = replace(
            exception,
            status=ExceptionStatus.CLOSED,
            resolution=Resolution.OVERDUE,
            ended_at=now,
            ended_by=WORKER,
        )
        exceptions.replace(closed)
        audit.record(entry_of(closed, now, WORKER, Operation.CLOSE_EXCEPTION, Resolution.OVERDUE, Resolution.OVERDUE))
    return len(overdue)


def entry_of(
    exception: BatchException, at: datetime, user_name: str, operation: Operation, resolution: Resolution, outcome: str
) -> AuditEntry:
    """Return the line of the audit trail; resolution: the one that was wanted, whatever the outcome."""
    return AuditEntry(
        at=at,
        organisation=exception.organisation,
        user_name=user_name,
        operation=operation,
        outcome=str(outcome),
        criteria={
            "Exception": str(exception.exception_id),
            "JobID": str(exception.job_id),
            "Record": str(exception.position),
            "Resolution": resolution.value,
        },
    )


def day(moment: datetime) -> str:
    """Return the day of a moment, as people here reckon it."""
    return moment.astimezone(SERVICE_ZONE).date().isoformat()
