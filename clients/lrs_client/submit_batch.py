"""Submit a batch of learners, each of whom is found, or else registered or updated."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.jobs import Submitted
from lrs_client.wire import to_wire

OPERATIONS = {LEARNER_SERVICE: "submitBatchRegistration", LEARNER_REGISTER: "SubmitBatch"}
MOST_LEARNERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLearner:
    """One learner of a batch. mis_identifier: your own number of the learner, which the output repeats.

    To register somebody, give the five details (names, date of birth, gender and postcode), verification_type and
    ability_to_share; to confirm or update somebody, the ULN and the names. What is None is not sent. gender,
    verification_type and ability_to_share are codes, see `meanings`.
    """

    uln: str | None = None
    mis_identifier: str | None = None
    title: str | None = None
    given_name: str
    preferred_given_name: str | None = None
    middle_other_name: str | None = None
    family_name: str
    previous_family_name: str | None = None
    family_name_at_age_16: str | None = None
    school_at_age_16: str | None = None
    last_known_address_line_1: str | None = None
    last_known_address_line_2: str | None = None
    last_known_address_town: str | None = None
    last_known_address_county_or_city: str | None = None
    last_known_post_code: str | None = None
    date_of_address_capture: date | str | None = None
    date_of_birth: date | str | None = None
    place_of_birth: str | None = None
    email_address: str | None = None
    gender: str | None = None
    nationality: str | None = None
    scottish_candidate_number: str | None = None
    ability_to_share: str | None = None
    verification_type: str | None = None
    other_verification_description: str | None = None
    notes: str | None = None


def submit_batch(
    connection: Connection, learners: Sequence[BatchLearner], *, job_type: Literal["FUL", "CHK"] = "FUL"
) -> Submitted:
    """Submit 1 to 200 learners as one job; its output tells what each of them came to.

    job_type: FUL finds, registers and updates; CHK only finds. Codes: WSRC0007 accepted, the only one with a job_id;
    WSRC0017 the number of learners was wrong. Raises LrsError.
    """
    answer = connection.call(
        OPERATIONS,
        JobType=job_type,
        LearnerRecordCount=len(learners),
        Learner=[to_wire(asdict(learner)) for learner in learners],
        **connection.organisation(),
    )
    return Submitted(code=answer.ResponseCode, job_id=answer.JobID or None)
