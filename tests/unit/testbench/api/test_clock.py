"""The clock of a world: in every mode, and what it means for the register."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.testbench.api.process import Process
from tests.wire import requests


def now(api: Process, world: str = "default") -> datetime:
    return datetime.fromisoformat(api.get("clock", world=world).body["now"])


def created(api: Process, world: str, **changes: Any) -> str:
    uln = api.soap(requests.register(**changes), world=world).find("ULN")
    assert uln is not None
    return str(api.get(f"learners/{uln}", world=world).body["learner"]["CreatedDate"])


def test_a_clock_goes_with_real_time_at_first(api: Process) -> None:
    before = datetime.now(UTC)
    clock = api.get("clock").body
    assert (clock["mode"], clock["offset_seconds"], clock["frozen_at"]) == ("real", 0.0, None)
    assert before <= datetime.fromisoformat(clock["now"]) <= datetime.now(UTC)


@pytest.mark.parametrize("wanted", [{"mode": "frozen", "at": "2025-09-01T09:00:00+01:00"}, {"at": "2025-09-01 09:00"}])
def test_a_frozen_clock_stands_still_for_the_register(api: Process, college: str, wanted: dict[str, Any]) -> None:
    clock = api.put("clock", wanted, world=college).body
    assert (clock["mode"], clock["now"]) == ("frozen", "2025-09-01T09:00:00+01:00")
    assert clock["frozen_at"] == clock["now"]
    assert created(api, college, GivenName="Ifor") == "2025-09-01 09:00:00"
    assert now(api, college) == datetime(2025, 9, 1, 8, tzinfo=UTC)
    assert now(api) > datetime(2026, 1, 1, tzinfo=UTC), "the clock of another world goes on"


def test_a_clock_can_be_frozen_where_it_is(api: Process) -> None:
    clock = api.put("clock", {"mode": "frozen"}).body
    assert now(api) == datetime.fromisoformat(clock["frozen_at"])


def test_a_clock_with_an_offset_is_ahead_of_real_time(api: Process, college: str) -> None:
    clock = api.put("clock", {"offset_seconds": -86_400.5}, world=college).body
    assert (clock["mode"], clock["offset_seconds"]) == ("offset", -86_400.5)
    behind = datetime.now(UTC) - now(api, college)
    assert timedelta(days=1) < behind < timedelta(days=1, hours=1)


def test_a_frozen_clock_that_is_advanced_stands_still_again(api: Process) -> None:
    api.put("clock", {"at": "2025-03-30T00:30:00Z"})
    clock = api.post("clock/advance", {"days": 1, "hours": -1, "minutes": 2, "seconds": 0.5}).body
    assert (clock["mode"], clock["now"]) == ("frozen", "2025-03-31T00:32:00.500000+01:00")


def test_a_clock_that_is_advanced_twice_is_ahead_by_both(api: Process) -> None:
    api.post("clock/advance", {"hours": 1})
    clock = api.post("clock/advance", {"minutes": 30}).body
    assert (clock["mode"], clock["offset_seconds"]) == ("offset", 5_400.0)


def test_a_clock_can_go_with_real_time_again(api: Process) -> None:
    api.put("clock", {"at": "2001-01-01"})
    clock = api.put("clock", {"mode": "real"}).body
    assert (clock["mode"], clock["frozen_at"]) == ("real", None)
    assert now(api) > datetime(2026, 1, 1, tzinfo=UTC)


def test_every_process_goes_by_the_newest_setting(api: Process, other: Process, college: str) -> None:
    other.get("clock", world=college)
    api.put("clock", {"at": "2024-02-29T12:00:00Z"}, world=college)
    assert now(other, college) == datetime(2024, 2, 29, 12, tzinfo=UTC)
    assert created(other, college, GivenName="Ifor") == "2024-02-29 12:00:00"
    other.post("clock/advance", {"days": 1}, world=college)
    assert created(api, college, GivenName="Ewan") == "2024-03-01 12:00:00"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "say how the clock is to go"),
        ({"mode": "offset"}, "offset_seconds goes with mode offset"),
        ({"mode": "real", "offset_seconds": 1}, "offset_seconds goes with mode offset"),
        ({"mode": "real", "at": "2025-09-01T09:00:00Z"}, "only a frozen clock stands at a moment"),
        ({"mode": "fast"}, "mode: should be 'real', 'offset' or 'frozen'; this was 'fast'"),
        ({"at": "tomorrow"}, "at: should be a valid datetime"),
        ({"at": "1815-06-18T12:00:00Z"}, "a clock shows the years 1950 to 2099"),
        ({"at": "9999-12-31T23:59:59Z"}, "a clock shows the years 1950 to 2099"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "a clock shows the years 1950 to 2099"),
        ({"offset_seconds": 1e12}, "a clock shows the years 1950 to 2099"),
        ({"offset_seconds": 1e300}, "a clock shows the years 1950 to 2099"),
    ],
)
def test_what_cannot_be_set(api: Process, body: Any, says: str) -> None:
    refused = api.put("clock", body)
    assert refused.status == 422
    assert says in refused.error
    assert api.get("clock").body["mode"] == "real"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "say how far to advance the clock: seconds, minutes, hours, days"),
        ({"weeks": 1}, "weeks: there is no such field; known are seconds, minutes, hours, days"),
        ({"days": "1"}, "days: should be a valid number; this was '1'"),
        ({"days": 1e9}, "a clock shows the years 1950 to 2099"),
        ({"days": 1e300}, "a clock shows the years 1950 to 2099"),
    ],
)
def test_how_far_a_clock_cannot_be_advanced(api: Process, body: Any, says: str) -> None:
    for setting in ({"mode": "real"}, {"at": "2025-09-01T09:00:00Z"}):
        before = api.put("clock", setting).body["frozen_at"]
        refused = api.post("clock/advance", body)
        assert refused.status == 422
        assert says in refused.error
        assert api.get("clock").body["frozen_at"] == before
