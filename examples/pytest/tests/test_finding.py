"""Learners in the state a test needs, each in a world of the test's own."""

import pytest
from mis.enrolment import Account, Enrolment
from mis.verifying import verify

from lrs_soap.testing import World


def test_a_learner_is_found(lrs_world: World, enrolment: Enrolment) -> None:
    """A learner is made in the world, whatever its name, and found by the client."""
    learner = lrs_world.learner(EmailAddress="a.learner@example.org")
    found = enrolment.find(learner.uln, learner["GivenName"], learner["FamilyName"])
    assert (found.ULN, found.EmailAddress) == (learner.uln, "a.learner@example.org")


def test_nobody_else_is_in_the_world(lrs_world: World, enrolment: Enrolment) -> None:
    """What other tests do at the same time is not seen."""
    assert lrs_world.state.learners == 0
    assert enrolment.find("9000000105", "Amelia", "Hartley") is None


def test_the_master_of_a_linked_learner_is_used(lrs_world: World, enrolment: Enrolment) -> None:
    """A learner with two records: the client has to go on with the master's ULN."""
    master = lrs_world.learner()
    former = lrs_world.learner("linked", linked_to=master)
    found = enrolment.find(former.uln, former["GivenName"], former["FamilyName"])
    assert (found.ULN, found.MasterSubstituted) == (master.uln, "Y")


@pytest.mark.lrs_world("demo")
def test_the_demo_world(enrolment: Enrolment) -> None:
    """The demo world has somebody for every answer; each test gets a copy."""
    assert enrolment.find("9000000105", "Amelia", "Hartley").LastKnownPostCode == "LS1 4DY"
    assert enrolment.find("9000000350", "Gregory", "Whitlock") is None, "deleted"


@pytest.mark.parametrize(("state", "code"), [("live", "WSVRC001"), ("linked", "WSVRC002"), ("deleted", "WSVRC006")])
def test_verifying(lrs_world: World, account: Account, state: str, code: str) -> None:
    """A client without a SOAP toolkit is tested in the same way."""
    learner = lrs_world.learner(state)
    assert verify(lrs_world.url, account, learner.uln, learner.search) == code
