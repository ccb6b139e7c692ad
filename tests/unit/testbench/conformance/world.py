"""The register that clients are judged on in these tests, and what was handed in to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from lrs_soap.app import Service, build_application
from lrs_soap.domain.clock import SystemClock
from lrs_soap.domain.jobs import JobStatus
from lrs_soap.settings import load_settings
from lrs_soap.store import Store, open_store
from lrs_soap.worker import BatchWorker
from tests import factories
from tests.factories import achievement_values, linked_to, uln_of

# The corpus knows her by this ULN.
MAEVE = factories.learner(uln="9276308686")
MASTER = factories.learner(2, given_name="Tomasz", family_name="Nowak", date_of_birth=date(1999, 3, 4), gender="1")
LINKED = linked_to(MASTER, 3, given_name="Thomas", family_name="Nowack", date_of_birth=date(1999, 3, 4), gender="1")
LINKED_TOO = linked_to(
    MASTER, 4, given_name="Thomas", family_name="Novakov", date_of_birth=date(1999, 3, 5), gender="1"
)
PRIVATE = factories.learner(5, given_name="Priya", family_name="Shah", ability_to_share="2")
WARY = factories.learner(6, given_name="Wanda", family_name="Wary", ability_to_share="0")
NEIGHBOUR = factories.learner(7, family_name="Adeyemi")
CHANGEABLE = factories.learner(8, given_name="Chidi", family_name="Change")
CROWD = tuple(
    factories.learner(
        100 + number,
        given_name="Amy",
        family_name="Crowd",
        last_known_post_code=f"LS{2 + number // 10} {number % 10}AA",
        school_at_age_16="Mill Row" if number == 0 else "Hill Top",
    )
    for number in range(12)
)
NOBODY = uln_of(999)
COLLEGE = factories.organisation()
FINDER = factories.organisation(ukprn="TEST0202", reference="TST002", name="Finder", grants=frozenset({"find"}))
BOARD = factories.awarding_organisation()
LEARNERS = (MAEVE, MASTER, LINKED, LINKED_TOO, PRIVATE, WARY, NEIGHBOUR, CHANGEABLE, *CROWD)


@dataclass(frozen=True)
class Place:
    """A register and the service on it."""

    service: Service
    store: Store

    def work_off(self) -> None:
        """Have every job done that was submitted so far."""
        BatchWorker(self.store, SystemClock()).run_pending()

    def give_up(self) -> None:
        """Have the oldest job fail before its first record."""
        now = SystemClock().now()
        with self.store.writing() as work:
            hold = work.jobs.claim("tests", 60, now)
            assert hold is not None
            work.jobs.end(hold, JobStatus.FAILED, now, "a reason")


@contextmanager
def opened(url: str) -> Iterator[Place]:
    """Fill a database that has its tables, and give the service on it."""
    store = open_store(url, read_audit_delay=0.01)
    with store.writing() as work:
        for organisation in (COLLEGE, FINDER, BOARD):
            work.organisations.add(organisation)
        work.learners.add_many(list(LEARNERS))
        work.events.add_many([factories.event(MAEVE)])
        work.qualifications.put_many([factories.qualification()])
    service = build_application(load_settings(database=url), store)
    try:
        yield Place(service, store)
    finally:
        service.close()


def result(**values: str | None) -> dict[str, str]:
    """Return a sound achievement of Maeve's."""
    return achievement_values(MAEVE, **values)
