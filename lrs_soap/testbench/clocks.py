"""Clocks that can be set: real, ahead or behind by so much, or standing still."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from lrs_soap.domain.clock import SERVICE_ZONE, Clock

YEARS = range(1950, 2100)
_OUTSIDE = f"a clock shows the years {YEARS[0]} to {YEARS[-1]}; set it to a moment in them"


class ClockMode(StrEnum):
    """How a clock goes."""

    REAL = "real"
    OFFSET = "offset"
    FROZEN = "frozen"


class ClockError(ValueError):
    """A clock cannot be set so; the text says what can be done."""


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How a clock is set. offset: seconds ahead of the base clock. frozen_at: aware, where a frozen one stands."""

    mode: ClockMode = ClockMode.REAL
    offset: float = 0.0
    frozen_at: datetime | None = None

    def now(self, base: Clock) -> datetime:
        """Return the moment it is by this clock, in the service's time zone."""
        if self.mode is ClockMode.FROZEN and self.frozen_at is not None:
            return _later(self.frozen_at, 0)
        moment = base.now()
        if self.mode is ClockMode.REAL:
            return moment
        return _later(moment, self.offset)

    def advanced(self, seconds: float) -> "ClockSetting":
        """Return the setting of a clock put forward, or back; a real one becomes one with an offset."""
        if self.mode is ClockMode.FROZEN and self.frozen_at is not None:
            return ClockSetting(ClockMode.FROZEN, frozen_at=_later(self.frozen_at, seconds))
        ahead = self.offset if self.mode is ClockMode.OFFSET else 0.0
        return ClockSetting(ClockMode.OFFSET, offset=ahead + seconds)

    def check(self, base: Clock) -> None:
        """Raise ClockError for a setting with which the service could not reckon."""
        if self.now(base).year not in YEARS:
            raise ClockError(_OUTSIDE)


class SettableClock:
    """A clock whose setting is asked for every time, so that every process goes by the newest one."""

    def __init__(self, base: Clock, setting: Callable[[], ClockSetting]) -> None:
        self._base = base
        self._setting = setting

    def now(self) -> datetime:
        """Return the moment it is."""
        return self._setting().now(self._base)


def _later(moment: datetime, seconds: float) -> datetime:
    # Moments of one zone are added to by the clock on the wall, which jumps twice a year.
    try:
        return (moment.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(SERVICE_ZONE)
    except (OverflowError, ValueError):
        raise ClockError(_OUTSIDE) from None
