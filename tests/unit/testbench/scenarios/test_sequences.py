"""Sequences: step after step, for as many calls as each is for."""

from typing import Any

import pytest

from tests.unit.testbench.scenarios.bench import IDRIS, MAEVE, Bench
from tests.wire import requests

FIND = requests.by_uln(MAEVE.uln)


def sequence(*steps: dict[str, Any] | str, repeat: bool = False) -> dict[str, Any]:
    return {"steps": [{"name": step} if isinstance(step, str) else step for step in steps], "repeat": repeat}


def played(bench: Bench, calls: int, message: str = FIND) -> list[str | None]:
    return [bench.post(message).scenario for _ in range(calls)]


def test_two_faults_and_then_all_is_normal(bench: Bench) -> None:
    bench.add("sequence", sequence("internal-error", "out-of-hours"))
    assert [bench.post(FIND).code for _ in range(4)] == ["WSEC0999", "WSEC0004", "WSRC0004", "WSRC0004"]


def test_a_step_may_be_for_many_calls_and_a_normal_one_stands_between(bench: Bench) -> None:
    scenario = bench.add("sequence", sequence({"name": "outage", "times": 2}, {"name": "normal", "times": 2}, "slow"))
    outage, slow = "sequence: outage", "sequence: slow"
    assert played(bench, 6) == [outage, outage, None, None, slow, None]
    assert (bench.counts(scenario).calls, bench.counts(scenario).acted) == (6, 5)


def test_a_sequence_may_begin_anew(bench: Bench) -> None:
    bench.add("sequence", sequence("outage", {"name": "normal", "times": 2}, repeat=True))
    assert played(bench, 7) == ["sequence: outage", None, None] * 2 + ["sequence: outage"]


def test_steps_have_parameters_of_their_own(bench: Bench) -> None:
    bench.add("sequence", sequence({"name": "slow", "parameters": {"seconds": 2}}, "slow"))
    assert [bench.post(FIND).pauses for _ in range(3)] == [[2.0], [5.0], []]


def test_a_step_is_taken_when_it_is_the_turn_of_the_scenario(bench: Bench) -> None:
    bench.add("sequence", sequence("outage", "slow"), every=2)
    assert played(bench, 6) == [None, "sequence: outage", None, "sequence: slow", None, None]


def test_a_step_waits_for_an_operation_it_can_be_done_to(bench: Bench) -> None:
    bench.add("sequence", sequence("stale-version", "outage"))
    assert bench.post(FIND).scenario is None
    assert bench.post(requests.update(MAEVE.uln)).code == "WSRC0013"
    assert bench.post(FIND).scenario == "sequence: outage"


def test_a_step_that_another_scenario_forestalls_is_not_taken(bench: Bench) -> None:
    bench.add("slow", uln=IDRIS.uln)
    bench.add("sequence", sequence("outage"))
    assert bench.post(requests.by_uln(IDRIS.uln, "Idris", "Pryce")).scenario == "slow"
    assert bench.post(FIND).scenario == "sequence: outage"


def test_rewinding_begins_with_the_first_step(bench: Bench) -> None:
    bench.add("sequence", sequence("outage", "slow"))
    played(bench, 3)
    bench.scenarios.rewind("default")
    assert played(bench, 3) == ["sequence: outage", "sequence: slow", None]


@pytest.mark.parametrize("others", [(), ("rate-limit",)])
def test_what_reaches_no_operation_takes_a_step_that_needs_none(bench: Bench, others: tuple[str, ...]) -> None:
    for name in others:
        bench.add(name)
    bench.add("sequence", sequence("outage", "out-of-hours"))
    assert [bench.post("<").status[:3] for _ in range(3)] == ["503", "500", "500"]
    assert bench.post("<").code == "WSEC0001"


def test_what_reaches_no_operation_is_no_call_of_a_sequence_that_needs_messages(bench: Bench) -> None:
    scenario = bench.add("sequence", sequence("outage", "stale-version"))
    assert bench.post("<").code == "WSEC0001"
    assert bench.counts(scenario).calls == 0
