"""Change some of five fields of a learner (R9)."""

from dataclasses import dataclass
from typing import Literal

from lrs_client.connection import LEARNER_SERVICE_R9, Connection

OPERATIONS = {LEARNER_SERVICE_R9: "UpdateLearnerSubsetFields"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSubsetAnswer:
    """What the update answers."""

    code: str


def update_subset_fields(
    connection: Connection,
    *,
    uln: str,
    version_number: int,
    email_address: str | None = None,
    telephone_number: str | None = None,
    ability_to_share: Literal["NotProvided", "FPNNotSeen", "FPNSeenShareData"] = "NotProvided",
    school_at_age_16: str | None = None,
    preferred_given_name: str | None = None,
    user_type: Literal["LNR", "ORG", "SER"] = "ORG",
    language: str = "ENG",
) -> UpdateSubsetAnswer:
    """Change what is given: None leaves a field as it is, an empty text clears it, NotProvided leaves the sharing.

    Codes: as update_learner, and WSEC0136 for an invalid ULN, as an ordinary answer. Raises LrsError.
    """
    code = connection.call(
        OPERATIONS,
        invokingOrganisation=connection.invoking_organisation(),
        userType=user_type,
        vendorId=connection.vendor_id,
        language=language,
        uln=uln,
        versionNumber=version_number,
        emailAddress=email_address,
        telephoneNumber=telephone_number,
        abilityToShare=ability_to_share,
        schoolAtAge16=school_at_age_16,
        preferredGivenName=preferred_given_name,
    )
    return UpdateSubsetAnswer(code=code)
