"""What each scenario of the catalogue does to a call."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from lrs_soap.domain.codes import MEANINGS, ErrorCode
from lrs_soap.services import ns
from lrs_soap.services.faults import REFUSALS
from lrs_soap.testbench.scenarios import CATALOGUE
from lrs_soap.testbench.scenarios.kinds import KINDS
from tests.unit.testbench.scenarios.bench import ACHIEVEMENT, MAEVE, NEIGHBOUR, Bench, Got
from tests.wire import requests

FIND = requests.by_uln(MAEVE.uln)
NEW: dict[str, Any] = {"GivenName": "Ada", "FamilyName": "Quill", "LastKnownPostCode": "M1 1AE"}
REGISTER = requests.register(**NEW)

CALLS: dict[str, tuple[str, str]] = {
    "LearnerService": (FIND, "WSRC0004"),
    "LearnerServiceR9": (requests.by_uln_r9(MAEVE.uln), "WSRC0004"),
    "ExternalService": (requests.achievement_job(7), "WSRC0018"),
    "LearnerRegister": (requests.events(MAEVE.uln), "WSRC0004"),
}
CODES = [code for code in ErrorCode if code in REFUSALS]


def found(bench: Bench) -> Got:
    return bench.post(FIND)


def is_registered(bench: Bench) -> bool:
    """Tell whether the newcomer is in the register: only then can nobody be registered with the same details."""
    return bench.post(REGISTER).code == "WSRC0021"


Check = Callable[..., None]
CHECKS: dict[str, Check] = {}


def of(*names: str) -> Callable[[Check], Check]:
    """Tell which entries of the catalogue a test is about."""

    def decorate(test: Check) -> Check:
        CHECKS.update(dict.fromkeys(names, test))
        return test

    return decorate


def test_every_entry_is_tested() -> None:
    assert set(CHECKS) == set(CATALOGUE)


def test_every_entry_has_a_kind_and_every_kind_an_entry() -> None:
    assert {entry.kind for entry in CATALOGUE.values()} == set(KINDS)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_entry_can_be_set_with_its_defaults(bench: Bench, name: str) -> None:
    scenario = bench.add(name)
    assert scenario.parameters == {parameter.name: parameter.default for parameter in CATALOGUE[name].parameters}


@pytest.mark.parametrize("name", CATALOGUE)
def test_once_a_scenario_is_removed_all_is_as_before(bench: Bench, name: str) -> None:
    messages = (FIND, requests.batch_output(1), requests.verify(MAEVE.uln), "no message")
    plain = [bench.post(message) for message in messages]
    scenario = bench.add(name)
    during = [bench.post(message) for message in messages]
    bench.scenarios.remove(scenario.id)
    assert [bench.post(message) for message in messages] == plain
    assert (during == plain) is (name in ("normal", "stale-version", "stuck-batch", "rate-limit"))


@of("normal")
def test_normal_answers_as_ever(bench: Bench) -> None:
    plain = found(bench)
    scenario = bench.add("normal")
    got = found(bench)
    assert (got.body, got.headers, got.status, got.scenario) == (plain.body, plain.headers, plain.status, None)
    assert bench.counts(scenario).acted == 1


@of("fault")
@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("code", CODES)
def test_every_code_is_a_fault_in_the_form_of_the_operation(bench: Bench, code: ErrorCode, service: str) -> None:
    bench.add("fault", {"code": code.value, "further": "because <of> this & that"}, operation="LearnerByUln")
    bench.add("fault", {"code": code.value, "further": "because <of> this & that"})
    message, _ = CALLS[service]
    got = bench.post(message, service)
    if service == "LearnerRegister" and code in (ErrorCode.INVALID_ULN, ErrorCode.NOT_VERIFIED):
        assert (got.status, got.code) == ("200 OK", code.value)
        return
    assert (got.status, got.code, got.soap.further) == (
        "500 Internal Server Error",
        code.value,
        "because <of> this & that",
    )
    assert got.scenario == "fault"
    detail = got.soap.body.find("detail")
    assert detail is not None
    assert etree.QName(detail[0]).namespace == (ns.EXCEPTIONS if service == "LearnerService" else ns.FAULTS)
    text = REFUSALS[code].description
    assert text in (got.soap.anywhere("Description"), got.soap.anywhere("faultstring"))


def test_a_fault_says_what_to_do_about_it_unless_told_otherwise(bench: Bench) -> None:
    bench.add("fault", {"code": "WSEC0006"})
    assert found(bench).soap.further == MEANINGS["WSEC0006"].advice


@pytest.mark.parametrize("code", ["WSEC0136", "WSEC0206", "WSEC0208"])
def test_codes_of_learning_records_are_answers_there(bench: Bench, code: str) -> None:
    bench.add("fault", {"code": code})
    got = bench.post(requests.events(MAEVE.uln), "LearnerServiceR9")
    shown = MAEVE.uln if code == "WSEC0206" else ""
    assert (got.status, got.code, got.soap.anywhere("FoundULN")) == ("200 OK", code, shown)
    assert got.soap.anywhere("IncomingULN") == MAEVE.uln


def test_a_stranger_is_refused_before_an_answer_about_a_learning_record(bench: Bench) -> None:
    bench.add("fault", {"code": "WSEC0206"})
    stranger = requests.R9_CALLER | {"Password": "x" * 16}
    assert bench.post(requests.events(MAEVE.uln, stranger), "LearnerServiceR9").code == "WSEC0005"


def test_a_code_that_is_no_fault_is_for_learning_events_alone(bench: Bench) -> None:
    scenario = bench.add("fault", {"code": "WSEC0206"})
    assert found(bench).code == "WSRC0004"
    assert bench.counts(scenario).calls == 0


NAMED = {
    "out-of-hours": "WSEC0004",
    "unknown-organisation": "WSEC0003",
    "wrong-password": "WSEC0005",
    "not-granted": "WSEC0006",
    "internal-error": "WSEC0999",
}


@of(*NAMED)
@pytest.mark.parametrize("name", NAMED)
def test_named_faults_have_their_codes(bench: Bench, name: str) -> None:
    bench.add(name)
    got = found(bench)
    assert (got.code, got.scenario) == (NAMED[name], name)
    assert got.soap.further == CATALOGUE[name].model().model_dump().get("further", MEANINGS[NAMED[name]].advice)


def test_a_wrong_password_can_be_that_of_one_organisation(bench: Bench) -> None:
    bench.add("wrong-password", organisation="TEST0101")
    other = requests.by_uln(MAEVE.uln, UKPRN=NEIGHBOUR.ukprn)
    assert [found(bench).code, bench.post(other).code] == ["WSEC0005", "WSRC0004"]


@of("unsupported-verb")
@pytest.mark.parametrize(("status", "line"), [(500, "500 Internal Server Error"), (405, "405 Method Not Allowed")])
@pytest.mark.parametrize("service", ["LearnerService", "ExternalService"])
def test_a_gateway_may_know_no_post(bench: Bench, service: str, status: int, line: str) -> None:
    bench.add("unsupported-verb", {"status": status})
    got = bench.post(CALLS[service][0], service)
    fault = etree.fromstring(got.body)[-1][0]
    assert (got.status, got.headers["Content-Type"]) == (line, "text/xml; charset=utf-8")
    assert fault.findtext("faultstring") == "UnsupportedHttpVerb"
    assert fault.find("detail") is None


@of("outage")
def test_an_outage_is_a_page_for_people(bench: Bench) -> None:
    bench.add("outage", {"text": "Down <until> noon"})
    got = found(bench)
    assert got.status == "503 Service Unavailable"
    assert got.headers == {
        "Content-Type": "text/html; charset=utf-8",
        "Retry-After": "120",
        "Content-Length": str(len(got.body)),
    }
    assert b"<h1>Service Unavailable</h1><p>Down &lt;until&gt; noon</p>" in got.body
    assert got.scenario == "outage"


@pytest.mark.parametrize("status", [200, 500, 502, 504])
def test_an_outage_may_have_another_status_and_no_time(bench: Bench, status: int) -> None:
    bench.add("outage", {"status": status, "retry_after": 0})
    got = found(bench)
    assert got.status.startswith(f"{status} ")
    assert "Retry-After" not in got.headers


def test_during_an_outage_nothing_is_done(bench: Bench) -> None:
    scenario = bench.add("outage")
    bench.post(REGISTER)
    bench.scenarios.remove(scenario.id)
    assert not is_registered(bench)


@of("slow")
def test_a_slow_answer_is_the_right_one(bench: Bench) -> None:
    bench.add("slow", {"seconds": 2.5})
    got = found(bench)
    assert (got.pauses, got.code, got.scenario) == ([2.5], "WSRC0004", "slow")


@of("slow-spread")
def test_delays_differ_within_their_bounds(bench: Bench) -> None:
    bench.add("slow-spread", {"least": 1, "most": 3})
    pauses = [found(bench).pauses[0] for _ in range(10)]
    assert len(set(pauses)) == 10
    assert all(1 <= pause <= 3 for pause in pauses)


@of("trickle")
@pytest.mark.parametrize("piece", [1, 100, 65536])
def test_an_answer_trickles(bench: Bench, piece: int) -> None:
    whole = found(bench).body
    bench.add("trickle", {"seconds": 6, "piece": piece})
    got = found(bench)
    assert got.body == whole
    assert [len(each) for each in got.pieces[:-1]] == [piece] * (-(-len(whole) // piece) - 1)
    assert sum(got.pauses) == pytest.approx(6 if len(got.pieces) > 1 else 0)
    assert len(got.pauses) == len(got.pieces) - 1


@of("connection-reset", "connection-closed")
@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("name", ["connection-reset", "connection-closed"])
def test_a_connection_may_break_before_or_after_the_work(bench: Bench, name: str, carried_out: bool) -> None:
    scenario = bench.add(name, {"carried_out": carried_out})
    got = bench.post(REGISTER)
    bench.scenarios.remove(scenario.id)
    assert (got.broken, got.body, got.scenario) == (True, b"", name)
    assert (b"WSRC0005" in got.whole) is carried_out
    assert is_registered(bench) is carried_out


@of("truncated")
@pytest.mark.parametrize("keep", [0, 0.5, 0.99])
def test_a_truncated_answer_announces_the_whole(bench: Bench, keep: float) -> None:
    whole = found(bench).body
    bench.add("truncated", {"keep": keep})
    got = found(bench)
    assert got.body == whole[: int(len(whole) * keep)]
    assert got.headers["Content-Length"] == str(len(whole))
    assert got.whole == whole


@of("empty-answer")
@pytest.mark.parametrize("carried_out", [False, True])
def test_an_empty_answer_calls_itself_a_success(bench: Bench, carried_out: bool) -> None:
    scenario = bench.add("empty-answer", {"carried_out": carried_out})
    got = bench.post(REGISTER)
    bench.scenarios.remove(scenario.id)
    assert (got.status, got.body, got.headers["Content-Length"]) == ("200 OK", b"", "0")
    assert is_registered(bench) is carried_out


@of("garbage")
@pytest.mark.parametrize("carried_out", [False, True])
def test_garbage_is_no_xml(bench: Bench, carried_out: bool) -> None:
    scenario = bench.add(
        "garbage", {"size": 50, "content_type": "application/octet-stream", "carried_out": carried_out}
    )
    got = bench.post(REGISTER)
    bench.scenarios.remove(scenario.id)
    assert (got.status, len(got.body)) == ("200 OK", 50)
    assert got.headers == {"Content-Type": "application/octet-stream", "Content-Length": "50"}
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(got.body)
    assert is_registered(bench) is carried_out


@of("wrong-content-type")
def test_an_answer_may_be_called_something_else(bench: Bench) -> None:
    plain = found(bench)
    bench.add("wrong-content-type")
    got = found(bench)
    assert got.body == plain.body
    assert got.headers == plain.headers | {"Content-Type": "text/html; charset=utf-8"}


@of("duplicate-answer")
def test_an_envelope_may_come_twice(bench: Bench) -> None:
    plain = found(bench)
    bench.add("duplicate-answer")
    got = found(bench)
    assert got.body == plain.body * 2
    assert got.headers["Content-Length"] == str(2 * len(plain.body))


@of("stale-version")
def test_an_update_may_come_too_late(bench: Bench) -> None:
    scenario = bench.add("stale-version")
    assert bench.post(requests.update(MAEVE.uln, LastKnownPostCode="LS1 1AA")).code == "WSRC0013"
    assert bench.post(requests.update_subset(MAEVE.uln, emailAddress="a@example.org"), "LearnerServiceR9").code == (
        "WSRC0013"
    )
    assert bench.post(requests.update(MAEVE.uln), "LearnerRegister").code == "WSRC0013"
    assert found(bench).code == "WSRC0004"
    assert bench.counts(scenario).calls == 3
    bench.scenarios.remove(scenario.id)
    assert bench.post(requests.update(MAEVE.uln, LastKnownPostCode="LS1 1AA")).code == "WSRC0006"


def test_whoever_may_not_update_learns_nothing_of_versions(bench: Bench) -> None:
    bench.add("stale-version")
    wrong = requests.update(MAEVE.uln).replace(requests.CALLER["OrgPassword"], "x" * 16)
    got = bench.post(wrong)
    assert (got.code, got.scenario) == ("WSEC0005", None)


Submit = tuple[str, str, Callable[[Any], str], str]
BATCHES: dict[str, Submit] = {
    "registration": ("LearnerService", requests.submit_batch(requests.MAEVE), requests.batch_output, "JobStatus"),
    "by LearnerRegister": (
        "LearnerRegister",
        requests.submit_batch(requests.MAEVE),
        requests.batch_output,
        "JobStatus",
    ),
    "verification": (
        "LearnerService",
        requests.submit_verify_batch({"ULN": MAEVE.uln, "FamilyName": "Okafor", "GivenName": "Maeve"}),
        requests.verify_batch_output,
        "JobStatus",
    ),
    "achievements": (
        "ExternalService",
        requests.submit_achievements(ACHIEVEMENT),
        requests.achievement_job,
        "Status",
    ),
}


def submitted(bench: Bench, kind: str) -> str:
    service, message, _, _ = BATCHES[kind]
    job = bench.post(message, service).soap.anywhere("JobID", "JobId")
    assert job is not None
    return job


def polled(bench: Bench, kind: str, job: str) -> tuple[str | None, str | None]:
    service, _, poll, status = BATCHES[kind]
    reply = bench.post(poll(job), service).soap
    return reply.code, reply.anywhere(status)


@of("stuck-batch")
@pytest.mark.parametrize("kind", BATCHES)
def test_a_finished_batch_may_seem_to_be_at_work(bench: Bench, kind: str) -> None:
    bench.add("stuck-batch", {"polls": 2})
    first, second = submitted(bench, kind), submitted(bench, kind)
    bench.work_off()
    at_work, done = ("WSRC0008", "InProgress"), ("WSRC0009", "Successful")
    assert [polled(bench, kind, first) for _ in range(3)] == [at_work, at_work, done]
    assert [polled(bench, kind, second) for _ in range(3)] == [at_work, at_work, done]


@pytest.mark.parametrize("kind", BATCHES)
def test_a_batch_at_work_tells_when_it_began_and_no_results(bench: Bench, kind: str) -> None:
    service, _, poll, _ = BATCHES[kind]
    bench.add("stuck-batch", {"polls": 2})
    job = submitted(bench, kind)
    waiting = bench.post(poll(job), service).soap
    bench.work_off()
    reply = bench.post(poll(job), service).soap
    began = {"JobStartedDateTime": "2026-06-01 10:30:00"}
    if kind == "achievements":
        began = {
            "JobID": job,
            "NumberOfRecords": "1",
            "StartDate": "2026-06-01T10:30:00",
            "SubmittedDate": "2026-06-01T10:30:00",
            "Type": "Final",
            "User": "ao.user",
        }
    expected = {"ResponseCode": "WSRC0008", BATCHES[kind][3]: "InProgress"} | began
    assert waiting.members() == expected
    assert reply.members() == expected


def test_an_unknown_job_stays_unknown_and_a_stranger_a_stranger(bench: Bench) -> None:
    bench.add("stuck-batch", {"polls": 5})
    job = submitted(bench, "registration")
    stranger = requests.CALLER | {"UKPRN": NEIGHBOUR.ukprn}
    unsure = requests.CALLER | {"OrgPassword": "x" * 16}
    polls = (
        requests.batch_output("77"),
        requests.batch_output(job, stranger),
        requests.batch_output(job, unsure),
    )
    got = [bench.post(poll) for poll in polls]
    assert [each.code for each in got] == ["WSRC0018", "WSRC0018", "WSEC0005"]
    assert {each.scenario for each in got} == {None}


def test_other_calls_are_no_polls(bench: Bench) -> None:
    scenario = bench.add("stuck-batch")
    found(bench)
    assert bench.counts(scenario).calls == 0


@of("rate-limit")
def test_each_organisation_has_its_own_limit(bench: Bench) -> None:
    bench.add("rate-limit", {"calls": 2, "seconds": 60})
    others = requests.by_uln(MAEVE.uln, UKPRN=NEIGHBOUR.ukprn)
    assert [found(bench).code for _ in range(2)] == ["WSRC0004"] * 2
    bench.clock.advance(20.5)
    refused = found(bench)
    assert (refused.status, refused.headers["Retry-After"]) == ("429 Too Many Requests", "40")
    assert refused.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert b"more than 2 calls in 60 seconds; try again in 40 seconds" in refused.body
    assert refused.scenario == "rate-limit"
    assert bench.post(others).code == "WSRC0004"
    bench.clock.advance(39.5)
    assert found(bench).code == "WSRC0004"


def test_a_limit_may_be_told_by_a_fault(bench: Bench) -> None:
    bench.add("rate-limit", {"calls": 0, "answer": "fault"})
    got = found(bench)
    assert got.code == "WSEC0999"
    assert "more than 0 calls in 60 seconds" in got.soap.further


def test_a_clock_put_back_begins_a_new_time(bench: Bench) -> None:
    bench.add("rate-limit", {"calls": 1, "seconds": 60})
    found(bench)
    assert found(bench).status.startswith("429")
    bench.clock.advance(-3600)
    assert found(bench).code == "WSRC0004"


def test_what_is_refused_or_answered_otherwise_changes_nothing(bench: Bench) -> None:
    scenarios = [bench.add("rate-limit", {"calls": 0}), bench.add("garbage", {"carried_out": False})]
    bench.post(REGISTER)
    bench.scenarios.remove(scenarios[0].id)
    bench.post(REGISTER)
    bench.scenarios.remove(scenarios[1].id)
    assert not is_registered(bench)


def test_names_are_short_words() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in CATALOGUE)
