"""Organisations: found by either identifier, whatever the letter case."""

from dataclasses import replace

import pytest

from lrs_soap.domain.organisations import OrganisationStatus
from lrs_soap.store import DuplicateOrganisationError, Store
from tests.factories import organisation

COLLEGE = organisation(ukprn="Test0101", reference="tsT001", name="Ysgol Tŷ Coch", awarding=True)
SCHOOL = organisation(ukprn="TEST0202", reference="TST002", grants=frozenset(), status=OrganisationStatus.CLOSED)


@pytest.fixture
def store(store: Store) -> Store:
    with store.writing() as work:
        work.organisations.add(SCHOOL)
        work.organisations.add(COLLEGE)
    return store


@pytest.mark.parametrize("ukprn", ["Test0101", "TEST0101", "test0101"])
def test_an_organisation_is_found_by_ukprn(store: Store, ukprn: str) -> None:
    with store.reading() as work:
        assert work.organisations.by_ukprn(ukprn) == COLLEGE


@pytest.mark.parametrize("reference", ["tsT001", "TST001", "tst001"])
def test_an_organisation_is_found_by_reference(store: Store, reference: str) -> None:
    with store.reading() as work:
        assert work.organisations.by_reference(reference) == COLLEGE


def test_others_are_not_found(store: Store) -> None:
    with store.reading() as work:
        assert work.organisations.by_ukprn("TST001") is None
        assert work.organisations.by_reference("") is None
        assert work.organisations.all() == [COLLEGE, SCHOOL]


def test_an_organisation_is_replaced(store: Store) -> None:
    renamed = replace(COLLEGE, ukprn="TEST0101", reference="NEW001", name="New College", awarding=False)
    with store.writing() as work:
        assert work.organisations.replace(renamed)
        assert not work.organisations.replace(organisation(ukprn="TEST0303", reference="TST003"))
        assert work.organisations.all() == [renamed, SCHOOL]


def test_identifiers_are_unique_whatever_the_letter_case(store: Store) -> None:
    with store.writing() as work:
        for clash in (organisation(ukprn="TEST0101", reference="OTHER1"), organisation(ukprn="X", reference="Tst002")):
            with pytest.raises(DuplicateOrganisationError, match=clash.ukprn):
                work.organisations.add(clash)
        with pytest.raises(DuplicateOrganisationError):
            work.organisations.replace(replace(COLLEGE, reference="TST002"))
        assert work.organisations.all() == [COLLEGE, SCHOOL]
