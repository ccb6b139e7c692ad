"""Qualifications: found by reference however it is spelt, and replaced by it."""

import pytest

from lrs_soap.domain.achievement import Qualification
from lrs_soap.store import Store
from tests.factories import qualification
from tests.store.undoing import undone

GCSE = qualification()
UNIT = Qualification(
    reference="J/502/3295",
    title="Dechrau ar y ffôn",
    qualification_type="QCF Unit",
    credits=3,
    grades=("Entry 3", 'D"*'),
    sensitive=True,
)


@pytest.fixture
def store(store: Store) -> Store:
    with store.writing() as work:
        assert work.qualifications.put_many([GCSE, UNIT]) == 2
    return store


@pytest.mark.parametrize("reference", ["J/502/3295", "j/502/3295", "J5023295", "J-502-3295"])
def test_a_qualification_comes_back_whole(store: Store, reference: str) -> None:
    with store.reading() as work:
        assert work.qualifications.get(reference) == UNIT


@pytest.mark.parametrize("reference", ["", "J/502/329", "60012346"])
def test_others_are_not_found(store: Store, reference: str) -> None:
    with store.reading() as work:
        assert work.qualifications.get(reference) is None


def test_all_are_listed_and_counted(store: Store) -> None:
    with store.reading() as work:
        assert work.qualifications.all() == [GCSE, UNIT]
        assert work.qualifications.count() == 2


def test_a_reference_that_is_there_is_replaced(store: Store) -> None:
    ungraded = Qualification(reference="600/1234/5", title="Sociology", qualification_type="Vocational")
    with store.writing() as work:
        assert work.qualifications.put_many([ungraded, qualification(reference="60012346")]) == 2
        assert work.qualifications.get("60012345") == ungraded
        assert work.qualifications.count() == 3


def test_the_last_of_several_alike_stays(store: Store) -> None:
    with store.writing() as work:
        work.qualifications.put_many([qualification(title="First"), qualification(title="Last")])
        found = work.qualifications.get(GCSE.reference)
    assert found is not None
    assert found.title == "Last"


def test_many_are_stored_in_chunks_and_with_the_unit_of_work_alone(store: Store) -> None:
    with undone(store) as work:
        many = (qualification(reference=f"7{number:07d}") for number in range(2001))
        assert work.qualifications.put_many(many) == 2001
        assert work.qualifications.count() == 2003
    with store.writing() as work:
        assert work.qualifications.count() == 2
        assert work.qualifications.put_many([]) == 0
