"""Read what a batch of learners came to, and wait for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.jobs import EVERY_SECONDS, JOB_SECONDS, wait_for
from lrs_client.submit_batch import BatchLearner
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE: "getBatchRegistrationOutput", LEARNER_REGISTER: "GetBatchOutput"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputLearner(BatchLearner):
    """A learner of a batch as submitted, with the ULN that was found or given.

    return_code: RC001 registered, RC002 to RC005 found, RC006 to RC013 a person has to deal with it; see `meanings`.
    """

    return_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutput:
    """What the service answers; the learners are in the order of submission, and there are none before the end.

    status: Waiting, InProgress, Successful or Failed. A learner that is found and updated counts as exists_updated.
    """

    code: str
    job_id: int
    status: str | None = None
    new_learners_count: int | None = None
    exists_updated_learners_count: int | None = None
    possible_match_learners_count: int | None = None
    learners_not_found_count: int | None = None
    rejected_learners_count: int | None = None
    job_started_date_time: datetime | None = None
    job_finished_date_time: datetime | None = None
    learners: tuple[OutputLearner, ...] = ()


def get_batch_output(connection: Connection, job_id: int) -> BatchOutput:
    """Return the output of a job of one's own organisation.

    Codes: WSRC0008 not finished, WSRC0009 finished, WSRC0010 failed, WSRC0018 no such job. Raises LrsError.
    """
    return _read_output(job_id, given(connection.call(OPERATIONS, JobID=job_id, **connection.organisation())))


def wait_for_batch(
    connection: Connection,
    job_id: int,
    every: float = EVERY_SECONDS,
    timeout: float = JOB_SECONDS,
    tell: Callable[[BatchOutput], None] | None = None,
) -> BatchOutput:
    """Ask for the output every so many seconds until the job is finished; `tell` is handed the answers before that.

    Raises LrsUnfinishedError after `timeout` seconds, or another LrsError.
    """
    return wait_for(lambda: get_batch_output(connection, job_id), every, timeout, tell)


def _read_output(job_id: int, values: dict[str, Any]) -> BatchOutput:
    return read(
        BatchOutput,
        values,
        code=values["ResponseCode"],
        job_id=job_id,
        status=values["JobStatus"],
        learners=tuple(read(OutputLearner, learner) for learner in values["Learner"] or ()),
    )
