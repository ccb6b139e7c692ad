"""Read a learner's Personal Learning Record: the list of learning events."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE_R9, Connection
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE_R9: "GetLearnerLearningEvents", LEARNER_REGISTER: "GetLearnerLearningEvents"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningEvent:
    """One achievement or participation. A brief record has only some of the fields.

    source: NPD, ILR or AO. status: F final, P provisional. awarding_organisation_ukprn: a code of 6 characters, in
    spite of its name. grade: 9999999999 when none is known (ILR). under_data_challenge: Y or N.
    """

    id: int
    source: str
    credits: int
    achievement_award_date: date | None = None
    achievement_provider_name: str | None = None
    achievement_provider_ukprn: str | None = None
    awarding_organisation_name: str | None = None
    awarding_organisation_ukprn: str | None = None
    collection_type: str | None = None
    date_loaded: datetime | None = None
    grade: str | None = None
    language_for_assessment: str | None = None
    level: str | None = None
    participation_end_date: date | None = None
    participation_start_date: date | None = None
    qualification_type: str | None = None
    restriction: str | None = None
    return_number: str | None = None
    status: str | None = None
    subject: str | None = None
    subject_code: str | None = None
    under_data_challenge: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRecord:
    """What the service answers: a code, whose record it is, and the events, newest first.

    found_uln: the master's when the ULN is linked; none when the learner could not be verified.
    """

    code: str
    incoming_uln: str
    found_uln: str | None = None
    events: tuple[LearningEvent, ...] = ()


def get_learning_events(
    connection: Connection,
    *,
    uln: str,
    given_name: str,
    family_name: str,
    date_of_birth: date | None = None,
    gender: str | None = None,
    user_type: Literal["LNR", "ORG", "SER"] = "ORG",
    get_type: Literal["FULL", "BRIEF"] = "FULL",
    language: str = "ENG",
) -> LearningRecord:
    """Return a learner's record; user_type says on whose behalf it is read: LNR the learner, ORG an organisation.

    Codes: WSRC0004 found, WSRC0022 linked, WSEC0136 invalid ULN, WSEC0206 the learner does not share, WSEC0208 the
    learner could not be verified. These are ordinary answers. Raises LrsError.
    """
    answer = connection.call(
        OPERATIONS,
        invokingOrganisation=connection.invoking_organisation("OrganisationRef"),
        userType=user_type,
        vendorID=connection.vendor_id,
        language=language,
        uln=uln,
        givenName=given_name,
        familyName=family_name,
        dateOfBirth=date_of_birth.isoformat() if date_of_birth else "",
        gender=gender or "",
        getType=get_type,
    )
    return _read_record(given(answer))


def _read_record(values: dict[str, Any]) -> LearningRecord:
    events = (values["LearnerRecord"] or {}).get("LearningEvent") or ()
    return read(
        LearningRecord,
        values,
        code=values["ResponseCode"],
        events=tuple(read(LearningEvent, event) for event in events),
    )
