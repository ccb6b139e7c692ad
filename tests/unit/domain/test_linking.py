from dataclasses import replace

from lrs_soap.domain.linking import standing_for, ulns_of_person
from tests.fakes import InMemoryLearners, a_learner, a_linked_learner

CHAIN = [a_linked_learner(f"100000000{n}", f"100000000{n + 1}") for n in range(9)]
MASTER = a_learner("1000000009")


def test_a_live_record_stands_for_itself() -> None:
    assert standing_for(MASTER, InMemoryLearners()) == MASTER


def test_a_chain_of_links_is_followed_to_its_end() -> None:
    standing = standing_for(CHAIN[0], InMemoryLearners(MASTER, *CHAIN))
    assert standing is not None
    assert standing.uln == MASTER.uln


def test_a_chain_that_is_too_long_leads_nowhere() -> None:
    longer = [a_linked_learner("3000000000", "2000000000"), a_linked_learner("2000000000", CHAIN[0].uln)]
    assert standing_for(longer[0], InMemoryLearners(MASTER, *CHAIN, *longer)) is None


def test_a_circle_leads_nowhere() -> None:
    circle = [a_linked_learner("2000000000", "3000000000"), a_linked_learner("3000000000", "2000000000")]
    assert standing_for(circle[0], InMemoryLearners(*circle)) is None
    assert ulns_of_person(circle[0], InMemoryLearners(*circle)) == ("2000000000",)


def test_a_link_to_nobody_leads_nowhere() -> None:
    assert standing_for(a_linked_learner("2000000000", "3000000000"), InMemoryLearners()) is None
    assert standing_for(replace(CHAIN[0], master_uln=None), InMemoryLearners()) is None


def test_a_deleted_record_stands_for_nobody() -> None:
    assert standing_for(replace(MASTER, status="0"), InMemoryLearners()) is None


def test_a_person_has_all_ulns_that_lead_to_the_master() -> None:
    learners = InMemoryLearners(*CHAIN, MASTER)
    master = learners.get(MASTER.uln)
    assert master is not None
    assert ulns_of_person(master, learners) == (MASTER.uln, *(learner.uln for learner in CHAIN))


def test_a_learner_without_links_has_one_uln() -> None:
    assert ulns_of_person(MASTER, InMemoryLearners(MASTER)) == (MASTER.uln,)
