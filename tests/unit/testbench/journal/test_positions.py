"""Line and column of what breaks a rule, also in a message that is one long line and repeats its elements."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.testbench.journal import Journal
from lrs_soap.testbench.journal.positions import MOST_LINES, Place, find_element, find_violation, place_at
from tests.unit.testbench.conformance.exchanges import Caller
from tests.wire import requests
from tests.wire.requests import BATCH_ORDER, MAEVE

LEARNER = requests.ordered(MAEVE | {"MISIdentifier": "1", "ULN": ""}, BATCH_ORDER)


def batch(wrong: int, of: int) -> str:
    """Return a batch on one line in which the gender of one learner is wrong."""
    return requests.submit_batch(*(LEARNER | {"Gender": "x" if number == wrong else "2"} for number in range(of)))


@given(of=st.integers(1, 12), data=st.data(), broken=st.sampled_from(("", "\n", "\r\n", "\n\n  ")))
def test_of_many_elements_of_one_name_the_one_that_is_wrong_is_found(of: int, data: st.DataObject, broken: str) -> None:
    wrong = data.draw(st.integers(0, of - 1))
    text = re.sub("(</[A-Za-z]+>)<", rf"\1{broken}<", batch(wrong, of))
    assert find_violation(text, "LearnerService") == place_at(text, text.index("<Gender>x"))


@pytest.mark.parametrize(
    "beside",
    [
        "<!-- <Gender>x</Gender> -->",
        "<!-- a > b -->",
        "<?pi <Gender>?>",
    ],
)
def test_what_only_looks_like_a_tag_does_not_count(beside: str) -> None:
    text = batch(1, 2).replace("<Learner>", f"<Learner>{beside}")
    assert find_violation(text, "LearnerService") == place_at(text, text.rindex("<Gender>x"))


def test_a_value_that_holds_a_tag_in_cdata_does_not_count() -> None:
    text = batch(1, 2).replace("Okafor", "<![CDATA[<Gender>x]]>")
    assert find_violation(text, "LearnerService") == place_at(text, text.rindex("<Gender>x"))


def test_a_tag_of_several_lines_is_where_it_begins() -> None:
    text = batch(0, 1).replace("<Gender>x", "<Gender\n\n  xml:lang='a>b'\n>x")
    assert find_violation(text, "LearnerService") == place_at(text, text.index("<Gender\n"))


def test_a_message_that_breaks_no_rule_has_no_such_place() -> None:
    assert find_violation(batch(-1, 2), "LearnerService") is None
    assert find_violation("<a>", "LearnerService") is None


def test_a_message_of_too_many_lines_keeps_the_line_that_is_known() -> None:
    assert find_violation("\n" * MOST_LINES + batch(0, 1), "LearnerService") is None


@given(st.lists(st.sampled_from(("a", "é", "\n", "😀")), max_size=20), st.integers(0, 19))
def test_places_are_counted_as_editors_do(characters: list[str], offset: int) -> None:
    text = "".join(characters)
    before = text[:offset].split("\n")
    assert place_at(text, min(offset, len(text))) == Place(len(before), len(before[-1]) + 1)


def test_an_element_is_found_by_its_name_letter_case_aside() -> None:
    assert find_element("<a>\n <x:givenName/></a>", "GivenName") == Place(2, 2)
    assert find_element("<a/>", "GivenName") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_columns_are_those_of_the_message_as_sent(journal: Journal, call: Caller, encoding: str) -> None:
    # The password is longer than its mark, and stands before what is wrong, on the same line.
    text = requests.by_uln("123").replace("mis.user", "Zoë")
    journal.record(call(text.encode(encoding), content_type="text/xml"))
    (entry,) = journal.find()
    details = entry.explanation.details
    assert (details["line"], details["column"]) == (1, text.index("<ULN>") + 1)
