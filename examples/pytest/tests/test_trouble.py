"""What a client does when the service is in trouble, which the live one cannot be asked for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from mis.enrolment import Account, Enrolment, RefusedError
from mis.verifying import verify
from people import PERSON

from lrs_soap.testing import Journal, Scenario, World


def test_an_outage_is_sat_out(enrolment: Enrolment, lrs_world: World, lrs_journal: Journal) -> None:
    """Two pages of a proxy, then the service is back: the client asks three times."""
    learner = lrs_world.learner()
    lrs_world.scenario(["outage", "outage", "normal"], operation="learnerByULN")
    found = enrolment.find(learner.uln, learner["GivenName"], learner["FamilyName"])
    assert found is not None
    assert [entry.status for entry in lrs_journal.entries(operation="learnerByULN")] == [503, 503, 200]


def test_a_lost_answer_does_not_register_twice(enrolment: Enrolment, lrs_world: World, lrs_journal: Journal) -> None:
    """The registration is carried out and its answer lost, so the client has to look before it tries again."""
    lrs_world.scenario("connection-closed", operation="registerSingleLearner", first=1, carried_out=True)
    uln = enrolment.uln_of(PERSON)
    assert lrs_world.state.learners == 1
    assert lrs_world.learners.get(uln)["FamilyName"] == "Lovelace"
    assert lrs_journal.count(operation="registerSingleLearner") == 1


def test_closing_time(enrolment: Enrolment, lrs_scenario: Callable[..., Scenario]) -> None:
    """A refusal that more tries do not help against is told at once; after the block all is as ever."""
    with lrs_scenario("out-of-hours"), pytest.raises(RefusedError, match="WSEC0004"):
        enrolment.find("9000000105", "Amelia", "Hartley")
    assert enrolment.find("9000000105", "Amelia", "Hartley") is None


def test_another_organisation_is_not_troubled(lrs_world: World, lrs_scenario: Callable[..., Scenario]) -> None:
    """A scenario can be for one organisation alone."""
    learner = lrs_world.learner()
    lrs_scenario("wrong-password", organisation="DEMO0002")
    for ukprn, outcome in {"DEMO0001": "WSVRC001", "DEMO0002": "WSEC0005"}.items():
        known = lrs_world.organisation(ukprn)
        account = Account(known.ukprn, known.password, known.user_name)
        try:
            code = verify(lrs_world.url, account, learner.uln, learner.search)
        except RefusedError as error:
            code = str(error)
        assert code == outcome


def test_waiting_for_work_in_the_background(enrolment: Enrolment, lrs_journal: Journal) -> None:
    """A client that works in the background is waited for by its requests, without a sleep in the test."""
    with ThreadPoolExecutor() as background:
        background.submit(enrolment.uln_of, PERSON)
        (registered,) = lrs_journal.wait(1, timeout=30, operation="registerSingleLearner")
    assert (registered.outcome, registered.organisation) == ("WSRC0005", "DEMO0001")
