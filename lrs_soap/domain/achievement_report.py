"""What a record about an achievement reports, and what may be wrong with it by itself. Rule: "field data errors"."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lrs_soap.domain import tables, uln
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import Gender
from lrs_soap.domain.formats import FORMATS
from lrs_soap.domain.jobs import Values
from lrs_soap.domain.qualifications import is_reference

REFERENCE = "UnitOrQualificationReferenceNumber"
MANDATORY = frozenset(
    {"AchievementAwardDate", "Action", "ActionDate", "FamilyName", "GivenName", "ProviderUkprn", "Uln", REFERENCE}
)
_TABLE = tables.load("achievement_errors")
_LONGEST_SHOWN = 60
_ULN = re.compile("[1-9][0-9]{9}")
_UKPRN = re.compile("[0-9A-Za-z]{8}")
_INTEGER = re.compile("[+-]?[0-9]{1,10}")
_MOMENT = re.compile(
    r"(?:18|19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
)


class Action(StrEnum):
    """What is to become of an achievement."""

    REPORT = "1"
    WITHDRAW = "2"
    REINSTATE = "3"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a record: the element, the code of the rule, and a text that says what to do."""

    field: str
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a record reports. Text that is absent is None. provider: UKPRN. language: ENG or CYM."""

    uln: str
    given_name: str
    family_name: str
    date_of_birth: date | None
    gender: str | None
    action: Action
    awarded: date
    reference: str
    provider: str
    grade: str | None
    language: str | None


def flaw(code: str, field: str, value: str = "", **more: object) -> Flaw:
    """Return a flaw of the table, with its text made out."""
    shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
    return Flaw(field, code, _TABLE["errors"][code].format(field=field, value=shown, **more))


def stated(values: Values) -> dict[str, str]:
    """Return what a record states, without blanks around values."""
    return {name: text for name, value in values.items() if (text := value.strip())}


def field_flaws(given: Values, today: date) -> Iterator[Flaw]:
    """Give the first flaw of each element, in the contract's order. given: as `stated` returns it."""
    for field, rules in _RULES.items():
        value = given.get(field, "")
        broken = next((code for code, holds in rules if value and not holds(value, today)), None)
        if not value and field in MANDATORY:
            yield flaw("FD001", field)
        elif broken is not None:
            yield flaw(broken, field, value, longest=_TABLE["longest"].get(field))
        elif field == "ActionDate" and _is_before_award(value, given, today):
            yield flaw("FD008", field, value)


def read(given: Values) -> Report:
    """Return what a record without field data errors reports. given: as `stated` returns it."""
    return Report(
        uln=given["Uln"],
        given_name=given["GivenName"],
        family_name=given["FamilyName"],
        date_of_birth=_day(born) if (born := given.get("DateofBirth")) else None,
        gender=_number(gender) if (gender := given.get("Gender")) else None,
        action=Action(_number(given["Action"])),
        awarded=_day(given["AchievementAwardDate"]),
        reference=given[REFERENCE],
        provider=given["ProviderUkprn"],
        grade=given.get("Grade"),
        language=_LANGUAGES.get(given.get("LanguageForAssessment", "").upper()),
    )


def _day(text: str) -> date:
    """Return the day of an xs:dateTime: of one with a time zone, the day it is in the United Kingdom then."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(SERVICE_ZONE) if moment.tzinfo else moment).date()


def _is_moment(text: str, _today: date) -> bool:
    try:
        return bool(_day(text))
    except ValueError:
        return False


def _number(text: str) -> str:
    """Return an xs:int as it is usually written, so that 01 is 1; anything else as it is."""
    return str(int(text)) if _INTEGER.fullmatch(text) else text


def _is_before_award(action_date: str, given: Values, today: date) -> bool:
    award_date = given.get("AchievementAwardDate", "")
    return _is_moment(award_date, today) and _day(action_date) < _day(award_date)


_LANGUAGES: Mapping[str, str] = tables.mapping("achievement_errors", "languages")
_Holds = Callable[[str, date], Any]
_Rules = tuple[tuple[str, _Holds], ...]


def _at_most(field: str) -> tuple[str, _Holds]:
    longest: int = _TABLE["longest"][field]
    return "FD004", lambda value, _today: len(value) <= longest


_PAST: _Rules = (("FD006", _is_moment), ("FD007", lambda value, today: _day(value) <= today))
_LETTER: tuple[str, _Holds] = ("FD005", lambda value, _today: any(map(str.isalpha, value)))
# By element, in the contract's order.
_RULES: Mapping[str, _Rules] = {
    "AchievementAwardDate": _PAST,
    "Action": (("FD012", lambda value, _today: _number(value) in set(Action)),),
    "ActionDate": _PAST,
    "ActionReason": (_at_most("ActionReason"),),
    "DateofBirth": (("FD006", _is_moment),),
    "FamilyName": (_at_most("FamilyName"), _LETTER),
    "Gender": (("FD009", lambda value, _today: _number(value) in set(Gender)),),
    "GivenName": (_at_most("GivenName"), _LETTER),
    "Grade": (_at_most("Grade"),),
    "LanguageForAssessment": (("FD013", lambda value, _today: value.upper() in _LANGUAGES),),
    "LearnerPostcode": (
        ("FD014", lambda value, _today: FORMATS["LastKnownPostCode"].breach("LearnerPostcode", value) is None),
    ),
    "MisIdentifier": (_at_most("MisIdentifier"),),
    "ProviderUkprn": (("FD010", lambda value, _today: _UKPRN.fullmatch(value)),),
    "Uln": (
        ("FD002", lambda value, _today: _ULN.fullmatch(value)),
        ("FD003", lambda value, _today: uln.is_valid(value)),
    ),
    REFERENCE: (("FD011", lambda value, _today: is_reference(value)),),
}
