"""Find a learner by ULN and names."""

from typing import Literal

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.learner import FindAnswer, read_find

OPERATIONS = {LEARNER_SERVICE: "learnerByULN", LEARNER_REGISTER: "LearnerByULN"}


def learner_by_uln(
    connection: Connection,
    *,
    uln: str,
    given_name: str,
    family_name: str,
    find_type: Literal["FUL", "CHK"] = "FUL",
) -> FindAnswer:
    """Return the learner of a ULN, given that the names agree.

    find_type: FUL for the whole learner, CHK for the code alone. Codes: WSRC0001 none, WSRC0003 the names are only
    similar, WSRC0004 found, WSRC0022 the ULN is linked and its master is returned. Raises LrsError.
    """
    answer = connection.call(
        OPERATIONS,
        FindType=find_type,
        ULN=uln,
        FamilyName=family_name,
        GivenName=given_name,
        **connection.organisation(),
    )
    return read_find(answer)
