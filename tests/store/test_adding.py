"""Adding a learner: the database decides, and the answer says what it decided."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from lrs_soap.domain.ports import Stored
from lrs_soap.store import Store
from tests.factories import learner


def test_a_uln_or_details_in_use_are_told_apart(store: Store) -> None:
    with store.writing() as work:
        assert work.learners.add(learner(1)) is Stored.STORED
        assert work.learners.add(learner(1, family_name="Else")) is Stored.ULN_TAKEN
        assert work.learners.add(learner(2)) is Stored.DETAILS_TAKEN
        assert work.learners.count() == 1


def test_of_simultaneous_adds_of_the_same_details_one_is_stored(store: Store) -> None:
    together = Barrier(32)

    def add(number: int) -> Stored:
        together.wait()
        with store.writing() as work:
            return work.learners.add(learner(number))

    with ThreadPoolExecutor(32) as threads:
        outcomes = Counter(threads.map(add, range(1, 33)))
    assert outcomes == {Stored.STORED: 1, Stored.DETAILS_TAKEN: 31}
    with store.reading() as work:
        assert work.learners.count() == 1
