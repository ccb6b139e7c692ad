"""The client under test, pointed at the world of each test: it learns another address, and nothing else."""

from collections.abc import Iterator

import pytest
from mis.enrolment import Account, Enrolment

from lrs_soap.testing import World


@pytest.fixture
def account(lrs_world: World) -> Account:
    """Give the account of the world's organisation."""
    known = lrs_world.credentials
    return Account(known.ukprn, known.password, known.user_name)


@pytest.fixture
def enrolment(lrs_world: World, account: Account) -> Iterator[Enrolment]:
    """Give the client."""
    client = Enrolment(lrs_world.url, account)
    yield client
    client.close()
