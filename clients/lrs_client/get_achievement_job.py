"""Read what came of achievements that were reported, and wait for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lrs_client.connection import EXTERNAL_SERVICE, Connection
from lrs_client.jobs import EVERY_SECONDS, JOB_SECONDS, wait_for
from lrs_client.wire import given, read

OPERATIONS = {EXTERNAL_SERVICE: "GetAchievementBatchJob"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementJob:
    """What the service answers.

    status: Waiting, InProgress, Successful, Failed or Cancelled. type: Final or Provisional.
    achievement_batch_error_file: CSV with a line for each error, none when there are no errors.
    """

    code: str
    job_id: int
    status: str | None = None
    type: str | None = None
    user: str | None = None
    filename: str | None = None
    submitted_date: datetime | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    duration: str | None = None
    number_of_records: int | None = None
    percentage_successful_records: float | None = None
    successful_final_achievements: int | None = None
    successful_provisional_achievements: int | None = None
    achievements_created: int | None = None
    achievements_updated: int | None = None
    achievements_promoted_to_final: int | None = None
    achievements_withdrawn: int | None = None
    achievements_reinstated: int | None = None
    field_data_errors: int | None = None
    learner_data_errors: int | None = None
    business_rule_errors: int | None = None
    rejection_reason: str | None = None
    achievement_batch_error_file: str | None = None


def get_achievement_job(connection: Connection, job_id: int) -> AchievementJob:
    """Return a job of one's own organisation, whose OrganisationRef the credentials need.

    Codes: WSRC0008 not finished, WSRC0009 finished, WSRC0010 failed, WSRC0018 no such job. Raises LrsError, or
    CredentialsError without a reference.
    """
    answer = connection.call(OPERATIONS, invokingUser=connection.invoking_user(), jobId=job_id)
    values = given(answer)
    return read(AchievementJob, values, code=values["ResponseCode"], job_id=job_id)


def wait_for_achievement_job(
    connection: Connection,
    job_id: int,
    every: float = EVERY_SECONDS,
    timeout: float = JOB_SECONDS,
    tell: Callable[[AchievementJob], None] | None = None,
) -> AchievementJob:
    """Ask for the job every so many seconds until it is finished; `tell` is handed the answers before that.

    Raises LrsUnfinishedError after `timeout` seconds, or another LrsError.
    """
    return wait_for(lambda: get_achievement_job(connection, job_id), every, timeout, tell)
