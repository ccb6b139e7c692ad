"""One learning event: an achievement or participation of a learner."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningEvent:
    """One achievement or participation of a learner. Text that is absent is None.

    event_id: unique over the register. credits: whole credits. source: NPD, ILR or AO. status: F final, P provisional.
    awarding_organisation: a six-character code or `UNKNWN`. grade: `9999999999` when none is known (ILR only).
    sensitive: never shown to organisations. In brief, status and under_data_challenge are None too.
    """

    event_id: int
    uln: str
    source: str
    subject: str | None = None
    subject_code: str | None = None
    qualification_type: str | None = None
    level: str | None = None
    grade: str | None = None
    credits: int = 0
    award_date: date | None = None
    provider_name: str | None = None
    provider_ukprn: str | None = None
    awarding_organisation_name: str | None = None
    awarding_organisation: str | None = None
    status: str | None = "F"
    collection_type: str | None = None
    return_number: str | None = None
    date_loaded: datetime | None = None
    participation_start: date | None = None
    participation_end: date | None = None
    language: str | None = None
    restriction: str | None = None
    under_data_challenge: bool | None = False
    sensitive: bool = False
