"""The layout of batch files, and how its columns are called in the contract."""

from lrs_soap.batch_files.layout import COLUMN_OF, COLUMNS, ELEMENTS, LEARNER_COLUMNS
from lrs_soap.domain.formats import FORMATS


def test_every_column_of_a_learner_has_an_element_with_a_format() -> None:
    assert set(ELEMENTS.values()) == set(FORMATS)
    assert {element: column for column, element in ELEMENTS.items()} == COLUMN_OF


def test_two_columns_are_called_otherwise() -> None:
    assert {column: element for column, element in ELEMENTS.items() if column != element} == {
        "FamilyNameAt16": "FamilyNameAtAge16",
        "LastKnownAddressCountyorCity": "LastKnownAddressCountyOrCity",
    }


def test_30_columns_of_which_26_are_the_learners() -> None:
    assert (len(COLUMNS), len(set(COLUMNS)), len(LEARNER_COLUMNS)) == (30, 30, 26)
