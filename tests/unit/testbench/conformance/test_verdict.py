"""What is known of clients: who counts as which, and that it can be stored, read back and put together."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from lrs_soap.testbench.conformance import conduct, verdict
from lrs_soap.testbench.conformance.verdict import Client, Verdicts
from lrs_soap.testbench.exchange import Exchange
from tests.unit.testbench.conformance.cases import FIND
from tests.unit.testbench.conformance.exchanges import BEGIN, Caller
from tests.unit.testbench.conformance.world import LINKED, MAEVE, PRIVATE
from tests.wire import requests

WRONG = {"OrgPassword": "fedcba9876543210"}


def judged(*exchanges: Exchange) -> Verdicts:
    verdicts = Verdicts()
    for exchange in exchanges:
        verdicts.judge(exchange)
    return verdicts


def names(verdicts: Verdicts) -> list[tuple[str, str, int]]:
    return [(client.organisation, client.user_agent, client.requests) for client in verdicts]


def only(verdicts: Verdicts) -> Client:
    (client,) = verdicts
    return client


def of_everything(caller: Caller) -> list[Exchange]:
    """Call enough that every part of what is known of a client has something in it."""
    caller(requests.by_demographics(GivenName="Meave"))
    caller(requests.register(GivenName="Yara"))
    caller(requests.by_uln(PRIVATE.uln, "Priya", "Shah"))
    caller.r9("GetLearnerLearningEvents", requests.events(PRIVATE.uln, givenName="Priya", familyName="Shah"))
    caller(requests.by_uln(LINKED.uln, "Thomas", "Nowack"))
    caller(requests.submit_batch(requests.MAEVE))
    caller(requests.batch_output(1))
    caller(requests.by_uln(MAEVE.uln, **WRONG))
    return caller.made


def test_operations_and_codes_are_counted(caller: Caller) -> None:
    caller(FIND)
    caller(FIND)
    caller(FIND, to="LearnerRegister")
    caller(requests.retrieve(MAEVE.uln, LINKED.uln))
    caller("<a/>")
    client = only(judged(*caller.made))
    assert client.requests == 5
    assert client.operations == {
        "LearnerService/learnerByULN": {"WSRC0004": 2},
        "LearnerRegister/LearnerByULN": {"WSRC0004": 1},
        "LearnerService/retrieveULNs": {"WSRC0004": 1, "WSRC0022": 1},
        "LearnerService": {"WSEC0001": 1},
    }
    assert client.steps == {"2.1": 3, "7.1": 1, "7.2": 1}
    assert (client.first, client.last) == (BEGIN.timestamp(), BEGIN.timestamp() + 4)


def test_what_http_refuses_counts_by_its_status(caller: Caller) -> None:
    caller(FIND, content_type="application/json")
    assert only(judged(*caller.made)).operations == {"LearnerService": {"HTTP 415": 1}}


def test_an_answer_that_never_came_is_counted_as_none(caller: Caller) -> None:
    made = caller("", content_type="application/json")
    assert only(judged(replace(made, status=0, answer=b""))).operations == {"LearnerService": {"no answer": 1}}


def test_organisations_and_programs_are_told_apart(caller: Caller) -> None:
    caller(FIND)
    caller(requests.by_uln(MAEVE.uln, UKPRN="TEST0202"))
    other = Caller(caller.service, agent="Other/1")
    other(FIND)
    found = names(judged(*caller.made, *other.made))
    assert found == [("TEST0101", caller.agent, 1), ("TEST0202", caller.agent, 1), ("TEST0101", "Other/1", 1)]


def test_an_organisation_is_one_whichever_way_it_names_itself(caller: Caller) -> None:
    caller(requests.by_uln(MAEVE.uln, UKPRN="test0101"))
    caller(FIND.replace("<UKPRN>TEST0101</UKPRN>", "<OrganisationRef>TST001</OrganisationRef>"))
    assert names(judged(*caller.made)) == [("TEST0101", caller.agent, 2)]


def test_a_wrong_password_counts_for_the_organisation_named(caller: Caller) -> None:
    caller(FIND)
    caller(requests.by_uln(MAEVE.uln, UKPRN="TEST0202"))
    caller(requests.by_uln(MAEVE.uln, **WRONG))
    assert names(judged(*caller.made)) == [("TEST0202", caller.agent, 1), ("TEST0101", caller.agent, 2)]


def test_what_names_nobody_known_counts_for_who_called_before(caller: Caller) -> None:
    caller(FIND)
    caller(requests.by_uln(MAEVE.uln, UKPRN="NOBODY99"))
    caller("<a/>")
    assert names(judged(*caller.made)) == [("TEST0101", caller.agent, 3)]


def test_without_anybody_before_it_counts_by_the_name_it_gives(caller: Caller) -> None:
    caller(requests.by_uln(MAEVE.uln, UKPRN="nobody99"))
    assert names(judged(*caller.made)) == [("NOBODY99", caller.agent, 1)]


def test_the_first_example_is_kept(caller: Caller) -> None:
    caller(requests.by_uln(MAEVE.uln, UserName="test"))
    caller(requests.by_uln(MAEVE.uln, UserName="admin"))
    caller(FIND)
    tally = only(judged(*caller.made)).rules["LRS-302"]
    assert (tally.kept, tally.broken) == (1, 2)
    assert tally.example == (BEGIN.timestamp(), "LearnerService/learnerByULN", "UserName: test")


def test_verdicts_survive_being_stored(caller: Caller) -> None:
    made = of_everything(caller)
    verdicts = judged(*made)
    stored = json.dumps(verdicts.to_json())
    read = Verdicts.from_json(json.loads(stored))
    assert json.dumps(read.to_json()) == stored
    assert all(only(verdicts).history.to_json().values())
    for kept in (verdicts, read):
        kept.judge(made[0])
        kept.judge(made[-1])
    assert read.to_json() == verdicts.to_json()


@pytest.mark.parametrize("cut", [0, 3, 8])
def test_two_verdicts_put_together_are_those_on_everything(caller: Caller, cut: int) -> None:
    made = of_everything(caller)
    stranger = Caller(caller.service, agent="Other/1", now=caller.now)
    made = [*made, stranger(FIND)]
    together = judged(*made[:cut])
    together.merge(judged(*made[cut:]))
    whole = {(client.organisation, client.user_agent): client for client in judged(*made)}
    assert len(list(together)) == len(whole)
    for client in together:
        expected = whole[client.organisation, client.user_agent]
        assert (client.requests, client.first, client.last) == (expected.requests, expected.first, expected.last)
        assert (client.operations, client.steps) == (expected.operations, expected.steps)
        assert client.history.to_json() == expected.history.to_json()
        assert client.names == expected.names


def test_put_together_the_earlier_example_counts(caller: Caller) -> None:
    early = caller(requests.by_uln(MAEVE.uln, UserName="test"))
    late = caller(requests.by_uln(MAEVE.uln, UserName="admin"))
    for first, second in ((early, late), (late, early)):
        together = judged(first)
        together.merge(judged(second))
        tally = only(together).rules["LRS-302"]
        assert tally.example is not None
        assert (tally.broken, tally.example.sent) == (2, "UserName: test")


def test_put_together_the_newer_memory_counts(caller: Caller) -> None:
    poll = caller(requests.batch_output(99999))
    later = replace(poll, at=poll.at + timedelta(seconds=9))
    for first, second in ((poll, later), (later, poll)):
        together = judged(first)
        together.merge(judged(second))
        assert only(together).history.jobs == {"batch 99999": [later.at.timestamp(), "WSRC0018"]}


def test_the_client_silent_for_longest_is_forgotten(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "MOST_CLIENTS", 2)
    made = [caller(FIND)]
    for number in range(3):
        made.append(Caller(caller.service, agent=f"Other/{number}")(FIND))
        made.append(made[0])
    assert [name for _, name, _ in names(judged(*made))] == ["Other/2", caller.agent]


def test_the_oldest_memories_are_forgotten(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct, "MOST_REMEMBERED", 2)
    for job in (1, 2, 1, 3):
        caller(requests.batch_output(job))
    assert list(only(judged(*caller.made)).history.jobs) == ["batch 1", "batch 3"]
