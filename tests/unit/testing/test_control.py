"""The client of the control API: what it sends, and what it makes of refusals."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lrs_soap.testing import (
    Clock,
    Control,
    ControlRefusedError,
    ControlUnreachableError,
    Journal,
    JournalTimeoutError,
    Learners,
    Scenarios,
    TestBenchError,
    Worlds,
    step,
)
from tests.unit.testing.conftest import Answering

CLOCK = {"mode": "real", "offset_seconds": 0, "frozen_at": None, "now": "2026-03-02T10:15:04+00:00"}
SCENARIO = {"id": 7, "name": "outage", "parameters": {}, "match": {}}
LEARNER = {
    "uln": "9276308686",
    "search": {"GivenName": "Maeve"},
    "code": "WSRC0004",
    "learner": {"Notes": "x"},
    "events": [],
}


def test_an_error_says_what_was_asked_and_why_not(answering: Answering) -> None:
    answering.give(422, {"error": "mode: should be real, offset or frozen", "field": "mode"})
    with pytest.raises(ControlRefusedError) as caught:
        Control(answering.url).put("clock", {"mode": "sundial"}, world="w1")
    assert str(caught.value) == (
        "PUT /_lrs/clock?world=w1 was refused with 422: mode: should be real, offset or frozen"
    )
    assert (caught.value.status, caught.value.field) == (422, "mode")


@pytest.mark.parametrize("content", [b"<html>Bad Gateway</html>", b"[1]", b"null", b'"x"', b"{}"])
def test_an_error_that_is_not_the_control_apis(answering: Answering, content: bytes) -> None:
    answering.give(502, content)
    with pytest.raises(ControlRefusedError, match=r"GET /_lrs/version was refused with 502: \S"):
        Control(answering.url).version()


def test_nobody_answers() -> None:
    with pytest.raises(ControlUnreachableError, match=r"http://127\.0\.0\.1:1/_lrs cannot be reached"):
        Control("http://127.0.0.1:1").version()
    assert not Control("http://127.0.0.1:1").is_ready()
    with pytest.raises(ControlUnreachableError, match="not ready after 0 seconds"):
        Control("http://127.0.0.1:1").wait_until_ready(0)


def test_every_error_is_one_of_the_test_bench() -> None:
    assert issubclass(ControlRefusedError, TestBenchError)
    assert issubclass(ControlUnreachableError, TestBenchError)
    assert issubclass(JournalTimeoutError, (TestBenchError, AssertionError))


def test_what_is_no_web_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not a web address: '127\.0\.0\.1:8080'"):
        Control("127.0.0.1:8080")


def test_the_token_is_sent_whatever_netrc_holds(
    answering: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    Control(answering.url, "secret-token").get("version")
    Control(answering.url).get("version")
    with_token, without = answering.received
    assert with_token.headers["Authorization"] == "Bearer secret-token"
    assert "Authorization" not in without.headers


def test_a_server_is_ready_when_it_says_so(answering: Answering) -> None:
    control = Control(answering.url)
    answering.give(503, {"status": "not ready"})
    assert not control.is_ready()
    answering.give(200, {"status": "ready"})
    control.wait_until_ready()
    assert {request.path for request in answering.received} == {"/_lrs/health/ready"}


def sent(answering: Answering) -> tuple[str, str, object]:
    last = answering.received[-1]
    return last.method, last.path, json.loads(last.body) if last.body else None


def test_clocks(answering: Answering) -> None:
    answering.give(200, CLOCK)
    clock = Clock(Control(answering.url), "w1")
    assert clock.now == datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)
    clock.freeze(datetime(2026, 1, 1, tzinfo=UTC))
    assert sent(answering) == ("PUT", "/_lrs/clock?world=w1", {"mode": "frozen", "at": "2026-01-01T00:00:00+00:00"})
    clock.freeze("2026-01-01T00:00")
    assert sent(answering)[2] == {"mode": "frozen", "at": "2026-01-01T00:00"}
    clock.offset(timedelta(hours=-1))
    assert sent(answering)[2] == {"mode": "offset", "offset_seconds": -3600.0}
    clock.advance(days=1, minutes=1)
    assert sent(answering) == ("POST", "/_lrs/clock/advance?world=w1", {"seconds": 86460.0})


def test_scenarios(answering: Answering) -> None:
    answering.give(201, SCENARIO)
    scenarios = Scenarios(Control(answering.url), "w1")
    with scenarios.add("outage", operation="learnerByULN", first=2, start="2026-01-01T00:00", status=502) as scenario:
        match = {"operation": "learnerByULN", "first": 2, "from": "2026-01-01T00:00"}
        wanted = {"name": "outage", "parameters": {"status": 502}, "match": match, "note": ""}
        assert sent(answering) == ("POST", "/_lrs/scenarios?world=w1", wanted)
        assert scenario.id == 7
        answering.give(204, b"")
    assert sent(answering) == ("DELETE", "/_lrs/scenarios/7?world=w1", None)


def test_a_list_of_scenarios_is_a_sequence(answering: Answering) -> None:
    answering.give(201, SCENARIO)
    Scenarios(Control(answering.url)).add(["outage", step("slow", times=2, seconds=0.5), "normal"], repeat=True)
    method, path, body = sent(answering)
    assert (method, path) == ("POST", "/_lrs/scenarios?world=default")
    steps = [
        {"name": "outage", "parameters": {}, "times": 1},
        {"name": "slow", "parameters": {"seconds": 0.5}, "times": 2},
        {"name": "normal", "parameters": {}, "times": 1},
    ]
    assert body == {"name": "sequence", "parameters": {"steps": steps, "repeat": True}, "match": {}, "note": ""}


def test_what_is_gone_already_may_be_removed(answering: Answering) -> None:
    answering.give(404, {"error": "there is none"})
    Scenarios(Control(answering.url)).remove(7)
    Worlds(Control(answering.url)).delete("w1")
    answering.give(409, {"error": "the default world lasts"})
    with pytest.raises(ControlRefusedError, match="the default world lasts"):
        Worlds(Control(answering.url)).delete("default")
    with pytest.raises(ControlRefusedError):
        Scenarios(Control(answering.url)).remove(7)


def test_learners(answering: Answering) -> None:
    answering.give(201, LEARNER)
    learners = Learners(Control(answering.url), "w1")
    learner = learners.create(("linked", "not sharing"), events={"NPD": 3}, DateOfBirth=date(2006, 3, 14))
    wanted = {"state": ["linked", "not sharing"], "events": {"NPD": 3}, "DateOfBirth": "2006-03-14"}
    assert sent(answering) == ("POST", "/_lrs/learners?world=w1", wanted)
    assert (learner["GivenName"], learner["Notes"]) == ("Maeve", "x")
    learners.create("linked", linked_to=learner)
    assert sent(answering)[2] == {"state": "linked", "linked_to": "9276308686"}


def test_criteria_are_written_as_the_control_api_reads_them(answering: Answering) -> None:
    answering.give(200, {"entries": [], "count": 0})
    since = datetime(2026, 1, 1, tzinfo=UTC)
    journal = Journal(Control(answering.url), "w1")
    journal.entries(limit=3, messages=False, status=500, since=since, operation=None)
    assert sent(answering)[1] == (
        "/_lrs/journal?world=w1&limit=3&messages=false&status=500&since=2026-01-01T00%3A00%3A00%2B00%3A00"
    )


def test_waiting_in_vain_tells_what_was_waited_for(answering: Answering) -> None:
    answering.give(200, {"entries": [], "count": 0})
    with pytest.raises(JournalTimeoutError) as caught:
        Journal(Control(answering.url)).wait(2, timeout=0, operation="learnerByULN")
    assert str(caught.value) == (
        "2 requests were to come within 0 seconds, operation learnerByULN; 0 did. All that came: none"
    )
    assert caught.value.entries == ()
