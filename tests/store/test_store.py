"""The store as a whole."""

from lrs_soap.store import Store
from tests.factories import full_learner


def test_a_unit_of_work_is_kept(store: Store) -> None:
    with store.writing() as work:
        work.learners.add(full_learner())
    with store.reading() as work:
        assert work.learners.get(full_learner().uln) == full_learner()
