"""Invented learning events: what each source would have reported of a learner by now."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from lrs_soap.testbench.api.learners.people import SCHOOL_LEAVING_AGE, pick, tables
from lrs_soap.testbench.drawing import Draw

Event = dict[str, str]
SOURCES = ("NPD", "ILR", "AO")
_RESULTS, _AUTUMN = (8, 20), 9
_LATELY, _RECENTLY, _WEEKS = 10 * 365, 3 * 365, 60
_UNKNOWN_AWARDER = {"AwardingOrganisationName": "UNKNOWN", "AwardingOrganisationUkprn": "UNKNWN"}
_BOARD = {"AwardingOrganisationName": "EXAMPLE EXAMINATIONS BOARD", "AwardingOrganisationUkprn": "EXB001"}
_AWARDER = {"AwardingOrganisationName": "SAMPLE AWARDING ORGANISATION", "AwardingOrganisationUkprn": "DEMO03"}
_SCHOOL_UKPRN, _COLLEGE_UKPRN = "10099901", "10099902"


def events(draw: Draw, counts: Mapping[str, int], date_of_birth: date, now: datetime) -> list[Event]:
    """Return so many events from each source, of somebody born on a day, in the fields of a world file."""
    return [
        _event(draw, source, number, date_of_birth, now)
        for source in SOURCES
        for number in range(counts.get(source, 0))
    ]


def _event(draw: Draw, source: str, number: int, date_of_birth: date, now: datetime) -> Event:
    rows = tables()["events"][source]
    # One after the other, so that nobody is awarded the same twice before all have had their turn.
    row, place = rows[number % len(rows)], pick(draw, tables()["places"])
    awarded = _award_date(draw, source, date_of_birth, now.date())
    return {
        "Source": source,
        "QualificationType": row["type"],
        "Subject": row["subject"],
        "SubjectCode": row["code"],
        "AchievementAwardDate": awarded.isoformat(),
        "DateLoaded": _loaded(draw, awarded, now).strftime("%Y-%m-%d %H:%M:%S"),
        **({"Level": row["level"]} if "level" in row else {}),
        **({"Grade": pick(draw, row["grades"])} if "grades" in row else {}),
        **({"Credits": str(row["credits"])} if "credits" in row else {}),
        **_as_reported(draw, source, place, awarded),
    }


def _as_reported(draw: Draw, source: str, place: Mapping[str, Any], awarded: date) -> Event:
    match source:
        case "NPD":
            return {
                "AchievementProviderName": place["school"].upper(),
                "AchievementProviderUkprn": _SCHOOL_UKPRN,
                **_BOARD,
            }
        case "ILR":
            return {
                "AchievementProviderName": place["college"].upper(),
                "AchievementProviderUkprn": _COLLEGE_UKPRN,
                **_UNKNOWN_AWARDER,
                "CollectionType": "W",
                "ReturnNumber": f"{draw(14) + 1:02}",
                "Restriction": "0",
                "ParticipationStartDate": (awarded - timedelta(days=200 + draw(400))).isoformat(),
                "ParticipationEndDate": awarded.isoformat(),
            }
    return {
        "AchievementProviderName": place["college"].upper(),
        "AchievementProviderUkprn": _COLLEGE_UKPRN,
        **_AWARDER,
        "LanguageForAssessment": "ENG",
    }


def _award_date(draw: Draw, source: str, date_of_birth: date, today: date) -> date:
    """Return a day on which a source can have reported something: results of school come in August."""
    results = date(date_of_birth.year + SCHOOL_LEAVING_AGE + (date_of_birth.month >= _AUTUMN), *_RESULTS)
    since = (today - results).days
    if source == "NPD" and 0 <= since <= _LATELY:
        return results
    # Of somebody too young or too old for the usual, a day of the last weeks or years.
    return today - timedelta(days=draw(min(since, _RECENTLY) if since > 0 else _WEEKS))


def _loaded(draw: Draw, awarded: date, now: datetime) -> datetime:
    moment = datetime.combine(awarded, time(6), now.tzinfo) + timedelta(days=1 + draw(60), minutes=draw(600))
    return min(moment, now)
