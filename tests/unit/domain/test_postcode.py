import pytest
from hypothesis import given

from lrs_soap.domain import postcode
from tests.unit.domain.strategies import any_text


@pytest.mark.parametrize("text", ["LS2 9AB", "ls29ab", " Ls2  9aB   ", "LS2\t9AB"])
def test_blanks_and_letter_case_make_no_difference(text: str) -> None:
    assert postcode.key(text) == "LS29AB"
    assert postcode.outward(text) == "LS2"


@pytest.mark.parametrize(("text", "outward"), [("EC1A 1BB", "EC1A"), ("BFPO 1234", "BFPO"), ("M1", ""), ("", "")])
def test_the_outward_part_names_the_district(text: str, outward: str) -> None:
    assert postcode.outward(text) == outward


@given(any_text)
def test_a_key_is_its_own_key(text: str) -> None:
    assert postcode.key(postcode.key(text)) == postcode.key(text)
    assert postcode.outward(postcode.key(text)) == postcode.outward(text)
