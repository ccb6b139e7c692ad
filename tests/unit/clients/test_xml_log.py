from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lrs_client.xml_log import BLOT, XmlLog, readable

PASSWORD = "0123456789abcdef"


def test_passwords_are_blotted_out_whatever_their_namespace() -> None:
    envelope = etree.fromstring(
        f"<e><a:Password xmlns:a='urn:a'>{PASSWORD}</a:Password><OrgPassword>another password</OrgPassword></e>"
    )
    shown = readable(envelope, PASSWORD)
    assert PASSWORD not in shown
    assert "another password" not in shown
    assert shown.count(BLOT) == 2


def test_a_password_that_a_fault_repeats_is_blotted_out_too() -> None:
    shown = readable(etree.fromstring(f"<e><FurtherDetails>Value '{PASSWORD}'</FurtherDetails></e>"), PASSWORD)
    assert f"Value '{BLOT}'" in shown


@given(st.text(alphabet="abc<>&'\"1 ", min_size=16, max_size=16).filter(str.strip))
def test_no_password_survives(password: str) -> None:
    envelope = etree.Element("e")
    etree.SubElement(envelope, "OrgPassword").text = password
    etree.SubElement(envelope, "FurtherDetails").text = f"[{password}]"
    for element in etree.fromstring(readable(envelope, password)):
        assert password not in (element.text or "")


def test_what_is_sent_stays_as_it_is() -> None:
    envelope = etree.fromstring(f"<e><OrgPassword>{PASSWORD}</OrgPassword></e>")
    readable(envelope, PASSWORD)
    assert envelope[0].text == PASSWORD


def test_xml_is_indented() -> None:
    assert readable(etree.fromstring("<e><a>1</a></e>"), PASSWORD) == "<e>\n  <a>1</a>\n</e>"


@pytest.mark.parametrize("direction", ["request", "answer"])
def test_the_log_shows_both_directions(direction: str) -> None:
    shown: list[str] = []
    log = XmlLog(shown.append, PASSWORD)
    envelope = etree.fromstring(f"<e>{PASSWORD}</e>")
    operation = SimpleNamespace(name="learnerByULN")
    if direction == "request":
        log.egress(envelope, {}, operation, {"address": "http://127.0.0.1:1/LearnerService.svc"})
    else:
        log.ingress(envelope, {}, operation)
    (text,) = shown
    assert text.startswith(f"--- {direction}")
    assert "learnerByULN" in text
    assert PASSWORD not in text
