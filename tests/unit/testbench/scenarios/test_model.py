"""Scenarios as JSON: what goes in comes out, and what is wrong is named field by field."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lrs_soap.domain.codes import ErrorCode
from lrs_soap.testbench.scenarios import CATALOGUE, Scenario, ScenarioError, read
from tests.unit.testbench.scenarios.bench import MAEVE

FULL: dict[str, Any] = {
    "id": 7,
    "name": "slow",
    "parameters": {"seconds": 2.5},
    "match": {
        "operation": ["learnerByULN", "LearnerServiceR9.LearnerByUln"],
        "organisation": "TEST0101",
        "uln": MAEVE.uln,
        "name": "Ma*",
        "nth": 1,
        "first": 2,
        "every": 1,
        "from": "2026-06-01T10:00:00+01:00",
        "until": "2026-06-02T10:00:00Z",
        "probability": 0.5,
    },
    "world": "a-1",
    "enabled": False,
    "note": "for the timeout",
}


def test_what_goes_in_comes_out() -> None:
    assert json.loads(json.dumps(read(FULL).to_json())) == FULL


@pytest.mark.parametrize("name", CATALOGUE)
def test_what_comes_out_goes_in(name: str) -> None:
    scenario = read({"name": name})
    assert read(scenario.to_json()) == scenario


def test_a_sequence_comes_out_with_what_was_left_out() -> None:
    scenario = read({"name": "sequence", "parameters": {"steps": [{"name": "outage"}, {"name": "normal", "times": 2}]}})
    assert scenario.parameters == {
        "steps": [
            {"name": "outage", "parameters": read({"name": "outage"}).parameters, "times": 1},
            {"name": "normal", "parameters": {}, "times": 2},
        ],
        "repeat": False,
    }
    assert read(scenario.to_json()) == scenario


def test_one_operation_needs_no_list_and_a_moment_no_zone() -> None:
    match = read({"name": "slow", "match": {"operation": "learnerByULN", "from": "2026-06-01T10:00:00"}}).match
    assert match.operation == ("learnerByULN",)
    assert match.from_ == datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_a_fault_takes_every_code() -> None:
    for code in ErrorCode:
        assert read({"name": "fault", "parameters": {"code": code.value}}).parameters["code"] == code


def problems(values: Any) -> dict[str, str]:
    with pytest.raises(ScenarioError) as caught:
        read(values)
    assert str(caught.value) == "\n".join(f"{field}: {text}" for field, text in caught.value.problems)
    return dict(caught.value.problems)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"name": "Field required"}),
        ([], {"scenario": "Input should be a valid dictionary or instance of Scenario"}),
        ({"name": "slwo"}, {"name": "there is no scenario 'slwo'; did you mean 'slow'?"}),
        ({"name": "qqqqqq"}, {"name": "there is no scenario 'qqqqqq'"}),
        ({"name": "slow", "when": 1}, {"when": "there is no such field"}),
        ({"name": "slow", "enabled": 1}, {"enabled": "Input should be a valid boolean"}),
        (
            {"name": "slow", "parameters": {"seconds": 301, "second": 1}},
            {
                "parameters.seconds": "Input should be less than or equal to 300",
                "parameters.second": "there is no such field",
            },
        ),
        (
            {"name": "slow", "parameters": {"seconds": float("inf")}},
            {"parameters.seconds": "Input should be a finite number"},
        ),
        (
            {"name": "outage", "parameters": {"status": 404}},
            {"parameters.status": "Input should be 503, 502, 504, 500 or 200"},
        ),
        ({"name": "sequence"}, {"parameters.steps": "Field required"}),
        ({"name": "sequence", "parameters": {"steps": []}}, {"parameters.steps": "a sequence needs at least one step"}),
        (
            {"name": "sequence", "parameters": {"steps": [{"name": "slow"}, {"name": "sequence", "times": 0}]}},
            {
                "parameters.steps.1.name": "there is no scenario 'sequence'",
                "parameters.steps.1.times": "Input should be greater than or equal to 1",
            },
        ),
        (
            {"name": "sequence", "parameters": {"steps": [{"name": "slow", "parameters": {"seconds": -1}}]}},
            {"parameters.steps.0.parameters.seconds": "Input should be greater than or equal to 0"},
        ),
        (
            {"name": "slow", "match": {"operation": ["learnerByULN", "learnerByULNs"]}},
            {"match.operation.1": "there is no operation 'learnerByULNs'; did you mean 'learnerByULN'?"},
        ),
        (
            {"name": "slow", "match": {"nth": 0, "first": True, "every": "2", "probability": 0, "ulns": "1"}},
            {
                "match.nth": "Input should be greater than or equal to 1",
                "match.first": "Input should be a valid integer",
                "match.every": "Input should be a valid integer",
                "match.probability": "Input should be greater than 0",
                "match.ulns": "there is no such field",
            },
        ),
        (
            {"name": "slow", "match": {"from": "2026-06-01T10:00:00Z", "until": "2026-06-01T11:00:00"}},
            {"match": "from must be before until"},
        ),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(values: Any, expected: dict[str, str]) -> None:
    assert problems(values) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [("organisation", "TEST"), ("uln", "A000000000"), ("uln", "10000000270"), ("name", ""), ("from", "noon")],
)
def test_criteria_that_could_never_be_met_are_refused(field: str, value: str) -> None:
    assert set(problems({"name": "slow", "match": {field: value}})) == {f"match.{field}"}


@pytest.mark.parametrize("content_type", ["", "text/xml\r\nX: y", "text/xml\n", " text/xml", "text/xml; x=é"])
def test_a_header_stays_one(content_type: str) -> None:
    given = {"name": "wrong-content-type", "parameters": {"content_type": content_type}}
    assert set(problems(given)) == {"parameters.content_type"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_number_is_limitless(name: str) -> None:
    numbers = [each for each in CATALOGUE[name].parameters if each.type in ("number", "integer")]
    assert all(number.maximum is not None and number.minimum is not None for number in numbers)


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Scenario(name="slow").name = "fault"
