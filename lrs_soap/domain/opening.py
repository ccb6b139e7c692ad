"""Operating hours. Rule: "operating hours"."""

import re
from dataclasses import dataclass
from datetime import datetime

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES_A_DAY = 24 * 60
_SPAN = re.compile(
    rf"(?P<first>{'|'.join(_DAYS)})(?:\s*-\s*(?P<last>{'|'.join(_DAYS)}))?\s+"
    r"(?P<opens>\d{1,2}:\d{2})\s*-\s*(?P<closes>\d{1,2}:\d{2})",
    re.IGNORECASE,
)


class InvalidOpeningHours(ValueError):  # noqa: N818 - named as the cause, as in uln
    """The text does not say when the service is open."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When the service is open: spans of minutes since Monday 00:00, the end not included. No spans: always.

    >>> from datetime import datetime
    >>> hours = OpeningHours.parse("Mon-Fri 07:00-23:00, Sat 09:00-12:00")
    >>> hours.is_open(datetime(2026, 3, 2, 7, 0)), hours.is_open(datetime(2026, 3, 1, 10, 0))
    (True, False)
    """

    spans: tuple[tuple[int, int], ...] = ()
    text: str = "always"

    @classmethod
    def parse(cls, text: str) -> "OpeningHours":
        """Read hours such as `Mon-Fri 07:00-23:00, Sat 09:00-12:00`; an empty text means always open.

        Hours that end no later than they begin end on the next day. Raises InvalidOpeningHours.
        """
        if not text.strip():
            return cls()
        return cls(tuple(span for part in text.split(",") for span in _spans(part.strip())), text.strip())

    def __str__(self) -> str:
        return self.text

    def is_open(self, now: datetime) -> bool:
        """Return whether the service is open at a moment, told in the service's own time zone."""
        minute = now.weekday() * _MINUTES_A_DAY + now.hour * 60 + now.minute
        week = len(_DAYS) * _MINUTES_A_DAY
        # Once more a week later, for hours that run from Sunday into Monday.
        return not self.spans or any(
            opens <= moment < closes for opens, closes in self.spans for moment in (minute, minute + week)
        )


def _spans(part: str) -> list[tuple[int, int]]:
    found = _SPAN.fullmatch(part)
    if not found:
        msg = f"'{part}' are no opening hours; write them like 'Mon-Fri 07:00-23:00'"
        raise InvalidOpeningHours(msg)
    opens, closes = _minutes(found["opens"]), _minutes(found["closes"])
    length = closes - opens if closes > opens else closes - opens + _MINUTES_A_DAY
    begins = [day * _MINUTES_A_DAY + opens for day in _days(found["first"], found["last"] or found["first"])]
    return [(begin, begin + length) for begin in begins]


def _days(first: str, last: str) -> list[int]:
    start, end = _DAYS.index(first.lower()), _DAYS.index(last.lower())
    return [(start + step) % len(_DAYS) for step in range((end - start) % len(_DAYS) + 1)]


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    total = int(hours) * 60 + int(minutes)
    if total > _MINUTES_A_DAY or int(minutes) > 59:
        msg = f"'{text}' is no time of day; write it like '07:00'"
        raise InvalidOpeningHours(msg)
    return total
