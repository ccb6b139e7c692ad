"""Every rule: requests that break it, and requests that keep it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.testbench.conformance.catalogue import Severity, rules
from lrs_soap.testbench.conformance.conduct import RULES as CONDUCT
from lrs_soap.testbench.conformance.judging import CHECKS, Judgement, judge
from lrs_soap.testbench.conformance.verdict import Verdicts
from tests.corpus import cases as corpus_case
from tests.factories import PASSWORD
from tests.unit.services.test_corpus_in_process import ANSWERED, EDITS, Edit, changed
from tests.unit.testbench.conformance.cases import BROKEN, CORPUS, FIND, KEPT, Case, corpus, in_turn, outcome, sent
from tests.unit.testbench.conformance.conducting import BATCH, CONDUCTED, looked_for, poll_last
from tests.unit.testbench.conformance.exchanges import BEGIN, Caller, answered, environment, of_case
from tests.unit.testbench.conformance.saying import SAYING
from tests.unit.testbench.conformance.sending import SENDING
from tests.unit.testbench.conformance.world import Place
from tests.wire import requests

CASES = [*SENDING, *SAYING, *CONDUCTED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules(caller: Caller, case: Case) -> None:
    case.script(caller)
    assert outcome(caller.made, case.rule) == case.expected


@pytest.mark.parametrize("number", rules())
def test_each_rule_is_seen_broken_and_kept(number: str) -> None:
    assert {case.expected for case in CASES if case.rule == number} >= {BROKEN, KEPT}


def test_every_rule_has_code_and_every_code_a_rule() -> None:
    assert sorted([*CHECKS, *CONDUCT]) == sorted(rules())


@pytest.mark.parametrize("number", rules())
def test_each_rule_says_what_it_is_for_and_what_to_do(number: str) -> None:
    rule = rules()[number]
    assert all(text.endswith(".") for text in (rule.why, rule.mend))
    assert not rule.title.endswith(".")
    assert rule.severity in Severity
    assert rule.origin.startswith("WS-I" if number.startswith("R") else "rule of the service")


def test_a_failed_batch_may_be_submitted_again(place: Place, caller: Caller) -> None:
    place.work_off()
    BATCH(caller)
    place.give_up()
    poll_last(caller)
    BATCH(caller)
    assert outcome(caller.made, "LRS-406") == KEPT


def test_a_registered_learner_is_known_as_registered(caller: Caller) -> None:
    in_turn(looked_for("Una"), sent(requests.register(GivenName="Una", AbilityToShare="2")))(caller)
    uln = caller.made[-1].answer.decode().partition("<ULN>")[2][:10]
    caller.r9("GetLearnerLearningEvents", requests.events(uln, givenName="Una"))
    assert outcome(caller.made, "LRS-403") == BROKEN
    caller(requests.update(uln, 1, GivenName="Una", AbilityToShare="1"))
    assert outcome(caller.made, "LRS-407") == KEPT
    caller.r9("GetLearnerLearningEvents", requests.events(uln, givenName="Una"))
    assert outcome(caller.made, "LRS-403") == KEPT


@pytest.mark.parametrize("query", ["GET", "HEAD", "OPTIONS"])
def test_a_look_at_the_wsdl_is_no_request(caller: Caller, query: str) -> None:
    assert judge(caller("", method=query)) is None


def test_what_is_sent_elsewhere_is_no_request(caller: Caller) -> None:
    assert judge(caller(FIND, to="Nothing")) is None


@pytest.mark.parametrize("case", [case for case in CORPUS.values() if not case.fill], ids=str)
def test_whatever_is_sent_is_judged_and_no_password_told(place: Place, case: Any) -> None:
    judged = judge(of_case(place.service, case))
    assert judged is not None
    told = json.dumps(judged)
    assert PASSWORD not in told
    assert all(finding.example and finding.example.isprintable() for finding in judged.broken)
    assert all(len(finding.example) <= 320 for finding in judged.broken)
    assert judged.at == BEGIN.timestamp()


@given(case=st.sampled_from(ANSWERED), edits=EDITS)
def test_whatever_bytes_change_it_is_judged(place: Place, case: corpus_case.Case, edits: list[Edit]) -> None:
    message = changed(case.content(), edits)
    judged = judge(answered(place.service, environment(case.path, message, case.content_type), BEGIN))
    assert judged is not None
    told = json.dumps(judged)
    assert PASSWORD not in told
    at_once, later = Verdicts(), Verdicts()
    at_once.take(judged)
    later.take(Judgement.from_json(json.loads(told)))
    assert json.dumps(later.to_json()) == json.dumps(at_once.to_json())


def test_the_envelope_is_quoted_as_it_was_sent(caller: Caller) -> None:
    corpus("envelope/044-encoding-style")(caller)
    corpus("envelope/042-must-understand-on-the-body")(caller)
    corpus("envelope/039-must-understand-0")(caller)
    corpus("xml-attacks/029-stylesheet")(caller)
    examples = {finding.rule: finding.example for one in caller.made for finding in judge(one).broken}  # type: ignore[union-attr]
    assert examples["R1005"] == '<soapenv:Envelope encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
    assert examples["LRS-203"] == '<t:Token mustUnderstand="0">'
    assert examples["R1009"] == "<?xml-stylesheet …?>"
    assert examples["R1032"] == '<soapenv:Body mustUnderstand="1">'
