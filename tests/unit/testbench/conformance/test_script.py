"""Every step of the test script: what a client does to show it, and what the service answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from lrs_soap.app import SERVICES
from lrs_soap.domain.codes import MEANINGS, ErrorCode
from lrs_soap.services.endpoint import ContractApplication
from lrs_soap.services.faults import RegisterFault
from lrs_soap.services.spyne_support import ProtocolBase
from lrs_soap.testbench.conformance import Verdicts, conduct
from lrs_soap.testbench.conformance.catalogue import ANY, Step, script
from lrs_soap.testbench.conformance.judging import judge
from lrs_soap.testbench.exchange import Exchange
from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.conformance.world import (
    CHANGEABLE,
    LINKED,
    LINKED_TOO,
    MAEVE,
    MASTER,
    NEIGHBOUR,
    NOBODY,
    PRIVATE,
    WARY,
    Place,
    opened,
    result,
)
from tests.wire import requests

WRONG_ULN = "1234567894"
BOARD = requests.AO_USER | {"OrganisationRef": "AWD001"}
FINDER = requests.CALLER | {"UKPRN": "TEST0202"}
STEPS = {step.number: step for step in script()}


@dataclass(frozen=True)
class Jobs:
    """Numbers of jobs of each kind: finished, and not finished."""

    batch: tuple[int, int]
    verify: tuple[int, int]
    achievements: tuple[int, int]


def person(given_name: str, **values: str) -> dict[str, Any]:
    return requests.MAEVE | {"GivenName": given_name, "FamilyName": "Batch", "LastKnownPostCode": "EH1 1AA"} | values


CROWDED: dict[str, Any] = {"GivenName": "Amy", "FamilyName": "Crowd", "LastKnownPostCode": "EH1 1AA"}
BATCHED = (
    person("Newly", DateOfBirth="1990-10-11"),
    requests.MAEVE,
    requests.MAEVE,
    requests.MAEVE | {"GivenName": "Thomas", "FamilyName": "Nowack", "DateOfBirth": "1999-03-04", "Gender": "1"},
    requests.MAEVE | {"GivenName": "Meave"},
    {"ULN": NOBODY, "GivenName": "No", "FamilyName": "Body"},
    {"GivenName": "-", "FamilyName": "-"},
)
VERIFIED = (
    {"ULN": MAEVE.uln, "FamilyName": "Okafor", "GivenName": "Maeve"},
    {"ULN": MAEVE.uln, "FamilyName": "Okafor", "GivenName": "Meave"},
    {"ULN": NOBODY, "FamilyName": "Okafor", "GivenName": "Maeve"},
)
REPORTED = (
    result(),
    result(Grade=None),
    result(Uln=NOBODY),
    result(ProviderUkprn="1"),
)


def number(exchange: Exchange) -> int:
    return int(exchange.answer.lower().partition(b"jobid>")[2].partition(b"<")[0])


@pytest.fixture(scope="module")
def jobs(place: Place) -> Jobs:
    return jobs_of(place)


def jobs_of(place: Place) -> Jobs:
    """Hand in two jobs of each kind: one is worked off, one is left."""
    caller = Caller(place.service)
    submissions: dict[str, Callable[[], Exchange]] = {
        "batch": lambda: caller(requests.submit_batch(*BATCHED)),
        "verify": lambda: caller(requests.submit_verify_batch(*VERIFIED)),
        "achievements": lambda: caller(requests.submit_achievements(*REPORTED, user=BOARD), to="ExternalService"),
    }
    finished = {kind: number(submit()) for kind, submit in submissions.items()}
    place.work_off()
    left = {kind: number(submit()) for kind, submit in submissions.items()}
    return Jobs(**{kind: (finished[kind], left[kind]) for kind in submissions})


Show = Callable[[Caller, Jobs], Exchange]


def send(message: str, *before: str, to: str = "LearnerService", **how: Any) -> Show:
    def show(caller: Caller, _jobs: Jobs) -> Exchange:
        for one in before:
            caller(one, to=to)
        return caller(message, to=to, **how)

    return show


r9 = partial(send, to="LearnerServiceR9")
external = partial(send, to="ExternalService")


def refused_with(code: ErrorCode) -> Show:
    """Send a request that a scenario refuses."""

    def refuse(_operation: str, _request: Any) -> None:
        raise RegisterFault(code, "refused on purpose")

    return send(FIND, interceptor=refuse)


def ask_after(kind: str, place: int) -> Show:
    ask: dict[str, Callable[[int], str]] = {
        "batch": requests.batch_output,
        "verify": requests.verify_batch_output,
        "achievements": lambda job: requests.achievement_job(job, BOARD),
    }
    to = "ExternalService" if kind == "achievements" else "LearnerService"
    return lambda caller, jobs: caller(ask[kind](getattr(jobs, kind)[place]), to=to)


FINISHED, LEFT = range(2)
FIND = requests.by_uln(MAEVE.uln)
LINKED_DETAILS: dict[str, Any] = {
    "GivenName": "Thomas",
    "FamilyName": "Nowack",
    "DateOfBirth": "1999-03-04",
    "Gender": "1",
}
LINKED_NAMES: dict[str, Any] = {"givenName": "Thomas", "familyName": "Nowack"}
FIRST: dict[str, Any] = {"GivenName": "First", "FamilyName": "Newcomer", "DateOfBirth": "1991-01-02"}
NINA: dict[str, Any] = {"GivenName": "Nina", "FamilyName": "Stranger", "DateOfBirth": "1992-03-04"}
BUS_PASS: dict[str, Any] = {"VerificationType": "999", "OtherVerificationDescription": "Bus pass"}
change = partial(requests.update, CHANGEABLE.uln, GivenName="Chidi", FamilyName="Change")
find_r9 = requests.by_uln_r9
events = requests.events


def submit(*achievements: dict[str, str], **changes: Any) -> Show:
    return external(requests.submit_achievements(*achievements, user=BOARD, **changes))


SHOWN: dict[str, Show] = {
    "1.1": send(requests.by_uln(MAEVE.uln, OrgPassword="fedcba9876543210")),
    "1.2": send(requests.by_uln(MAEVE.uln, UKPRN="NOBODY99")),
    "1.3": send(requests.register(FINDER)),
    "1.4": refused_with(ErrorCode.OUT_OF_HOURS),
    "1.5": refused_with(ErrorCode.UNFORESEEN),
    "2.1": send(FIND),
    "2.2": send(requests.by_uln(MAEVE.uln, FindType="CHK")),
    "2.3": send(requests.by_uln(MAEVE.uln, "Meave")),
    "2.4": send(requests.by_uln(NOBODY)),
    "2.5": send(requests.by_uln(LINKED.uln, "Thomas", "Nowack")),
    "2.6": send(requests.by_uln(MAEVE.uln, "-")),
    "2.7": send(requests.by_uln(WRONG_ULN)),
    "3.1": send(requests.by_demographics()),
    "3.2": send(requests.by_demographics(FindType="CHK")),
    "3.3": send(requests.by_demographics(GivenName="Meave")),
    "3.4": send(requests.by_demographics(**CROWDED)),
    "3.5": send(requests.by_demographics(**CROWDED, SchoolAtAge16="Mill Row")),
    "3.6": send(requests.by_demographics(GivenName="No", FamilyName="Body", DateOfBirth="1980-01-01")),
    "3.7": send(requests.by_demographics(**LINKED_DETAILS)),
    "3.8": send(requests.by_demographics(GivenName="-", FamilyName="-")),
    "3.9": send(requests.by_demographics(DateOfBirth="2004-02-30")),
    "4.1": send(requests.register(**FIRST), requests.by_demographics(**FIRST)),
    "4.2": send(requests.register(**NINA, **BUS_PASS), requests.by_demographics(**NINA)),
    "4.3": send(requests.register(), requests.by_demographics()),
    "4.4": send(requests.register(DateOfBirth="2022-02-02")),
    "5.1": send(change(EmailAddress="c@example.org"), requests.by_uln(CHANGEABLE.uln, "Chidi", "Change")),
    "5.2": send(change(99)),
    "5.3": send(requests.update(PRIVATE.uln, GivenName="Priya", FamilyName="Shah", AbilityToShare="0")),
    "5.4": send(requests.update(NOBODY)),
    "5.5": send(requests.update(MAEVE.uln)),
    "5.6": send(requests.update(NEIGHBOUR.uln)),
    "5.7": send(change(EmailAddress="none")),
    "6.1": send(requests.verify(MAEVE.uln, DateOfBirth="2004-02-29", Gender="2")),
    "6.2": send(requests.verify(LINKED.uln, GivenName="Thomas", FamilyName="Nowack")),
    "6.3": send(requests.verify(MAEVE.uln, GivenName="Meave")),
    "6.4": send(requests.verify(LINKED_TOO.uln, GivenName="Thomsa", FamilyName="Novakov")),
    "6.5": send(requests.verify(MAEVE.uln, FamilyName="Quite-Different")),
    "6.6": send(requests.verify(NOBODY)),
    "6.7": send(requests.verify(WRONG_ULN)),
    "7.1": send(requests.retrieve(MAEVE.uln)),
    "7.2": send(requests.retrieve(MAEVE.uln, LINKED.uln)),
    "7.3": send(requests.retrieve(MAEVE.uln, NOBODY)),
    "7.4": send(requests.retrieve()),
    "8.1": send(requests.submit_batch(requests.MAEVE)),
    "8.2": send(requests.submit_batch(requests.MAEVE, job_type="CHK")),
    "8.3": send(requests.submit_batch(requests.MAEVE, count=2)),
    "8.4": send(requests.submit_batch()),
    "9.1": ask_after("batch", LEFT),
    "9.2": ask_after("batch", FINISHED),
    "9.3": send(requests.batch_output(99999)),
    **{f"9.{number}": ask_after("batch", FINISHED) for number in range(4, 11)},
    "10.1": send(requests.submit_verify_batch(*VERIFIED)),
    "10.2": send(requests.submit_verify_batch(*VERIFIED, count=9)),
    "10.3": send(requests.submit_verify_batch()),
    "11.1": ask_after("verify", LEFT),
    "11.2": ask_after("verify", FINISHED),
    "11.3": send(requests.verify_batch_output(99999)),
    **{f"11.{number}": ask_after("verify", FINISHED) for number in range(4, 7)},
    "12.1": r9(find_r9(MAEVE.uln)),
    "12.2": r9(find_r9(MAEVE.uln, findType="CHK")),
    "12.3": r9(find_r9(MAEVE.uln, givenName="Meave")),
    "12.4": r9(find_r9(NOBODY)),
    "12.5": r9(find_r9(LINKED.uln, **LINKED_NAMES)),
    "12.6": r9(find_r9(MAEVE.uln, givenName="", familyName="")),
    "12.7": r9(find_r9(WRONG_ULN)),
    "12.8": r9(find_r9(MAEVE.uln, findType="ALL")),
    "13.1": r9(events(MAEVE.uln)),
    "13.2": r9(events(MAEVE.uln, getType="BRIEF")),
    "13.3": r9(events(MAEVE.uln, dateOfBirth="2004-02-29", gender="2")),
    "13.4": r9(events(LINKED.uln, **LINKED_NAMES)),
    "13.5": r9(events(PRIVATE.uln, givenName="Priya", familyName="Shah")),
    "13.6": r9(events(MAEVE.uln, familyName="Quite-Different")),
    "13.7": r9(events(WRONG_ULN)),
    "13.8": r9(events(MAEVE.uln, getType="ALL")),
    "14.1": r9(
        requests.update_subset(WARY.uln, emailAddress="w@example.org"),
        find_r9(WARY.uln, givenName="Wanda", familyName="Wary"),
    ),
    "14.2": r9(requests.update_subset(MAEVE.uln, 99)),
    "14.3": r9(requests.update_subset(PRIVATE.uln, abilityToShare="FPNNotSeen")),
    "14.4": r9(requests.update_subset(NOBODY)),
    "14.5": r9(requests.update_subset(MAEVE.uln)),
    "14.6": r9(requests.update_subset(WRONG_ULN)),
    "14.7": r9(requests.update_subset(MAEVE.uln, emailAddress="nowhere")),
    "15.1": r9(requests.view_audit(MAEVE.uln)),
    "15.2": r9(requests.view_audit(MAEVE.uln, 2)),
    "15.3": r9(requests.view_audit(MAEVE.uln, learnerFamilyName="Other")),
    "15.4": r9(requests.view_audit(WRONG_ULN)),
    "16.1": r9(requests.organisation(ukPrn="TEST0202")),
    "16.2": r9(requests.organisation(orgRef="TST002")),
    "16.3": r9(requests.organisation(orgRef="NOBODY")),
    "17.1": submit(result()),
    "17.2": submit(result(), submissionType="Provisional"),
    "17.3": submit(result(Action="2")),
    "17.4": submit(result(Action="3")),
    "17.5": submit(result(), emailAddress="nowhere"),
    "17.6": submit(result(), submissionType="Perhaps"),
    "17.7": submit(*[result()] * 5001),
    "17.8": submit(),
    "17.9": external(requests.submit_achievements(result())),
    "17.10": submit(result(AchievementAwardDate="yesterday")),
    "18.1": ask_after("achievements", LEFT),
    "18.2": ask_after("achievements", FINISHED),
    "18.3": external(requests.achievement_job(99999, BOARD)),
    **{f"18.{number}": ask_after("achievements", FINISHED) for number in range(4, 7)},
}


@pytest.mark.parametrize("number", STEPS)
def test_each_step_is_shown_by_what_it_asks_for(caller: Caller, jobs: Jobs, number: str) -> None:
    judged = judge(SHOWN[number](caller, jobs))
    assert judged is not None
    assert number in judged.shown, judged.codes


def test_the_whole_script_can_be_shown_without_misconduct(sqlite_url: str) -> None:
    with opened(sqlite_url) as place:
        caller, jobs, verdicts = Caller(place.service), jobs_of(place), Verdicts()
        for show in SHOWN.values():
            show(caller, jobs)
            caller.wait(5)
    for exchange in caller.made:
        verdicts.judge(exchange)
    broken = {number for client in verdicts for number, tally in client.rules.items() if tally.broken}
    assert not broken & set(conduct.RULES)
    assert {number for client in verdicts for number in client.steps} == set(STEPS)


def test_a_step_is_shown_at_each_service_that_offers_its_operation(caller: Caller) -> None:
    for to in ("LearnerService", "LearnerRegister"):
        judged = judge(caller(FIND, to=to))
        assert judged is not None
        assert judged.shown == ["2.1"]


def test_a_step_asks_for_what_was_sent_as_well(caller: Caller) -> None:
    judged = judge(caller(requests.verify(MAEVE.uln)))
    assert judged is not None
    assert (judged.codes, judged.shown) == (("WSVRC001",), [])


def test_numbers_follow_the_sections() -> None:
    found: dict[str, list[Step]] = {}
    for step in script():
        found.setdefault(step.section, []).append(step)
    for section, steps in enumerate(found.values(), 1):
        assert [step.number for step in steps] == [f"{section}.{place}" for place in range(1, len(steps) + 1)]


def test_every_operation_of_every_service_has_steps() -> None:
    published = set()
    for service, (services, _) in SERVICES.items():
        application = ContractApplication(services, "urn:script", service, ProtocolBase(), ProtocolBase())
        descriptors = application.interface.method_id_map.values()
        published |= {f"{service}/{descriptor.operation_name}" for descriptor in descriptors}
    assert {operation for step in script() for operation in step.at} - {ANY} == published


@pytest.mark.parametrize("step", script(), ids=lambda step: step.number)
def test_codes_are_codes(step: Step) -> None:
    for code in step.codes:
        assert code in MEANINGS or code in ("FD*", "LD*", "BR*")


def test_a_master_is_a_learner_of_its_own(caller: Caller) -> None:
    judged = judge(caller(requests.by_uln(MASTER.uln, "Tomasz", "Nowak")))
    assert judged is not None
    assert judged.shown == ["2.1"]
