"""Report achievements of learners, as an awarding organisation does."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Literal

from lrs_client.connection import EXTERNAL_SERVICE, Connection
from lrs_client.jobs import Submitted
from lrs_client.wire import wire_name

OPERATIONS = {EXTERNAL_SERVICE: "SubmitAchievementBatchJob"}
MOST_ACHIEVEMENTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """What a learner achieved, or what becomes of an achievement that was reported before.

    action: 1 create or update, 2 withdraw, 3 reinstate. uln and names must verify, and date of birth and gender when
    given. provider_ukprn: where the learner was taught. grade: mandatory where the qualification has grades.
    mis_identifier: your own number of the learner, which the error file repeats.
    """

    achievement_award_date: date
    action: int
    action_date: datetime | date
    action_reason: str | None = None
    date_of_birth: date | None = None
    family_name: str
    gender: int | None = None
    given_name: str
    grade: str | None = None
    language_for_assessment: str | None = None
    learner_postcode: str | None = None
    mis_identifier: str | None = None
    provider_ukprn: str
    uln: str
    unit_or_qualification_reference_number: str


ELEMENTS = {field.name: wire_name(field.name) for field in fields(Achievement)} | {
    "date_of_birth": "DateofBirth",
    "mis_identifier": "MisIdentifier",
    "uln": "Uln",
}


def submit_achievements(
    connection: Connection,
    achievements: Sequence[Achievement],
    *,
    email_address: str,
    submission_type: Literal["Final", "Provisional"] = "Final",
) -> Submitted:
    """Submit 1 to 5,000 achievements as one job; the job tells what came of them.

    The credentials need an OrganisationRef. Codes: WSRC0007 accepted, the only one with a job_id; WSRC0043 not an
    awarding organisation. Raises LrsError, such as LrsFault with WSEC0044 to WSEC0047, or CredentialsError.
    """
    answer = connection.call(
        OPERATIONS,
        invokingUser=connection.invoking_user(),
        emailAddress=email_address,
        submissionType=submission_type,
        achievements={"Achievement": list(map(_elements, achievements))},
    )
    return Submitted(code=answer.ResponseCode, job_id=answer.JobId or None)


def _elements(achievement: Achievement) -> dict[str, object]:
    values = asdict(achievement).items()
    return {ELEMENTS[name]: _moment(value) for name, value in values if value is not None}


def _moment(value: object) -> object:
    """Return a day as the moment it begins, as the contract has it, and anything else as it is."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the contract's days have no zone
    return value
