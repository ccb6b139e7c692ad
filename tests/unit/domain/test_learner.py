from dataclasses import replace
from datetime import date

from hypothesis import given

from lrs_soap.domain.learner import DetailsKey, details_key
from tests.fakes import a_learner
from tests.unit.domain.strategies import any_text

BORN = date(2004, 2, 29)


def test_details_are_compared_as_normalised() -> None:
    expected = DetailsKey("ONEIL", "ZOE", BORN, "2", "LS29AB")
    assert details_key("O'Neil", "Zoë", BORN, "2", "ls2 9ab") == expected
    learner = a_learner(family_name="ONeil", given_name="ZOE", last_known_post_code="LS29AB")
    assert learner.details == expected


@given(any_text, any_text, any_text)
def test_details_of_details_are_the_same(family_name: str, given_name: str, post_code: str) -> None:
    once = details_key(family_name, given_name, BORN, "1", post_code)
    assert details_key(once.family_key, once.given_key, BORN, "1", once.post_code_key) == once


def test_a_record_has_exactly_one_status() -> None:
    for status in "012":
        record = replace(a_learner(), status=status)
        assert (record.is_deleted, record.is_live, record.is_linked) == (status == "0", status == "1", status == "2")
