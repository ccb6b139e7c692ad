"""From the fields of a world, named as the contract names them, to the records of the register."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from lrs_soap.domain import elements
from lrs_soap.domain.achievement import Qualification
from lrs_soap.domain.codes import Channel, LearnerStatus
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.domain.organisations import Organisation, OrganisationStatus
from lrs_soap.domain.registration import tier_level

Values = Mapping[str, Any]

_LEARNER_TEXTS = {
    **elements.TEXTS,
    "TelephoneNumber": "telephone_number",
    "MasterULN": "master_uln",
    "RegisteredByUKPRN": "registered_by",
}
_EVENT_TEXTS = {
    "Source": "source",
    "QualificationType": "qualification_type",
    "Subject": "subject",
    "SubjectCode": "subject_code",
    "Level": "level",
    "Grade": "grade",
    "AchievementProviderName": "provider_name",
    "AchievementProviderUkprn": "provider_ukprn",
    "AwardingOrganisationName": "awarding_organisation_name",
    "AwardingOrganisationUkprn": "awarding_organisation",
    "Status": "status",
    "CollectionType": "collection_type",
    "ReturnNumber": "return_number",
    "LanguageForAssessment": "language",
    "Restriction": "restriction",
}
_EVENT_DATES = {
    "AchievementAwardDate": "award_date",
    "ParticipationStartDate": "participation_start",
    "ParticipationEndDate": "participation_end",
}
_NUMBERED_BY_THE_STORE = 0


def learner(values: Values, uln: str, now: datetime) -> Learner:
    """Return the learner that checked values describe.

    now: when it counts as created, unless the values say so; its time zone is that of all their times.
    """
    fields: dict[str, Any] = _texts(values, _LEARNER_TEXTS) | _dates(values, elements.DATES)
    created = _moment(values.get("CreatedDate"), now) or now
    return Learner(
        uln=uln,
        version=int(values.get("VersionNumber", 1)),
        status=status(values),
        tier_level=str(values.get("TierLevel") or tier_level(str(values.get("VerificationType", "0")))),
        created_at=created,
        updated_at=_moment(values.get("LastUpdatedDate"), now) or created,
        created_via=Channel.BATCH,
        updated_via=Channel.BATCH,
        updated_by=values.get("RegisteredByUKPRN"),
        **fields,
    )


def status(values: Values) -> str:
    """Return the status of a learner: as given, else linked when there is a master, else live."""
    default = LearnerStatus.LINKED if values.get("MasterULN") else LearnerStatus.LIVE
    return str(values.get("LearnerStatus") or default.value)


def event(values: Values, uln: str, now: datetime) -> LearningEvent:
    """Return the learning event of a ULN that checked values describe; now: for the time zone of its times."""
    fields: dict[str, Any] = _texts(values, _EVENT_TEXTS) | _dates(values, _EVENT_DATES)
    return LearningEvent(
        event_id=int(values.get("ID", _NUMBERED_BY_THE_STORE)),
        uln=uln,
        credits=int(values.get("Credits", 0)),
        date_loaded=_moment(values.get("DateLoaded"), now),
        under_data_challenge=values.get("UnderDataChallenge") == "Y",
        sensitive=values.get("Sensitive") == "Y",
        **fields,
    )


def organisation(values: Values, password_hash: str) -> Organisation:
    """Return the organisation that checked values describe."""
    return Organisation(
        ukprn=values["UKPRN"],
        reference=values["OrganisationRef"],
        name=values["Name"],
        status=values.get("Status", OrganisationStatus.ACTIVE.value),
        password_hash=password_hash,
        grants=frozenset(values.get("Grants", ())),
        awarding=values.get("AwardingOrganisation") == "Y",
    )


def qualification(values: Values, grades: tuple[str, ...]) -> Qualification:
    """Return the qualification or unit that checked values describe."""
    return Qualification(
        reference=values["QualificationReference"],
        title=values["Title"],
        qualification_type=values["QualificationType"],
        level=values.get("Level"),
        credits=int(values.get("Credits", 0)),
        grades=grades,
        sensitive=values.get("Sensitive") == "Y",
    )


def _texts(values: Values, attributes: Mapping[str, str]) -> dict[str, str]:
    return {attribute: values[name] for name, attribute in attributes.items() if values.get(name)}


def _dates(values: Values, attributes: Mapping[str, str]) -> dict[str, date]:
    return {attribute: date.fromisoformat(values[name]) for name, attribute in attributes.items() if values.get(name)}


def _moment(text: str | None, now: datetime) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=now.tzinfo) if " " in text else datetime.combine(moment, time(), now.tzinfo)
