"""What tests of the operations on jobs share: a register, messages as they are read, and jobs without a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from lrs_soap.domain.clock import FixedClock
from lrs_soap.domain.jobs import Job, JobStatus, Result
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.domain.organisations import Organisation
from lrs_soap.services.credentials import Gate
from lrs_soap.services.messages.members import make
from lrs_soap.services.register import Register
from lrs_soap.store import open_store

SUBMITTED = datetime(2026, 6, 1, 9, 30, 0, tzinfo=UTC)
STARTED = datetime(2026, 6, 1, 9, 30, 7, tzinfo=UTC)
FINISHED = datetime(2026, 6, 1, 9, 31, 59, tzinfo=UTC)


@contextmanager
def register_of(*organisations: Organisation) -> Iterator[Register]:
    """Give a register in memory that these organisations may call."""
    store = open_store("sqlite://", read_audit_delay=0.01)
    store.migrate()
    with store.writing() as work:
        for organisation in organisations:
            work.organisations.add(organisation)
    yield Register(store, Gate(store, OpeningHours.parse(""), 20), FixedClock(SUBMITTED))
    store.close()


def blank(model: Any, **members: Any) -> Any:
    """Return a message as it is read: members that were not sent are None."""
    return make(model, **(dict.fromkeys(model.get_flat_type_info(model)) | members))


def told(message: Any) -> dict[str, Any]:
    """Return the members of an answer that are sent."""
    return {name: value for name, value in message.__dict__.items() if value not in (None, [])}


def job(register: Register, job_id: int) -> Job:
    with register.store.reading() as work:
        found = work.jobs.get(job_id)
    assert found is not None
    return found


def begin(register: Register, *results: Result) -> Any:
    """Let the oldest job be taken, and its first records come to these results."""
    with register.store.writing() as work:
        hold = work.jobs.claim("tests", 60, STARTED)
        assert hold is not None
        for result in results:
            record = work.jobs.take(hold, 60)
            assert record is not None
            work.jobs.answer(hold, record.position, result)
    return hold


def finish(register: Register, *results: Result, status: JobStatus = JobStatus.SUCCESSFUL) -> None:
    """Let the oldest job be worked off as far as there are results, and then end."""
    hold = begin(register, *results)
    with register.store.writing() as work:
        work.jobs.end(hold, status, FINISHED, "a reason" if status is JobStatus.FAILED else None)


def audited(register: Register) -> list[dict[str, Any]]:
    """Return the audit trail's lines, oldest first."""
    register.store.flush()
    with register.store._engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM audit ORDER BY id").mappings()
        return [dict(row) for row in rows]
