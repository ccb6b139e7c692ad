"""The contract's names for what is known of a learner, beside the register's own.

They are the names users know: messages, world files and tables of learners all say `FamilyName`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

TEXTS: Final[Mapping[str, str]] = {
    "Title": "title",
    "GivenName": "given_name",
    "MiddleOtherName": "middle_other_name",
    "FamilyName": "family_name",
    "PreferredGivenName": "preferred_given_name",
    "PreviousFamilyName": "previous_family_name",
    "FamilyNameAtAge16": "family_name_at_age_16",
    "SchoolAtAge16": "school_at_age_16",
    "LastKnownAddressLine1": "last_known_address_line_1",
    "LastKnownAddressLine2": "last_known_address_line_2",
    "LastKnownAddressTown": "last_known_address_town",
    "LastKnownAddressCountyOrCity": "last_known_address_county_or_city",
    "LastKnownPostCode": "last_known_post_code",
    "PlaceOfBirth": "place_of_birth",
    "Gender": "gender",
    "EmailAddress": "email_address",
    "Nationality": "nationality",
    "ScottishCandidateNumber": "scottish_candidate_number",
    "VerificationType": "verification_type",
    "OtherVerificationDescription": "other_verification_description",
    "AbilityToShare": "ability_to_share",
    "Notes": "notes",
}
DATES: Final[Mapping[str, str]] = {"DateOfAddressCapture": "date_of_address_capture", "DateOfBirth": "date_of_birth"}


def stated(values: Mapping[str, str]) -> dict[str, Any]:
    """Return what values by element name state about a learner, by the register's names; empty ones state nothing.

    Raises ValueError for a date that is none.
    """
    texts = {name: values[element] for element, name in TEXTS.items() if values.get(element)}
    dates = {name: date.fromisoformat(values[element]) for element, name in DATES.items() if values.get(element)}
    return {**texts, **dates}
