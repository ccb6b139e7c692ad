"""Wrong passwords as rows: one for each organisation, counted once each, however many count at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from lrs_soap.domain.logins import FailedLogins, LoginLimit, note_failure
from lrs_soap.store import Store
from tests import factories

COLLEGE = factories.organisation(ukprn="Test0101")
LIMIT = LoginLimit(1_000, timedelta(minutes=5))
THREADS, EACH = 6, 10


def test_they_are_kept_as_they_are(store: Store) -> None:
    with store.writing() as work:
        work.organisations.add(COLLEGE)
        work.organisations.add(factories.organisation(ukprn="TEST0202", reference="TST002"))
    for count in (1, 2):
        kept = FailedLogins("hash", factories.MOMENT, count)
        with store.writing() as work:
            assert work.failed_logins.hold("TEST0101") == work.failed_logins.of("test0101")
            work.failed_logins.put("test0101", kept)
        with store.reading() as work:
            assert work.failed_logins.of("TEST0101") == kept
            assert work.failed_logins.of("TEST0202") is None


def test_none_that_come_at_once_is_lost(store: Store) -> None:
    with store.writing() as work:
        work.organisations.add(COLLEGE)

    def fail(_thread: int) -> None:
        for _ in range(EACH):
            with store.writing() as work:
                note_failure(work.failed_logins, LIMIT, COLLEGE, factories.MOMENT)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fail, range(THREADS)))
    with store.reading() as work:
        failed = work.failed_logins.of(COLLEGE.ukprn)
    assert failed is not None
    assert failed.count == THREADS * EACH
