"""What is about persons is blotted on demand: in messages, in faults that quote it, and in what was noted."""

import json
import re
from base64 import b64encode
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lrs_soap.domain.learner import Learner
from lrs_soap.testbench.journal import Criteria, Entry, Journal
from lrs_soap.testbench.journal.personal import NAMES, blot_values, personal_values, without_personal
from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.journal.conftest import MAEVE
from tests.wire import requests

TECHNICAL = {
    "uln", "version", "status", "verification_type", "ability_to_share", "tier_level", "registered_by", "updated_by",
    "created_at", "updated_at", "created_via", "master_uln", "linked_ulns", "gender", "updated_via",
}  # fmt: skip


def told(journal: Journal, call: Caller, message: str, to: str = "LearnerService") -> Entry:
    """Return the entry of a message."""
    journal.record(call(message, to))
    return journal.find()[-1]


def element_of(attribute: str) -> str:
    return "".join(part.capitalize() for part in attribute.split("_"))


PERSONAL = {
    field.name: value
    for field in fields(Learner)
    if field.name not in TECHNICAL and isinstance(value := getattr(MAEVE, field.name), str) and len(value) > 3
}


def test_nothing_of_a_learner_found_is_left(journal: Journal, call: Caller) -> None:
    entry = told(journal, call, requests.by_uln(MAEVE.uln))
    shown, blotted = json.dumps(entry.to_json()), json.dumps(entry.to_json(blot_personal=True))
    for value in ("Maeve", "Okafor", "LS2 9AB", "2004-02-29", "4 Mill Row", "maeve.okafor@example.org", MAEVE.uln):
        assert value in shown
    for value in (*PERSONAL.values(), "2004-02-29", MAEVE.uln):
        assert value not in blotted


@pytest.mark.parametrize("attribute", PERSONAL)
def test_every_detail_of_a_learner_is_known_as_personal(attribute: str) -> None:
    assert any(re.fullmatch(name, element_of(attribute).lower()) for name in NAMES)


def test_what_is_not_about_persons_stays(journal: Journal, call: Caller) -> None:
    entry = told(journal, call, requests.by_uln(MAEVE.uln)).without_personal()
    assert (entry.organisation, entry.operation, entry.outcome) == ("TEST0101", "learnerByULN", "WSRC0004")
    assert "<FindType>FUL</FindType><UKPRN>TEST0101</UKPRN><OrgPassword>***</OrgPassword>" in entry.request_text
    assert "<ResponseCode>WSRC0004</ResponseCode>" in entry.answer_text
    etree.fromstring(entry.request)
    etree.fromstring(entry.answer)


def test_records_that_were_compared_are_not_told_either(journal: Journal, call: Caller) -> None:
    entry = told(journal, call, requests.by_demographics(Gender="1", GivenName="Zaynab"))
    shown, blotted = entry.explanation, entry.without_personal().explanation
    assert "'Okafor / Obi / Obi' stored" in " ".join(shown.sentences)
    for value in (*PERSONAL.values(), "2004-02-29", "Zaynab", MAEVE.uln):
        assert value not in f"{blotted}"
    assert blotted.rule == shown.rule
    assert [field["points"] for field in blotted.details["compared"][0]["fields"]] == [
        field["points"] for field in shown.details["compared"][0]["fields"]
    ]


@pytest.mark.parametrize(
    ("message", "value"),
    [
        (requests.by_demographics(DateOfBirth="29/02/2004"), "29/02/2004"),
        (requests.by_demographics(LastKnownPostCode="NOWHERE"), "NOWHERE"),
        (requests.by_demographics(EmailAddress="a&b at home"), "at home"),
        (requests.by_uln("9999999999"), "9999999999"),
        (requests.by_demographics(FamilyName="O'Neil-" * 6), "Neil"),
    ],
)
def test_a_fault_that_quotes_it_is_blotted(journal: Journal, call: Caller, message: str, value: str) -> None:
    entry = told(journal, call, message)
    assert entry.status == 500
    blotted = json.dumps(entry.to_json(blot_personal=True))
    assert value not in blotted
    assert "FurtherDetails" in blotted
    assert entry.without_personal().explanation.details["line"] == 1


def test_a_fault_of_r9_is_blotted(journal: Journal, call: Caller) -> None:
    entry = told(journal, call, requests.events(MAEVE.uln, dateOfBirth="yesterday"), "LearnerServiceR9")
    blotted = entry.without_personal()
    assert "yesterday" not in json.dumps(blotted.to_json())
    assert b64encode(b"yesterday")[:-2].decode() not in blotted.answer_text
    assert etree.fromstring(blotted.answer) is not None


@given(name=st.sampled_from(("GivenName", "t:familyName", "x:DateofBirth", "LearnerPostcode", "FamilyNameAtAge16")),
       value=st.text(st.characters(categories=("L", "N")), min_size=4), in_cdata=st.booleans())  # fmt: skip
def test_values_are_blotted_in_any_writing(name: str, value: str, *, in_cdata: bool) -> None:
    content = f"<![CDATA[{value}]]>" if in_cdata else value
    message = f"<a><{name} xml:lang='en'>{content}</{name}></a>"
    assert personal_values(message) == {value}
    assert without_personal(message, frozenset()) == f"<a><{name} xml:lang='en'>***</{name}></a>"


def test_an_empty_value_is_seen_to_be_empty() -> None:
    message = "<GivenName></GivenName><Title/><Gender xsi:nil='true'/>"
    assert without_personal(message, frozenset()) == message


def test_a_short_value_is_blotted_where_it_is_quoted_and_no_name_is_torn() -> None:
    assert blot_values("'Li' in element 'Living', Li", {"Li"}) == "'***' in element 'Living', Li"


def test_entries_are_found_whatever_is_blotted_afterwards(journal: Journal, call: Caller) -> None:
    told(journal, call, requests.by_uln(MAEVE.uln))
    assert journal.count(Criteria(text="okafor")) == 1
