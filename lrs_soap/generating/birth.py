"""Dates of birth: ages as learners have them, births by the season, and a day that stands for one nobody knew."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from lrs_soap.generating import tables
from lrs_soap.generating.weighted import Weighted

_LEAP_YEAR = 2004


@dataclass(frozen=True, slots=True)
class Births:
    """When learners were born who are of age on a day. unknown: what stands for a date of birth nobody knew."""

    on: date
    ages: Weighted[int]
    days: Weighted[tuple[int, int]]
    unknown: date
    share_unknown: float
    share_new_year: float

    def pick(self, age: float, day: float) -> date:
        """Return the date of birth that two numbers from 0 to 1 stand for."""
        years, (month, number) = self.ages.pick(age), self.days.pick(day)
        year = self.on.year - years - ((month, number) > (self.on.month, self.on.day))
        if (month, number) == (2, 29):
            return date(year, 2, monthrange(year, 2)[1])
        return date(year, month, number)


@cache
def births(on: date) -> Births:
    """Return when learners were born, as the table has it, for their ages on a day."""
    table = tables.load("people")
    unknown = table["unknown_birth"]
    return Births(
        on=on,
        ages=Weighted(_ages(table["ages"])),
        days=Weighted(_days(table["months"])),
        unknown=date.fromisoformat(unknown["date"]),
        share_unknown=unknown["share"],
        share_new_year=unknown["new_year"],
    )


def _ages(spans: list[tuple[int, int, float]]) -> Iterator[tuple[int, float]]:
    for first, last, weight in spans:
        for age in range(first, last + 1):
            yield age, weight / (last - first + 1)


def _days(months: list[float]) -> Iterator[tuple[tuple[int, int], float]]:
    for month, weight in enumerate(months, 1):
        for day in range(1, monthrange(_LEAP_YEAR, month)[1] + 1):
            # The 29th of February comes every four years.
            yield (month, day), weight / 4 if (month, day) == (2, 29) else weight
