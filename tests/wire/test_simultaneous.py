"""Many callers at once: uniqueness and versions are the database's, so exactly one of them wins."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from lrs_soap.store import open_store
from tests import factories
from tests.serving import running_server
from tests.wire import requests
from tests.wire.conftest import fill
from tests.wire.soap import post

MAEVE = factories.learner(1)


def codes(address: str, messages: list[str]) -> Counter[str | None]:
    """Send all messages at the same time and count the codes of their answers."""
    with ThreadPoolExecutor(len(messages)) as pool:
        return Counter(reply.code for reply in pool.map(lambda one: post(address, "LearnerService", one), messages))


def test_of_32_identical_registrations_one_wins(database_url: str) -> None:
    fill(database_url)
    with running_server(database_url, "--workers", "4") as address:
        assert codes(address, [requests.register()] * 32) == {"WSRC0005": 1, "WSRC0021": 31}
    store = open_store(database_url)
    with store.reading() as work:
        assert work.learners.count() == 1
    store.close()


def test_of_16_updates_with_one_version_one_wins(database_url: str) -> None:
    fill(database_url, [MAEVE])
    messages = [requests.update(MAEVE.uln, Notes=f"from caller {number}") for number in range(16)]
    with running_server(database_url, "--workers", "4") as address:
        assert codes(address, messages) == {"WSRC0006": 1, "WSRC0013": 15}
        found = post(address, "LearnerService", requests.by_uln(MAEVE.uln))
    assert found.find("Learner/VersionNumber") == "2"


def test_updates_towards_the_same_details_leave_one_learner_of_them(database_url: str) -> None:
    learners = [factories.learner(number, family_name=f"Okafor{'abcdefgh'[number]}") for number in range(8)]
    fill(database_url, learners)
    with running_server(database_url, "--workers", "4") as address:
        found = codes(address, [requests.update(learner.uln) for learner in learners])
    assert found == {"WSRC0006": 1, "WSRC0021": 7}


def test_different_learners_are_registered_side_by_side(database_url: str) -> None:
    fill(database_url)
    messages = [requests.register(FamilyName=f"Okafor-{first}{second}") for first in "abcdef" for second in "ghijk"]
    with running_server(database_url, "--workers", "4") as address:
        assert codes(address, messages) == {"WSRC0005": 30}
