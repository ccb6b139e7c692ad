"""Submit a batch of identities, each of which is verified."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from lrs_client.connection import LEARNER_SERVICE, Connection
from lrs_client.jobs import Submitted
from lrs_client.wire import to_wire

OPERATIONS = {LEARNER_SERVICE: "submitVerifyBatch"}
MOST_LEARNERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerToVerify:
    """A ULN and the names it should belong to; date of birth and gender count when given.

    mis_identifier: your own number of the learner, which the output repeats.
    """

    mis_identifier: str | None = None
    uln: str
    family_name: str
    given_name: str
    date_of_birth: date | str | None = None
    gender: str | None = None


def submit_verify_batch(
    connection: Connection, learners: Sequence[LearnerToVerify], *, email_address: str | None = None
) -> Submitted:
    """Submit 1 to 200 identities as one job; its output tells which of them are verified.

    Codes: WSRC0007 accepted, the only one with a job_id; WSRC0017 the number of learners was wrong. Raises LrsError.
    """
    answer = connection.call(
        OPERATIONS,
        LearnerRecordCount=len(learners),
        OrgEmail=email_address,
        Learner=[to_wire(asdict(learner)) for learner in learners],
        **connection.organisation(),
    )
    return Submitted(code=answer.ResponseCode, job_id=answer.JobID or None)
