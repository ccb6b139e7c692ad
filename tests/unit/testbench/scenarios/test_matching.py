"""Which calls a scenario acts on: each criterion by itself, counts, chance, and what never reaches an operation."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import event

from lrs_soap.services import observing
from lrs_soap.testbench.scenarios import Stage
from tests.unit.testbench.scenarios.bench import ACHIEVEMENT, IDRIS, MAEVE, NEIGHBOUR, Bench, environ_of
from tests.wire import requests

FIND = requests.by_uln(MAEVE.uln)
OTHER = requests.by_uln(IDRIS.uln, "Idris", "Pryce")
R9 = "LearnerServiceR9"
CALLS: dict[str, tuple[str, str]] = {
    "find": (FIND, "LearnerService"),
    "find other": (OTHER, "LearnerService"),
    "find in register": (FIND, "LearnerRegister"),
    "find r9": (requests.by_uln_r9(MAEVE.uln), R9),
    "demographics": (requests.by_demographics(), "LearnerService"),
    "register": (requests.register(GivenName="Ada"), "LearnerService"),
    "update": (requests.update(MAEVE.uln, GivenName="Mae"), "LearnerService"),
    "verify": (requests.verify(MAEVE.uln), "LearnerService"),
    "retrieve": (requests.retrieve(IDRIS.uln, MAEVE.uln), "LearnerService"),
    "events": (requests.events(MAEVE.uln), R9),
    "audit": (requests.view_audit(MAEVE.uln), R9),
    "batch": (requests.submit_batch(requests.MAEVE | {"ULN": MAEVE.uln}, requests.MAEVE), "LearnerService"),
    "achievements": (
        requests.submit_achievements(ACHIEVEMENT),
        "ExternalService",
    ),
    "poll": (requests.achievement_job(1), "ExternalService"),
    "neighbour": (requests.by_uln(MAEVE.uln, UKPRN=NEIGHBOUR.ukprn), "LearnerService"),
    "by reference": (
        requests.by_uln(MAEVE.uln, UKPRN=None).replace("<OrgP", "<OrganisationRef>tst002</OrganisationRef><OrgP"),
        "LearnerService",
    ),
    "by reference r9": (
        requests.events(MAEVE.uln, {"OrganisationRef": "TST002", "Password": requests.CALLER["OrgPassword"]}),
        R9,
    ),
}


def acted_on(bench: Bench) -> set[str]:
    """Return the calls that the scenarios act on."""
    return {name for name, call in CALLS.items() if bench.post(*call).scenario is not None}


WITH_MAEVE = set(CALLS) - {"find other", "demographics", "register", "poll"}


MATCHES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, set(CALLS)),
    ({"operation": "learnerByULN"}, {"find", "find other", "neighbour", "by reference"}),
    ({"operation": "FindLearnerByULN"}, {"find", "find other", "find in register", "neighbour", "by reference"}),
    ({"operation": "LearnerRegister.LearnerByULN"}, {"find in register"}),
    ({"operation": ["LearnerByUln", "ViewAudit"]}, {"find r9", "audit"}),
    ({"organisation": "test0202"}, {"neighbour"}),
    ({"organisation": "TST002"}, {"by reference", "by reference r9"}),
    ({"organisation": "TST001"}, {"achievements", "poll"}),
    ({"uln": IDRIS.uln}, {"find other", "retrieve"}),
    ({"uln": MAEVE.uln}, WITH_MAEVE),
    ({"uln": f"{MAEVE.uln[:9]}?"}, WITH_MAEVE),
    ({"name": "maeve"}, WITH_MAEVE - {"update", "retrieve"} | {"demographics"}),
    ({"name": "Pryce"}, {"find other"}),
    ({"name": "MA?VE OKA*"}, WITH_MAEVE - {"update", "retrieve"} | {"demographics"}),
    ({"name": "* okafor"}, WITH_MAEVE - {"retrieve"} | {"demographics", "register"}),
    ({"name": "Ada", "operation": "registerSingleLearner"}, {"register"}),
    ({"name": "Idris", "uln": MAEVE.uln}, set()),
    ({"name": "Okafor", "uln": MAEVE.uln, "organisation": "TST001"}, {"achievements"}),
]


@pytest.mark.parametrize(("match", "expected"), MATCHES, ids=[str(match) for match, _ in MATCHES])
def test_criteria_on_the_message(bench: Bench, match: Mapping[str, Any], expected: set[str]) -> None:
    bench.add("out-of-hours", **match)
    assert acted_on(bench) == expected


def test_a_criterion_is_about_one_learner_of_many(bench: Bench) -> None:
    bench.add("out-of-hours", name="Idris", uln=MAEVE.uln)
    both = requests.submit_batch(
        requests.MAEVE | {"ULN": MAEVE.uln}, requests.MAEVE | {"GivenName": "Idris", "ULN": IDRIS.uln}
    )
    assert bench.post(both).scenario is None


def numbers(bench: Bench, calls: int = 12) -> list[int]:
    """Return the numbers of the calls that are acted on."""
    return [number for number in range(1, calls + 1) if bench.post(FIND).scenario is not None]


@pytest.mark.parametrize("operation", [None, "learnerByULN"])
@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({"nth": 3}, [3]),
        ({"first": 2}, [1, 2]),
        ({"every": 4}, [4, 8, 12]),
        ({"every": 4, "first": 8}, [4, 8]),
        ({"nth": 3, "every": 2}, []),
    ],
    ids=str,
)
def test_counts(bench: Bench, match: Mapping[str, int], expected: list[int], operation: str | None) -> None:
    bench.add("out-of-hours", **match, **({"operation": operation} if operation else {}))
    assert numbers(bench) == expected


def test_calls_that_a_scenario_is_not_about_are_not_counted(bench: Bench) -> None:
    scenario = bench.add("out-of-hours", nth=2, uln=IDRIS.uln)
    got = [bench.post(message).scenario for message in (OTHER, FIND, FIND, OTHER, OTHER)]
    assert got == [None, None, None, "out-of-hours", None]
    assert (bench.counts(scenario).calls, bench.counts(scenario).acted) == (3, 1)


def test_a_time_window_goes_by_the_clock_of_the_world(bench: Bench) -> None:
    # In June the service's zone is an hour ahead.
    scenario = bench.add("out-of-hours", from_="2026-06-01T10:31:00", until="2026-06-01T09:33:00Z")
    acted = []
    for _ in range(4):
        acted.append(bench.post(FIND).scenario is not None)
        bench.clock.advance(60)
    assert acted == [False, True, True, False]
    assert bench.counts(scenario).calls == 2


def with_seed(bench: Bench, seed: int | None) -> list[int]:
    """Return the numbers of the calls that are acted on in a world of this seed, from the first call on."""
    bench.stage = Stage(bench.register, bench.stage.endpoints, seed)
    bench.scenarios.rewind("default")
    return numbers(bench, 40)


def test_a_seed_repeats_what_chance_did(bench: Bench) -> None:
    bench.add("out-of-hours", probability=0.5)
    first = with_seed(bench, 1)
    assert 0 < len(first) < 40
    assert with_seed(bench, 1) == first
    assert with_seed(bench, 2) != first


def test_a_seed_counts_for_a_scenario_set_anew(bench: Bench) -> None:
    before = bench.add("out-of-hours", probability=0.5)
    first = numbers(bench, 40)
    bench.scenarios.remove(before.id)
    bench.add("out-of-hours", probability=0.5)
    assert numbers(bench, 40) == first


def test_without_a_seed_nothing_repeats(bench: Bench) -> None:
    bench.add("slow-spread", {"least": 0, "most": 300})
    bench.stage = Stage(bench.register, bench.stage.endpoints)
    delays = set()
    for _ in range(3):
        bench.scenarios.rewind("default")
        delays.add(bench.post(FIND).pauses[0])
    assert len(delays) == 3


@pytest.mark.parametrize(("probability", "expected"), [(1.0, 12), (1e-12, 0)])
def test_certain_and_next_to_impossible(bench: Bench, probability: float, expected: int) -> None:
    bench.add("out-of-hours", probability=probability)
    assert len(numbers(bench)) == expected


def test_the_first_of_several_acts_and_all_are_counted(bench: Bench) -> None:
    first = bench.add("outage", first=1)
    second = bench.add("out-of-hours", nth=2)
    third = bench.add("slow")
    assert [bench.post(FIND).scenario for _ in range(3)] == ["outage", "out-of-hours", "slow"]
    assert [bench.counts(scenario).calls for scenario in (first, second, third)] == [3, 3, 3]
    assert [bench.counts(scenario).acted for scenario in (first, second, third)] == [1, 1, 1]


def test_a_scenario_is_of_one_world_and_may_be_off(bench: Bench) -> None:
    scenario = bench.add("outage")
    assert bench.post(FIND, world="other").scenario is None
    bench.scenarios.replace(scenario.model_copy(update={"enabled": False}))
    assert bench.post(FIND).scenario is None
    bench.scenarios.replace(scenario.model_copy(update={"world": "other"}))
    assert bench.post(FIND).scenario is None
    assert bench.post(FIND, world="other").scenario == "outage"


MALFORMED = {"not XML": "<", "no envelope": "<a/>", "unknown": FIND.replace("FindLearnerByULN", "FindNobody")}


@pytest.mark.parametrize("about", [None, "learnerByULN"])
@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize(
    ("service", "detail"),
    [("LearnerService", "ErrorTimestamp"), (R9, "ErrorDetail"), ("LearnerRegister", "ErrorTimestamp")],
)
def test_what_reaches_no_operation_meets_what_is_not_about_messages(
    bench: Bench, message: str, service: str, detail: str, about: str | None
) -> None:
    if about is not None:
        # Its criterion has the message read, but not met by this one.
        bench.add("slow", operation=about)
    plain = bench.post(message, service)
    assert plain.code in ("WSEC0001", "WSEC0002")
    scenario = bench.add("out-of-hours", first=1)
    got = bench.post(message, service)
    assert (got.status, got.code) == ("500 Internal Server Error", "WSEC0004")
    assert got.soap.anywhere(detail) is not None
    assert bench.post(message, service).body[:200] == plain.body[:200]
    assert bench.counts(scenario).acted == 1


@pytest.mark.parametrize("about", [None, "learnerByULN"])
def test_refusals_of_http_meet_it_too(bench: Bench, about: str | None) -> None:
    if about is not None:
        bench.add("slow", operation=about)
    scenario = bench.add("outage")
    got = bench.post(FIND, CONTENT_TYPE="application/json")
    assert got.status == "503 Service Unavailable"
    bench.scenarios.remove(scenario.id)
    assert bench.post(FIND, CONTENT_TYPE="application/json").status.startswith("415")


def test_pages_and_descriptions_are_spared(bench: Bench) -> None:
    scenario = bench.add("outage")
    for changes in ({"REQUEST_METHOD": "GET", "QUERY_STRING": "wsdl"}, {"REQUEST_METHOD": "PUT"}, {"PATH_INFO": "/x"}):
        got = bench.request(environ_of("", "LearnerService") | changes)
        assert not got.status.startswith("503")
    assert bench.counts(scenario).calls == 0


def test_paths_are_known_in_any_letters(bench: Bench) -> None:
    bench.add("outage")
    assert bench.post(FIND, PATH_INFO="/learnerservice.SVC").scenario == "outage"


def test_the_form_of_a_fault_is_that_of_the_operation_also_when_nothing_is_matched(bench: Bench) -> None:
    bench.add("out-of-hours")
    assert bench.post(requests.events(MAEVE.uln), "LearnerRegister").soap.anywhere("ErrorDetail") is not None
    assert bench.post(FIND, "LearnerRegister").soap.anywhere("ErrorTimestamp") is not None


def test_whoever_observes_sees_what_was_sent_and_answered(bench: Bench) -> None:
    bench.add("wrong-password", operation="learnerByULN")
    noted = observing.Observation()
    token = observing.observation.set(noted)
    try:
        bench.post(FIND)
        assert observing.observation.get() is noted
    finally:
        observing.observation.reset(token)
    assert (noted.operation, noted.outcome, noted.message) == ("learnerByULN", "WSEC0005", FIND.encode())
    assert MAEVE.uln == noted.request.ULN
    assert noted.interceptor is None


def test_nobody_observes_afterwards(bench: Bench) -> None:
    bench.add("slow")
    bench.post(FIND)
    assert observing.observation.get() is None


def test_a_world_without_scenarios_costs_no_statement(bench: Bench) -> None:
    bench.scenarios.remove(bench.add("slow").id)
    bench.post(FIND)
    statements: list[str] = []
    event.listen(bench.control.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    bench.post(FIND)
    assert statements == []
    bench.add("slow")
    bench.post(FIND)
    assert statements != []
