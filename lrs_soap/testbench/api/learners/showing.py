"""A learner and its learning events as the control API shows them: in the fields of a world file."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from lrs_soap.domain import elements
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_event import LearningEvent

FIVE: Final = ("GivenName", "FamilyName", "DateOfBirth", "Gender", "LastKnownPostCode")
_LEARNER: Final[Mapping[str, str]] = {
    "ULN": "uln",
    "VersionNumber": "version",
    "LearnerStatus": "status",
    "MasterULN": "master_uln",
    **elements.TEXTS,
    **elements.DATES,
    "TelephoneNumber": "telephone_number",
    "TierLevel": "tier_level",
    "CreatedDate": "created_at",
    "LastUpdatedDate": "updated_at",
    "RegisteredByUKPRN": "registered_by",
}
_EVENT: Final[Mapping[str, str]] = {
    "ID": "event_id",
    "Source": "source",
    "QualificationType": "qualification_type",
    "Subject": "subject",
    "SubjectCode": "subject_code",
    "Level": "level",
    "Grade": "grade",
    "Credits": "credits",
    "AchievementAwardDate": "award_date",
    "AchievementProviderName": "provider_name",
    "AchievementProviderUkprn": "provider_ukprn",
    "AwardingOrganisationName": "awarding_organisation_name",
    "AwardingOrganisationUkprn": "awarding_organisation",
    "Status": "status",
    "CollectionType": "collection_type",
    "ReturnNumber": "return_number",
    "DateLoaded": "date_loaded",
    "ParticipationStartDate": "participation_start",
    "ParticipationEndDate": "participation_end",
    "LanguageForAssessment": "language",
    "Restriction": "restriction",
    "UnderDataChallenge": "under_data_challenge",
    "Sensitive": "sensitive",
}


def learner_fields(learner: Learner) -> dict[str, str]:
    """Return what is known of a learner; what is not known is left out."""
    return _fields(learner, _LEARNER)


def event_fields(event: LearningEvent) -> dict[str, str]:
    """Return what is known of a learning event; what is not known is left out."""
    return _fields(event, _EVENT)


def search_of(learner: Learner) -> dict[str, str]:
    """Return the five details of a learner."""
    fields = learner_fields(learner)
    return {name: fields[name] for name in FIVE}


def _fields(record: Any, attributes: Mapping[str, str]) -> dict[str, str]:
    values = ((name, getattr(record, attribute)) for name, attribute in attributes.items())
    return {name: _text(value) for name, value in values if value is not None}


def _text(value: Any) -> str:
    match value:
        case bool():
            return "Y" if value else "N"
        case datetime():
            return value.astimezone(SERVICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
    return str(value)
