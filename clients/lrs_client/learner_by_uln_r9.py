"""Find a learner by ULN and names, in the later form (R9), whose learner also has a telephone number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from lrs_client.connection import LEARNER_SERVICE_R9, Connection
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE_R9: "LearnerByUln"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerR9:
    """A learner in the model of R9, the fields that a register fills; codes are numbers here, days are datetimes."""

    uln: str
    given_name: str
    family_name: str
    version_number: int
    gender: int
    ability_to_share: int
    verification_type: int
    tier_level: int
    record_status: int
    date_of_birth: datetime | None = None
    created_date: datetime | None = None
    created_via_channel: int | None = None
    last_updated_date: datetime | None = None
    last_updated_via_channel: int | None = None
    registered_by_organisation_ref: str | None = None
    master_uln: str | None = None
    linked_ulns: tuple[str, ...] = ()
    title: str | None = None
    middle_other_name: str | None = None
    preferred_given_name: str | None = None
    previous_family_name: str | None = None
    family_name_at_16: str | None = None
    school_at_age_16: str | None = None
    last_known_address_line_1: str | None = None
    last_known_address_line_2: str | None = None
    last_known_address_town: str | None = None
    last_known_address_county_or_city: str | None = None
    last_known_post_code: str | None = None
    date_of_address_capture: datetime | None = None
    place_of_birth: str | None = None
    email_address: str | None = None
    telephone_number: str | None = None
    nationality: str | None = None
    scottish_candidate_number: str | None = None
    other_verification_description: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAnswerR9:
    """What the find answers: a code, and the learner when one was found."""

    code: str
    learner: LearnerR9 | None = None


def learner_by_uln_r9(
    connection: Connection,
    *,
    uln: str,
    given_name: str,
    family_name: str,
    find_type: Literal["FUL", "CHK"] = "FUL",
    user_type: Literal["LNR", "ORG", "SER"] = "ORG",
    language: str = "ENG",
) -> FindAnswerR9:
    """Return the learner of a ULN, given that the names agree.

    Codes: as learner_by_uln, and WSEC0136 for an invalid ULN, as an ordinary answer. Raises LrsError.
    """
    answer = connection.call(
        OPERATIONS,
        invokingOrganisation=connection.invoking_organisation(),
        userType=user_type,
        vendorId=connection.vendor_id,
        language=language,
        uln=uln,
        givenName=given_name,
        familyName=family_name,
        findType=find_type,
    )
    learner = given(answer.Learner)
    return FindAnswerR9(code=answer.ResponseCode, learner=_read_learner(learner) if learner else None)


def _read_learner(values: dict[str, Any]) -> LearnerR9:
    linked = tuple((values["LinkedUlns"] or {}).get("string") or ())
    return read(LearnerR9, values, linked_ulns=linked)
