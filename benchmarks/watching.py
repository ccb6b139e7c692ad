"""Looking on while workers share jobs, and checking afterwards that each record was done, and once."""

import time
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, distinct, func, select

from lrs_soap.domain.codes import Operation, ReturnCode
from lrs_soap.domain.jobs import JobStatus
from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.schema import audit, job, job_record, learner

# Well below what a job takes, so that none is over before its owner was seen.
LOOK_SECONDS = 0.05
LONGEST_SECONDS = 900.0


class Check(NamedTuple):
    """What a run left behind.

    jobs: finished, and taken up once. results: records that have one. registered: those whose result is a new ULN.
    entries: of the audit trail, written along with each record's effect. named: how many records those name.
    learners: how many more than before.
    """

    jobs: int
    results: int
    registered: int
    entries: int
    named: int
    learners: int

    def is_right(self, jobs: int, records: int) -> bool:
        """Return whether so many jobs and records were done, each once."""
        done = (self.jobs, self.results, self.entries, self.named) == (jobs, records, records, records)
        return done and self.learners == self.registered


def watch(url: str) -> tuple[float, dict[int, str]]:
    """Wait until all jobs are finished; return the seconds it took and the owner of each job."""
    engine = make_engine(parse_url(url))
    owners: dict[int, str] = {}
    started = time.perf_counter()
    try:
        with engine.connect() as connection:
            while unfinished := _unfinished(connection):
                owners |= {number: owner for number, owner in unfinished.items() if owner}
                if time.perf_counter() - started > LONGEST_SECONDS:
                    raise RuntimeError(f"{len(unfinished)} jobs are not finished after {LONGEST_SECONDS:g} seconds")
                time.sleep(LOOK_SECONDS)
        return time.perf_counter() - started, owners
    finally:
        engine.dispose()


def count_learners(url: str) -> int:
    """Return how many learners there are."""
    engine = make_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            return _number(connection, select(func.count()).select_from(learner))
    finally:
        engine.dispose()


def inspect(url: str, learners_before: int) -> Check:
    """Return what a run left behind."""
    engine = make_engine(parse_url(url))
    names_a_record = (audit.c.operation == Operation.SUBMIT_BATCH, audit.c.criteria.contains('"Record"'))
    finished = (job.c.status == JobStatus.SUCCESSFUL, job.c.done == job.c.record_count, job.c.attempt == 1)
    try:
        with engine.connect() as connection:
            return Check(
                _number(connection, select(func.count()).select_from(job).where(*finished)),
                _number(connection, select(func.count(job_record.c.code))),
                _number(connection, select(func.count()).where(job_record.c.code == ReturnCode.REGISTERED)),
                _number(connection, select(func.count()).select_from(audit).where(*names_a_record)),
                _number(connection, select(func.count(distinct(audit.c.criteria))).where(*names_a_record)),
                _number(connection, select(func.count()).select_from(learner)) - learners_before,
            )
    finally:
        engine.dispose()


def _unfinished(connection: Connection) -> dict[int, str | None]:
    return dict(connection.execute(select(job.c.job_id, job.c.owner).where(job.c.finished_at.is_(None))).all())


def _number(connection: Connection, statement: Select[Any]) -> int:
    return int(connection.execute(statement).scalar_one())
