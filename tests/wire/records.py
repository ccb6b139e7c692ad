"""What a register holds, as the contract's elements should carry it: written out, not taken from the service."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_record import LearningEvent

Elements = dict[str, Any]

# By UKPRN, of the organisations that register learners in these tests.
REFERENCES = {"TEST0101": "TST001"}


def _day(value: date | None) -> str | None:
    if isinstance(value, datetime):
        value = _local(value)
    return value.isoformat()[:10] if value else None


def learner_elements(learner: Learner) -> Elements:
    """Return the 32 elements of a learner in LearnerService, None for those that are absent."""
    return {
        "CreatedDate": _day(learner.created_at),
        "LastUpdatedDate": _day(learner.updated_at),
        "ULN": learner.uln,
        "MasterSubstituted": None,
        "Title": learner.title,
        "GivenName": learner.given_name,
        "MiddleOtherName": learner.middle_other_name,
        "FamilyName": learner.family_name,
        "PreferredGivenName": learner.preferred_given_name,
        "PreviousFamilyName": learner.previous_family_name,
        "FamilyNameAtAge16": learner.family_name_at_age_16,
        "SchoolAtAge16": learner.school_at_age_16,
        "LastKnownAddressLine1": learner.last_known_address_line_1,
        "LastKnownAddressLine2": learner.last_known_address_line_2,
        "LastKnownAddressTown": learner.last_known_address_town,
        "LastKnownAddressCountyOrCity": learner.last_known_address_county_or_city,
        "LastKnownPostCode": learner.last_known_post_code,
        "DateOfAddressCapture": _day(learner.date_of_address_capture),
        "DateOfBirth": _day(learner.date_of_birth),
        "PlaceOfBirth": learner.place_of_birth,
        "Gender": learner.gender,
        "EmailAddress": learner.email_address,
        "Nationality": learner.nationality,
        "ScottishCandidateNumber": learner.scottish_candidate_number,
        "VerificationType": learner.verification_type,
        "OtherVerificationDescription": learner.other_verification_description,
        "TierLevel": learner.tier_level,
        "AbilityToShare": learner.ability_to_share,
        "LearnerStatus": learner.status,
        "LinkedULNs": list(learner.linked_ulns),
        "Notes": learner.notes,
        "VersionNumber": learner.version,
    }


def r9_elements(learner: Learner) -> Elements:
    """Return the elements of a learner in R9 that the register fills; the others are absent."""
    return {
        "AbilityToShare": int(learner.ability_to_share),
        "CreatedDate": _local(learner.created_at),
        "CreatedViaChannel": 3,
        "DateOfAddressCapture": _midnight(learner.date_of_address_capture),
        "DateOfBirth": _midnight(learner.date_of_birth),
        "EmailAddress": learner.email_address,
        "FamilyName": learner.family_name,
        "FamilyNameAt16": learner.family_name_at_age_16,
        "Gender": int(learner.gender),
        "GivenName": learner.given_name,
        "LastKnownAddressCountyOrCity": learner.last_known_address_county_or_city,
        "LastKnownAddressLine1": learner.last_known_address_line_1,
        "LastKnownAddressLine2": learner.last_known_address_line_2,
        "LastKnownAddressTown": learner.last_known_address_town,
        "LastKnownPostCode": learner.last_known_post_code,
        "LastUpdatedDate": _local(learner.updated_at),
        "LastUpdatedViaChannel": 3,
        "MiddleOtherName": learner.middle_other_name,
        "Nationality": learner.nationality,
        "Notes": learner.notes,
        "OtherVerificationDescription": learner.other_verification_description,
        "PlaceOfBirth": learner.place_of_birth,
        "PreferredGivenName": learner.preferred_given_name,
        "PreviousFamilyName": learner.previous_family_name,
        "RecordStatus": int(learner.status),
        "RegisteredByOrganisationRef": REFERENCES.get(learner.registered_by or ""),
        "SchoolAtAge16": learner.school_at_age_16,
        "ScottishCandidateNumber": learner.scottish_candidate_number,
        "TelephoneNumber": learner.telephone_number,
        "TierLevel": int(learner.tier_level),
        "Title": learner.title,
        "Uln": learner.uln,
        "VerificationType": int(learner.verification_type),
        "VersionNumber": learner.version,
    }


def _local(moment: datetime) -> datetime:
    """Return a moment as the contract gives it: the time in London, without a zone."""
    return moment.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None)


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day) if day else None  # noqa: DTZ001 - the contract's days have no zone


def event_elements(event: LearningEvent) -> Elements:
    """Return the 22 elements of a learning event but its ID, None for absent or nil ones."""
    return {
        "AchievementAwardDate": _day(event.award_date),
        "AchievementProviderName": event.provider_name,
        "AchievementProviderUkprn": event.provider_ukprn,
        "AwardingOrganisationName": event.awarding_organisation_name,
        "AwardingOrganisationUkprn": event.awarding_organisation,
        "CollectionType": event.collection_type,
        "Credits": event.credits,
        "DateLoaded": f"{_local(event.date_loaded):%Y-%m-%d %H:%M:%S}" if event.date_loaded else None,
        "Grade": event.grade,
        "LanguageForAssessment": event.language,
        "Level": event.level,
        "ParticipationEndDate": _day(event.participation_end),
        "ParticipationStartDate": _day(event.participation_start),
        "QualificationType": event.qualification_type,
        "Restriction": event.restriction,
        "ReturnNumber": event.return_number,
        "Source": event.source,
        "Status": event.status,
        "Subject": event.subject,
        "SubjectCode": event.subject_code,
        "UnderDataChallenge": "Y" if event.under_data_challenge else "N",
    }


def filled(elements: Mapping[str, Any]) -> Elements:
    """Return elements without those that are absent or empty."""
    return {name: value for name, value in elements.items() if value not in (None, "", [])}
