"""Tell whether a ULN belongs to a name, and to a date of birth and gender."""

from dataclasses import dataclass
from datetime import date

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE: "verifyLearner", LEARNER_REGISTER: "VerifyLearner"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification answers: the values searched, repeated, and the identity in the register.

    There is no identity with WSVRC005 and WSVRC006. failure_flags: VRF1 to VRF8, one for each comparison that failed.
    """

    code: str
    searched_uln: str
    searched_given_name: str
    searched_family_name: str
    searched_date_of_birth: date | None = None
    searched_gender: str | None = None
    uln: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    date_of_birth: date | None = None
    gender: str | None = None
    failure_flags: tuple[str, ...] = ()


def verify_learner(
    connection: Connection,
    *,
    uln: str,
    given_name: str,
    family_name: str,
    date_of_birth: date | None = None,
    gender: str | None = None,
) -> Verification:
    """Compare an identity with that of a ULN; date of birth and gender count when given.

    Codes: WSVRC001 verified, 002 verified on a linked learner, 003 the names are similar, 004 similar on a linked
    learner, 005 no match, 006 there is no such ULN. Raises LrsError.
    """
    identity = {
        "ULN": uln,
        "FamilyName": family_name,
        "GivenName": given_name,
        "DateOfBirth": date_of_birth.isoformat() if date_of_birth else None,
        "Gender": gender,
    }
    answer = connection.call(OPERATIONS, LearnerToVerify=identity, **connection.organisation())
    values = given(answer)
    return read(
        Verification,
        values,
        code=values["ResponseCode"],
        failure_flags=tuple(values["FailureFlag"] or ()),
    )
