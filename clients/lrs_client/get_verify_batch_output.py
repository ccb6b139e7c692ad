"""Read which learners of a batch are verified, and wait for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lrs_client.connection import LEARNER_SERVICE, Connection
from lrs_client.jobs import EVERY_SECONDS, JOB_SECONDS, wait_for
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE: "getVerifyBatchOutput"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBatchLearner:
    """One verification of a batch: the values searched, repeated, and the identity in the register.

    code: as verify_learner answers it. There is no identity with WSVRC005 and WSVRC006. failure_flags: VRF1 to VRF8,
    one for each comparison that failed.
    """

    mis_identifier: str | None = None
    searched_uln: str
    searched_given_name: str
    searched_family_name: str
    searched_date_of_birth: date | str | None = None
    searched_gender: str | None = None
    code: str
    uln: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    date_of_birth: date | None = None
    gender: str | None = None
    failure_flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyBatchOutput:
    """What the service answers; the learners are in the order of submission, and there are none before the end.

    status: Waiting, InProgress, Successful or Failed.
    """

    code: str
    job_id: int
    status: str | None = None
    job_started_date_time: datetime | None = None
    job_finished_date_time: datetime | None = None
    learners: tuple[VerifiedBatchLearner, ...] = ()


def get_verify_batch_output(connection: Connection, job_id: int) -> VerifyBatchOutput:
    """Return the output of a job of one's own organisation.

    Codes: WSRC0008 not finished, WSRC0009 finished, WSRC0010 failed, WSRC0018 no such job. Raises LrsError.
    """
    return _read_output(job_id, given(connection.call(OPERATIONS, JobID=job_id, **connection.organisation())))


def wait_for_verify_batch(
    connection: Connection,
    job_id: int,
    every: float = EVERY_SECONDS,
    timeout: float = JOB_SECONDS,
    tell: Callable[[VerifyBatchOutput], None] | None = None,
) -> VerifyBatchOutput:
    """Ask for the output every so many seconds until the job is finished; `tell` is handed the answers before that.

    Raises LrsUnfinishedError after `timeout` seconds, or another LrsError.
    """
    return wait_for(lambda: get_verify_batch_output(connection, job_id), every, timeout, tell)


def _read_output(job_id: int, values: dict[str, Any]) -> VerifyBatchOutput:
    return read(
        VerifyBatchOutput,
        values,
        code=values["ResponseCode"],
        job_id=job_id,
        status=values["JobStatus"],
        learners=tuple(map(_read_learner, values["VerifiedLearner"] or ())),
    )


def _read_learner(values: dict[str, Any]) -> VerifiedBatchLearner:
    return read(
        VerifiedBatchLearner,
        values,
        code=values["ResponseCode"] or "",
        failure_flags=tuple(values["FailureFlag"] or ()),
    )
