from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.opening import InvalidOpeningHours, OpeningHours

MONDAY = datetime(2026, 3, 2, tzinfo=SERVICE_ZONE)


def is_open(text: str, day: int, time: str) -> bool:
    hours, minutes = map(int, time.split(":"))
    return OpeningHours.parse(text).is_open(MONDAY + timedelta(days=day, hours=hours, minutes=minutes))


@pytest.mark.parametrize(
    ("text", "day", "time", "expected"),
    [
        ("Mon-Fri 07:00-23:00, Sat 09:00-12:00", 0, "06:59", False),
        ("Mon-Fri 07:00-23:00, Sat 09:00-12:00", 0, "07:00", True),
        ("Mon-Fri 07:00-23:00, Sat 09:00-12:00", 4, "22:59", True),
        ("Mon-Fri 07:00-23:00, Sat 09:00-12:00", 4, "23:00", False),
        ("Mon-Fri 07:00-23:00, Sat 09:00-12:00", 5, "11:59", True),
        ("Mon-Fri 07:00-23:00, Sat 09:00-12:00", 6, "11:00", False),
        ("fri - mon 0:00 - 24:00", 6, "23:59", True),
        ("fri - mon 0:00 - 24:00", 1, "00:00", False),
        ("Sun 22:00-02:00", 0, "01:59", True),
        ("Sun 22:00-02:00", 0, "02:00", False),
        ("Sun 22:00-02:00", 6, "22:00", True),
        ("Sun 22:00-02:00", 6, "01:00", False),
        ("Mon-Sun 00:00-00:00", 3, "00:00", True),
    ],
)
def test_hours_hold(text: str, day: int, time: str, expected: bool) -> None:
    assert is_open(text, day, time) is expected


@given(st.datetimes())
def test_no_hours_mean_always(moment: datetime) -> None:
    assert OpeningHours.parse(" ").is_open(moment)
    assert OpeningHours().is_open(moment)


@given(st.datetimes(min_value=datetime(1, 1, 9)))  # noqa: DTZ001 - hours are told in local time
def test_the_days_of_a_week_cover_the_week(moment: datetime) -> None:
    assert OpeningHours.parse("Mon-Sun 00:00-24:00").is_open(moment)
    assert OpeningHours.parse("Mon-Sat 00:00-24:00").is_open(moment) == (moment.weekday() != 6)


@pytest.mark.parametrize(
    "text",
    ["always", "Mon", "Mon 7-9", "Mon 07:00-25:00", "Mon 07:60-09:00", "Mon 07:00-09:00,", "Mon-Xyz 07:00-09:00"],
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(InvalidOpeningHours, match="like"):
        OpeningHours.parse(text)
