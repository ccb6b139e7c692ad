"""A register with a college and a few learners, served for a module of tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from lrs_soap.domain.organisations import Organisation
from tests import factories
from tests.serving import running_server
from tests.wire.conftest import fill

FULL = factories.full_learner(1)
LINKED = factories.linked_to(FULL, 2, given_name="Mauve", date_of_birth=date(2004, 2, 28))
PRIVATE = factories.learner(3, given_name="Idris", family_name="Pryce", gender="1", ability_to_share="2")
TWINS = (
    factories.learner(4, given_name="Ada", family_name="Quill", last_known_post_code="M1 1AE"),
    factories.learner(5, given_name="Ada", family_name="Quill", last_known_post_code="CF10 1AA"),
)
UNKNOWN_ULN = factories.uln_of(99)
CLOSED = Organisation(
    ukprn="TEST0909", reference="TST909", name="Night School", password_hash=factories.hashed(), status="Closed"
)
FULL_EVENT = factories.event(
    FULL,
    credits=12,
    level="3",
    participation_start=date(2018, 9, 4),
    participation_end=date(2020, 8, 20),
    language="CYM",
    under_data_challenge=True,
)
SPARE_EVENT = factories.event(
    FULL,
    source="AO",
    subject="Numeracy",
    grade=None,
    award_date=date(2019, 7, 1),
    date_loaded=datetime(2019, 9, 1, 8, 0, 0, tzinfo=UTC),
)


@contextmanager
def served_college(folder: Path) -> Iterator[str]:
    """Serve the college's register from a database in `folder`, and give the address."""
    url = f"sqlite:///{folder / 'college.db'}"
    fill(url, [FULL, LINKED, PRIVATE, *TWINS], [FULL_EVENT, SPARE_EVENT], [factories.organisation(), CLOSED])
    with running_server(url) as address:
        yield address
