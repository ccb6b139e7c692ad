"""Jobs and their records as rows: handed in as a whole, worked off one record at a time by whoever holds the job.

A worker holds a job by its name and the number of the taking, for as long as its lease lasts. Whatever it writes is
fenced by both, in the same transaction as the record's effect, so that a worker that lost its job writes nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Double, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from lrs_soap.domain.batch import identity
from lrs_soap.domain.jobs import Job, JobKind, JobRecord, JobStatus, Result, Source, Submission, Values
from lrs_soap.domain.learner import DetailsKey
from lrs_soap.store.audit_trail import digest
from lrs_soap.store.learner_rows import from_utc, to_utc
from lrs_soap.store.schema import job, job_record

ROWS_PER_CHUNK = 500


class _DatabaseSeconds(FunctionElement[float]):
    """Seconds since 1970 by the database's clock, which all workers share."""

    name = "database_seconds"
    type = Double()
    inherit_cache = True


@compiles(_DatabaseSeconds, "sqlite")
def _seconds_sqlite(_element: _DatabaseSeconds, _compiler: Any, **_options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(_DatabaseSeconds, "postgresql")
def _seconds_postgresql(_element: _DatabaseSeconds, _compiler: Any, **_options: Any) -> str:
    return "extract(epoch FROM clock_timestamp())::double precision"


_NOW: ColumnElement[float] = _DatabaseSeconds()
_LEASE: ColumnElement[float] = _NOW + bindparam("lease", type_=Double())
_PUBLIC = tuple(job.c[name] for name in Job.__dataclass_fields__)

_FREE = (
    select(job.c.job_id).where(job.c.finished_at.is_(None), job.c.lease_until <= _NOW).order_by(job.c.job_id).limit(1)
)
_CLAIM = (
    update(job)
    .where(job.c.job_id == _FREE.with_for_update(skip_locked=True).scalar_subquery())
    .values(
        status=JobStatus.IN_PROGRESS.value,
        owner=bindparam("new_owner"),
        attempt=job.c.attempt + 1,
        stalled=job.c.stalled + 1,
        started_at=func.coalesce(job.c.started_at, bindparam("now")),
        lease_until=_LEASE,
    )
    .returning(*_PUBLIC, job.c.attempt, job.c.stalled)
)
_HELD = (job.c.job_id == bindparam("held"), job.c.owner == bindparam("by"), job.c.attempt == bindparam("at_attempt"))
_NEXT = (
    update(job)
    .where(*_HELD, job.c.done < job.c.record_count)
    .values(done=job.c.done + 1, stalled=0, lease_until=_LEASE)
    .returning(job.c.done)
)
_STILL_HELD = select(job.c.job_id).where(*_HELD)
_RELEASE = update(job).where(*_HELD).values(owner=None, lease_until=_NOW + bindparam("pause", type_=Double()))
_END = (
    update(job)
    .where(*_HELD)
    .values(
        status=bindparam("new_status"), finished_at=bindparam("now"), reason=bindparam("why"), owner=None, lease_until=0
    )
)
_STATED = select(job_record.c.stated).where(
    job_record.c.job_id == bindparam("of_job"), job_record.c.position == bindparam("at")
)
_ANSWER = (
    update(job_record)
    .where(
        job_record.c.job_id == bindparam("of_job"),
        job_record.c.position == bindparam("at"),
        job_record.c.code.is_(None),
    )
    .values(code=bindparam("new_code"), uln=bindparam("new_uln"), facts=bindparam("new_facts"))
)
_RECORDS = (
    select(job_record.c.position, job_record.c.stated, job_record.c.code, job_record.c.uln, job_record.c.facts)
    .where(job_record.c.job_id == bindparam("of_job"), job_record.c.position > bindparam("after"))
    .order_by(job_record.c.position)
    .limit(ROWS_PER_CHUNK)
)
_COUNTS = (
    select(job_record.c.code, func.count())
    .where(job_record.c.job_id == bindparam("of_job"), job_record.c.code.is_not(None))
    .group_by(job_record.c.code)
)
_EARLIER = select(job_record.c.position).where(
    job_record.c.job_id == bindparam("of_job"), job_record.c.position < bindparam("before")
)
_EARLIER_ULN = _EARLIER.where(job_record.c.stated_uln == bindparam("wanted")).limit(1)
_EARLIER_DETAILS = _EARLIER.where(job_record.c.stated_details == bindparam("wanted")).limit(1)
_EARLIER_RESULT = _EARLIER.where(job_record.c.uln == bindparam("wanted")).limit(1)


class JobLost(Exception):  # noqa: N818 - named as the cause, as in uln
    """Somebody else has taken the job over; what was done since the last commit must be undone."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A job that a worker has taken. stalled: how often it was taken since it last got on, this time included."""

    job: Job
    owner: str
    attempt: int
    stalled: int

    @property
    def key(self) -> dict[str, Any]:
        """What fences the worker's writes."""
        return {"held": self.job.job_id, "by": self.owner, "at_attempt": self.attempt}


class SqlJobs:
    """The jobs, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def submit(self, submission: Submission, records: Iterable[Values]) -> int:
        """Store a job with all its records, which are read as a stream, and return its number."""
        number = self._connection.execute(insert(job).returning(job.c.job_id), _new(submission)).scalar_one()
        count = 0
        for chunk in _chunks(records):
            rows = [_row(number, count + place, values, submission.kind) for place, values in enumerate(chunk, 1)]
            self._connection.execute(insert(job_record), rows)
            count += len(rows)
        self._connection.execute(update(job).where(job.c.job_id == number).values(record_count=count))
        return int(number)

    def get(self, job_id: int) -> Job | None:
        """Return a job as it stands."""
        if not 0 < job_id < 2**63:
            return None
        row = self._connection.execute(select(*_PUBLIC).where(job.c.job_id == job_id)).first()
        return None if row is None else _job(row)

    def of(self, organisation: str | None, limit: int = 100) -> Sequence[Job]:
        """Return the newest jobs of an organisation (by UKPRN), or of all, newest first."""
        statement = select(*_PUBLIC).order_by(job.c.job_id.desc()).limit(limit)
        if organisation is not None:
            statement = statement.where(job.c.organisation == organisation)
        return [_job(row) for row in self._connection.execute(statement)]

    def records(self, job_id: int) -> Iterator[JobRecord]:
        """Give the records of a job in their order, a few hundred at a time."""
        after = 0
        while rows := self._connection.execute(_RECORDS, {"of_job": job_id, "after": after}).all():
            yield from map(_record, rows)
            after = rows[-1].position

    def counts(self, job_id: int) -> Mapping[str, int]:
        """Return how many records came to each code."""
        return dict(self._connection.execute(_COUNTS, {"of_job": job_id}).all())

    def waiting(self) -> int:
        """Return how many jobs are not finished."""
        return self._connection.execute(select(func.count()).where(job.c.finished_at.is_(None))).scalar_one()

    def any_free(self) -> bool:
        """Tell whether there is an unfinished job that nobody holds."""
        return self._connection.execute(_FREE).first() is not None

    def claim(self, owner: str, lease: float, now: datetime) -> Hold | None:
        """Take the oldest unfinished job that nobody holds, for `lease` seconds; None when there is none."""
        values = {"new_owner": owner, "lease": lease, "now": to_utc(now)}
        row = self._connection.execute(_CLAIM, values).first()
        return None if row is None else Hold(_job(row[:-2]), owner, row.attempt, row.stalled)

    def take(self, hold: Hold, lease: float) -> JobRecord | None:
        """Take the next record and renew the lease; None when all are done. Raises JobLost."""
        position = self._connection.execute(_NEXT, hold.key | {"lease": lease}).scalar()
        if position is None:
            self._check(hold)
            return None
        stated = self._connection.execute(_STATED, {"of_job": hold.job.job_id, "at": position}).scalar_one()
        return JobRecord(position, json.loads(stated))

    def answer(self, hold: Hold, position: int, result: Result) -> None:
        """Store what a record came to. Raises JobLost when it has its result already."""
        values = {
            "of_job": hold.job.job_id,
            "at": position,
            "new_code": str(result.code),
            "new_uln": int(result.uln) if result.uln else None,
            "new_facts": json.dumps(result.facts) if result.facts else None,
        }
        if self._connection.execute(_ANSWER, values).rowcount != 1:
            raise JobLost

    def end(self, hold: Hold, status: JobStatus, now: datetime, reason: str | None = None) -> None:
        """Finish a job. Raises JobLost."""
        values = hold.key | {"new_status": status.value, "now": to_utc(now), "why": reason}
        if self._connection.execute(_END, values).rowcount != 1:
            raise JobLost

    def release(self, hold: Hold, pause: float = 0) -> None:
        """Let go of a job, which nobody takes for `pause` seconds; nothing when it is lost already."""
        self._connection.execute(_RELEASE, hold.key | {"pause": pause})

    def earlier(self, job_id: int, position: int) -> "SqlEarlierRecords":
        """Return the records that stand before one."""
        return SqlEarlierRecords(self._connection, job_id, position)

    def _check(self, hold: Hold) -> None:
        if self._connection.execute(_STILL_HELD, hold.key).first() is None:
            raise JobLost


class SqlEarlierRecords:
    """The records of a batch before the one being dealt with."""

    __slots__ = ("_connection", "_place")

    def __init__(self, connection: Connection, job_id: int, position: int) -> None:
        self._connection = connection
        self._place = {"of_job": job_id, "before": position}

    def repeat(self, uln: str | None, details: DetailsKey | None) -> bool:
        """Tell whether one of them states this ULN or these five details."""
        by_uln = uln is not None and self._any(_EARLIER_ULN, int(uln))
        return by_uln or (details is not None and self._any(_EARLIER_DETAILS, digest(details)))

    def came_to(self, uln: str) -> bool:
        """Tell whether one of them came to this learner."""
        return self._any(_EARLIER_RESULT, int(uln))

    def _any(self, statement: Any, wanted: int | str) -> bool:
        return self._connection.execute(statement, self._place | {"wanted": wanted}).first() is not None


def _chunks(records: Iterable[Values]) -> Iterator[list[Values]]:
    iterator = iter(records)
    while chunk := list(islice(iterator, ROWS_PER_CHUNK)):
        yield chunk


def _new(submission: Submission) -> dict[str, Any]:
    return {
        "kind": submission.kind.value,
        "status": JobStatus.WAITING.value,
        "organisation": submission.by.organisation,
        "user_name": submission.by.user_name,
        "mode": str(submission.mode),
        "source": submission.source.value,
        "file_name": submission.file_name,
        "email": submission.email,
        "record_count": 0,
        "done": 0,
        "submitted_at": to_utc(submission.at),
        "attempt": 0,
        "stalled": 0,
        "lease_until": 0,
    }


def _row(job_id: int, position: int, values: Values, kind: JobKind) -> dict[str, Any]:
    uln, details = identity(values) if kind is JobKind.REGISTRATION else (None, None)
    return {
        "job_id": job_id,
        "position": position,
        "stated": json.dumps(dict(values), ensure_ascii=False),
        "stated_uln": int(uln) if uln else None,
        "stated_details": digest(details) if details else None,
    }


def _job(row: Any) -> Job:
    values = dict(zip(Job.__dataclass_fields__, row, strict=True))
    for name in ("submitted_at", "started_at", "finished_at"):
        values[name] = from_utc(values[name]) if values[name] is not None else None
    values.update(kind=JobKind(values["kind"]), status=JobStatus(values["status"]), source=Source(values["source"]))
    return Job(**values)


def _record(row: Any) -> JobRecord:
    facts = json.loads(row.facts) if row.facts else {}
    result = None if row.code is None else Result(row.code, str(row.uln) if row.uln else None, facts)
    return JobRecord(row.position, json.loads(row.stated), result)
