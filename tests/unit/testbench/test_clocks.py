"""Clocks that can be set."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lrs_soap.domain.clock import SERVICE_ZONE, FixedClock
from lrs_soap.testbench.clocks import ClockError, ClockMode, ClockSetting, SettableClock

NOON = datetime(2026, 7, 1, 11, tzinfo=UTC)
BASE = FixedClock(NOON)


def at(moment: datetime) -> ClockSetting:
    return ClockSetting(ClockMode.FROZEN, frozen_at=moment)


def ahead(seconds: float) -> ClockSetting:
    return ClockSetting(ClockMode.OFFSET, offset=seconds)


def test_a_real_clock_shows_what_the_base_clock_shows() -> None:
    assert ClockSetting().now(BASE) == NOON


def test_a_frozen_clock_shows_where_it_stands_in_the_zone_of_the_service() -> None:
    shown = at(datetime(2025, 12, 31, 19, 30, tzinfo=ZoneInfo("America/New_York"))).now(BASE)
    assert (shown.isoformat(), shown.tzinfo) == ("2026-01-01T00:30:00+00:00", SERVICE_ZONE)


@pytest.mark.parametrize("hours", [-48, -0.5, 0, 1, 24])
def test_a_clock_with_an_offset_is_ahead_of_the_base_clock(hours: float) -> None:
    assert ahead(hours * 3600).now(BASE) - NOON == timedelta(hours=hours)


def test_an_hour_is_an_hour_also_when_the_clocks_change() -> None:
    # On the last Sunday of March 00:30 is followed an hour later by 02:30.
    before = FixedClock(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    assert ahead(3600).now(before).isoformat() == "2026-03-29T02:30:00+01:00"
    frozen = at(datetime(2026, 10, 25, 1, 30, tzinfo=SERVICE_ZONE)).advanced(3600).now(BASE)
    assert frozen.isoformat() == "2026-10-25T01:30:00+00:00"


def test_advancing_adds_up() -> None:
    assert ClockSetting().advanced(60).advanced(-15) == ahead(45)
    assert ahead(10).advanced(5) == ahead(15)
    assert at(NOON).advanced(90).now(BASE) == NOON + timedelta(seconds=90)


def test_what_a_real_clock_was_ahead_by_before_does_not_count() -> None:
    assert ClockSetting(ClockMode.REAL, offset=500).advanced(1) == ahead(1)


@pytest.mark.parametrize(
    "setting",
    [
        at(datetime(1949, 12, 31, 23, 59, 59, tzinfo=UTC)),
        at(datetime(2100, 1, 1, tzinfo=UTC)),
        at(datetime.max.replace(tzinfo=ZoneInfo("America/New_York"))),
        at(datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo"))),
        ahead(-80 * 365.25 * 86_400),
        ahead(1e30),
        ahead(float("inf")),
        ahead(float("nan")),
    ],
)
def test_moments_with_which_the_service_cannot_reckon(setting: ClockSetting) -> None:
    with pytest.raises(ClockError, match="a clock shows the years 1950 to 2099; set it to a moment in them"):
        setting.check(BASE)


@pytest.mark.parametrize(
    "setting", [ClockSetting(), ahead(70 * 365 * 86_400), at(datetime(1950, 1, 1, tzinfo=UTC)), at(NOON)]
)
def test_moments_with_which_it_can(setting: ClockSetting) -> None:
    setting.check(BASE)


def test_a_frozen_clock_cannot_be_advanced_beyond_all_calendars() -> None:
    with pytest.raises(ClockError):
        at(NOON).advanced(1e18)


def test_a_settable_clock_goes_by_its_newest_setting() -> None:
    settings = [ClockSetting()]
    clock = SettableClock(BASE, lambda: settings[-1])
    assert clock.now() == NOON
    settings.append(ahead(5))
    assert clock.now() == NOON + timedelta(seconds=5)
