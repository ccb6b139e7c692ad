"""Time, handed in: nothing in the domain asks the machine what time it is."""

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SERVICE_ZONE = ZoneInfo("Europe/London")


class Clock(Protocol):
    """What tells the time to the register."""

    def now(self) -> datetime:
        """Return the moment it is, aware, in the service's own time zone."""
        ...


class SystemClock:
    """The machine's time in the service's time zone."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(SERVICE_ZONE)


class FixedClock:
    """A clock that stands still, for reproducible answers."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(SERVICE_ZONE) if moment.tzinfo else moment.replace(tzinfo=SERVICE_ZONE)

    def now(self) -> datetime:
        """Return the moment the clock was set to."""
        return self._moment


def age_on(day: date, date_of_birth: date) -> int:
    """Return the completed years between a date of birth and a day."""
    had_birthday = (day.month, day.day) >= (date_of_birth.month, date_of_birth.day)
    return day.year - date_of_birth.year - (not had_birthday)
