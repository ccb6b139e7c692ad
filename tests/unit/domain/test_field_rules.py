from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain.field_rules import NAME_ELEMENTS, TEXT_ELEMENTS, Breach, check_request
from tests.unit.domain.strategies import any_text

TODAY = date(2026, 3, 2)
GOOD = {
    "ULN": "9276308686",
    "Title": "Ms",
    "GivenName": "Maeve",
    "FamilyName": "Okafor",
    "SchoolAtAge16": "Mill Row Academy",
    "LastKnownAddressLine1": "4 Mill Row",
    "LastKnownPostCode": "LS2 9AB",
    "DateOfBirth": "2004-02-29",
    "EmailAddress": "maeve@okafor.uk",
    "VerificationType": "2",
    "Notes": "A prisoner of war wrote this",
}


def breach(**values: str) -> Breach | None:
    return check_request(GOOD | values, TODAY)


def broken(**values: str) -> tuple[str, str] | None:
    found = breach(**values)
    return (found.field, found.rule) if found else None


def test_good_values_break_no_rule() -> None:
    assert breach() is None
    assert check_request({}, TODAY) is None
    assert check_request(dict.fromkeys(GOOD, ""), TODAY) is None
    assert check_request(dict.fromkeys(GOOD, "  "), TODAY) is None


@pytest.mark.parametrize("number", ["9999999999", "1234567894", "9276308687"])
def test_a_uln_needs_its_check_digit(number: str) -> None:
    assert broken(ULN=number) == ("ULN", "uln-check-digit")


@pytest.mark.parametrize("element", TEXT_ELEMENTS)
@pytest.mark.parametrize("text", ["Prisoner", "c/o PRISONERS' Trust", "HMP Leeds", "HM  Prison, Ely", "ex-offender"])
def test_prohibited_words_are_found_in_any_letter_case(element: str, text: str) -> None:
    assert broken(**{element: text}) == (element, "prohibited-text")


@pytest.mark.parametrize("text", ["Prisonerson", "Hmpson", "Convictor", "Prison Lane", "Offenderby"])
def test_parts_of_words_are_not_prohibited(text: str) -> None:
    assert broken(FamilyName=text, LastKnownAddressLine1=text) is None


def test_names_are_among_the_texts() -> None:
    assert set(NAME_ELEMENTS) < set(TEXT_ELEMENTS)


@pytest.mark.parametrize("post_code", ["ZZ99 3WZ", "zz993wz", "XX99 9XX "])
def test_pseudo_postcodes_are_prohibited(post_code: str) -> None:
    assert broken(LastKnownPostCode=post_code) == ("LastKnownPostCode", "prohibited-postcode")


@pytest.mark.parametrize("post_code", ["ZZ99 9ZZ", "zz999zz", "BFPO 12"])
def test_the_default_postcode_is_not(post_code: str) -> None:
    assert broken(LastKnownPostCode=post_code) is None


@pytest.mark.parametrize("email", ["none", "NONE", "none@none.com", "None@example.org", " none "])
def test_none_is_no_email_address(email: str) -> None:
    assert broken(EmailAddress=email) == ("EmailAddress", "email-none")


@pytest.mark.parametrize("email", ["nonesuch@example.org", "a.none@example.org", "a@none.org"])
def test_none_may_be_part_of_one(email: str) -> None:
    assert broken(EmailAddress=email) is None


@pytest.mark.parametrize(
    ("born", "permitted"),
    [
        ("2013-03-02", True),
        ("2013-03-03", False),
        ("1915-03-03", True),
        ("1915-03-02", False),
        ("2027-01-01", False),
        ("1900-01-01", False),
    ],
)
def test_the_permitted_age_is_13_to_110(born: str, permitted: bool) -> None:
    assert broken(DateOfBirth=born) == (None if permitted else ("DateOfBirth", "permitted-age"))


def test_what_is_no_date_is_left_to_the_schema() -> None:
    assert broken(DateOfBirth="yesterday") is None


@pytest.mark.parametrize(
    "description", ["", "   ", "ILR", "ilr", "Other ID", "LRS", "By school/college/learning provider"]
)
def test_an_other_verification_says_how(description: str) -> None:
    expected = ("OtherVerificationDescription", "other-verification-description")
    assert broken(VerificationType="999", OtherVerificationDescription=description) == expected


def test_a_refused_description_is_refused_with_any_verification_type() -> None:
    assert broken(OtherVerificationDescription="LRS") is not None


@pytest.mark.parametrize(
    "values", [{"VerificationType": "999", "OtherVerificationDescription": "Birth certificate"}, {}]
)
def test_a_description_is_needed_for_999_only(values: dict[str, str]) -> None:
    assert broken(**values) is None


@pytest.mark.parametrize(
    "values",
    [
        {"ULN": "9999999999"},
        {"FamilyName": "Prisoner"},
        {"LastKnownPostCode": "ZZ99 3WZ"},
        {"EmailAddress": "none"},
        {"DateOfBirth": "2020-01-01"},
        {"VerificationType": "999"},
        {"OtherVerificationDescription": "ILR"},
    ],
)
def test_a_text_names_the_rule_and_the_field_and_the_way_out(values: dict[str, str]) -> None:
    found = breach(**values)
    assert found is not None
    assert found.rule in found.text
    assert found.field in found.text
    assert found.text.count(". ") == 1
    assert found.text.endswith(".")


@given(st.dictionaries(st.sampled_from([*TEXT_ELEMENTS, *GOOD, "OtherVerificationDescription"]), any_text))
def test_no_text_breaks_the_check(values: dict[str, str]) -> None:
    found = check_request(values, TODAY)
    assert found is None or found.field in values or found.rule == "other-verification-description"
