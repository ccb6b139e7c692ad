"""Find learners by name, date of birth, gender and postcode."""

from datetime import date
from typing import Literal

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.learner import FindAnswer, read_find

OPERATIONS = {LEARNER_SERVICE: "learnerByDemographics", LEARNER_REGISTER: "LearnerByDemographics"}


def learner_by_demographics(
    connection: Connection,
    *,
    family_name: str,
    given_name: str,
    date_of_birth: date,
    gender: str,
    last_known_post_code: str,
    previous_family_name: str | None = None,
    school_at_age_16: str | None = None,
    place_of_birth: str | None = None,
    email_address: str | None = None,
    find_type: Literal["FUL", "CHK"] = "FUL",
) -> FindAnswer:
    """Return the learners that match, best first; the last four details tell candidates apart.

    find_type: FUL for whole learners, CHK for the code alone. Codes: WSRC0001 none, WSRC0002 too many, WSRC0003 1 to 10
    possible ones, WSRC0004 exactly one, WSRC0022 a linked learner, whose master is returned. Raises LrsError.
    """
    answer = connection.call(
        OPERATIONS,
        FindType=find_type,
        FamilyName=family_name,
        GivenName=given_name,
        DateOfBirth=date_of_birth.isoformat(),
        Gender=gender,
        LastKnownPostCode=last_known_post_code,
        PreviousFamilyName=previous_family_name,
        SchoolAtAge16=school_at_age_16,
        PlaceOfBirth=place_of_birth,
        EmailAddress=email_address,
        **connection.organisation(),
    )
    return read_find(answer)
