"""The verdict: what the service forgives a client, and another one might not."""

from mis.enrolment import Account, Enrolment
from mis.verifying import verify
from people import PERSON

from lrs_soap.testing import World


def test_the_client_keeps_the_rules(lrs_world: World, enrolment: Enrolment, account: Account) -> None:
    """All requests of the client are judged at the end."""
    uln = enrolment.uln_of(PERSON)
    enrolment.find(uln, "Rosalind", "Lovelace")
    verify(lrs_world.url, account, uln, PERSON)
    verdict = lrs_world.conformance.verdict()
    (client,) = verdict.clients
    assert (client.organisation, client.user_agent) == ("DEMO0001", "example-mis/1.0")
    assert "LearnerService/verifyLearner" in client.operations
    assert verdict.broken == (), lrs_world.conformance.report()
