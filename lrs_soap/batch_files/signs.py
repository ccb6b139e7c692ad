"""What spreadsheet programs do to the values of a batch file. Rule: "signs of a spreadsheet program"."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from lrs_soap.batch_files.problems import quoted

BY_A_SPREADSHEET: Final = (
    "A spreadsheet program does this when it saves a file; "
    "send the file as it was exported, or change it with a text editor"
)
_DATES: Final = ("DateOfBirth", "DateOfAddressCapture")
_WITH_ZEROS: Final = {"UKPRN": 8, "ScottishCandidateNumber": 9}
_NUMBERS: Final = ("ULN", *_WITH_ZEROS)
_REWRITTEN_DATE: Final = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{2}|[0-9]{4})(?: .*)?")
# Days since 1900: five digits from 1927 to 2173.
_DAY_NUMBER: Final = re.compile(r"[0-9]{5}(?:\.0+)?")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")


class Sign(NamedTuple):
    """A value that a spreadsheet program has spoilt."""

    column: str
    rule: str
    text: str


def signs(values: Mapping[str, str]) -> Iterator[Sign]:
    """Give the values, by column, that a spreadsheet program has spoilt."""
    for column in _DATES:
        if told := _date(values.get(column, "")):
            yield Sign(column, "spreadsheet-date", _text(values[column], told))
    for column in _NUMBERS:
        if _SCIENTIFIC.fullmatch(values.get(column, "")):
            yield Sign(column, "scientific-notation", _text(values[column], "is a number whose last digits are lost"))
    for column, digits in _WITH_ZEROS.items():
        if _lacks_zeros(values.get(column, ""), digits):
            told = f"should have {digits} digits; the zeros in front are lost"
            yield Sign(column, "leading-zeros", _text(values[column], told))


def _date(value: str) -> str | None:
    if _REWRITTEN_DATE.fullmatch(value):
        return "is a date rewritten; it should be YYYY-MM-DD"
    return "is a date as a number of days; it should be YYYY-MM-DD" if _DAY_NUMBER.fullmatch(value) else None


def _lacks_zeros(value: str, digits: int) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < digits


def _text(value: str, told: str) -> str:
    return f"{quoted(value)} {told}. {BY_A_SPREADSHEET}"
