"""A journal, and a service whose exchanges it keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lrs_soap.app import Service, build_application
from lrs_soap.registers import open_register
from lrs_soap.settings import load_settings
from lrs_soap.testbench.journal import Journal, Limits
from tests import factories
from tests.unit.testbench.conformance.exchanges import Caller
from tests.wire.conftest import fill

MAEVE = factories.full_learner(1)
IDRIS = factories.learner(2, given_name="Idris", family_name="Pryce", last_known_post_code="CF10 1EP")
LINKED = factories.linked_to(IDRIS, 3, given_name="Idris", family_name="Price", last_known_post_code="CF10 1EP")
TWINS = [
    factories.learner(number, given_name="Ffion", family_name="Rees", last_known_post_code=f"SA{number} 3QX")
    for number in range(10, 22)
]
AGES = 1_000_000
COLLEGE = factories.organisation()
CLOSED_OUT = factories.organisation(ukprn="TEST0303", reference="TEST03", grants=frozenset())


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Give an empty journal, in which nothing grows too old."""
    opened = Journal(tmp_path / "journal.db", Limits(hours=AGES))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a service over a register with some learners."""
    database = f"sqlite:///{tmp_path_factory.mktemp('journal') / 'register.db'}"
    fill(database, [MAEVE, IDRIS, LINKED, *TWINS], organisations=[COLLEGE, CLOSED_OUT])
    settings = load_settings(database=database)
    application = build_application(settings, open_register(settings))
    yield application
    application.close()


@pytest.fixture
def call(service: Service) -> Caller:
    """Give a client of the service."""
    return Caller(service)
