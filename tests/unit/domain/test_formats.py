"""Formats of a batch record: they say what the schema of the messages says, in words."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from lrs_soap.domain import formats
from lrs_soap.services import ns
from lrs_soap.wsdl.validation import request_schema

TODAY = date(2026, 3, 2)
NEARLY = st.sampled_from(
    [
        "9276308686",
        "0276308686",
        "927630868",
        "2004-02-29",
        "2003-02-29",
        "2003-04-31",
        "2104-01-01",
        "29/02/2004",
        "LS2 9AB",
        "ls29ab    ",
        "LS2 9CC",
        "BFPO 57",
        "BFPO 57890",
        "someone@example.org",
        "someone@example",
        "some one@example.org",
        "a.b'c{|}~@ex-ample.co.uk",
        "a@b.org",
        "999",
        "0",
        "9",
        "22",
        "123456789",
        "GBR",
        " ",
        "x" * 35,
        "x" * 36,
        "x" * 50,
        "x" * 51,
        "x" * 128,
        "x" * 254,
        "x" * 255,
        "x" * 256,
        "x" * 4000,
        "x" * 4001,
    ]
)
TEXTS = NEARLY | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), min_size=1, max_size=12)


def by_the_schema(element: str, value: str) -> bool:
    request = etree.Element(f"{{{ns.BATCH}}}SubmitBatch")
    caller = {
        "UKPRN": "TEST0101",
        "OrgPassword": "x" * 16,
        "UserName": "u",
        "JobType": "FUL",
        "LearnerRecordCount": "1",
    }
    for name, text in caller.items():
        etree.SubElement(request, name).text = text
    learner = etree.SubElement(request, "Learner")
    mandatory = {"GivenName": "Maeve", "FamilyName": "Okafor"}
    for name in formats.FORMATS:
        if name in mandatory or name == element:
            etree.SubElement(learner, name).text = value if name == element else mandatory[name]
    return request_schema("LearnerService").check(request) is None


@pytest.mark.parametrize("element", formats.FORMATS)
@given(value=TEXTS)
def test_the_formats_are_those_of_the_schema(element: str, value: str) -> None:
    breach = formats.FORMATS[element].breach(element, value)
    # The schema refuses most days that never were; 29 February 1900 it takes.
    assume(breach is None or breach.rule != "no-such-day")
    assert (breach is None) == by_the_schema(element, value)


def test_every_breach_is_told_with_element_and_rule() -> None:
    values = {"Gender": "F", "DateOfBirth": "1900-02-29", "Notes": "a\x00", "EmailAddress": "none", "ULN": "1234567894"}
    told = {(breach.field, breach.rule) for breach in formats.breaches(values, TODAY)}
    assert told == {
        ("Gender", "incorrect-format"),
        ("DateOfBirth", "no-such-day"),
        ("Notes", "not-for-xml"),
        ("EmailAddress", "incorrect-format"),
        ("ULN", "uln-check-digit"),
    }


def test_long_values_are_told_in_short() -> None:
    (breach,) = formats.breaches({"Notes": "x" * 5000}, TODAY)
    assert breach.text == f"incorrect-format: Notes: '{'x' * 60}…' should be at most 4000 characters."
