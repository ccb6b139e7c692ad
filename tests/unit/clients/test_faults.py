import base64
from datetime import datetime

import pytest
from lxml import etree
from zeep.exceptions import Fault

from lrs_client.faults import LrsFault, read_fault

EXCEPTIONS = "http://api.lrs.miap.gov.uk/exceptions"
FAULTS = "http://api.lrs.qcf.gov.uk/faults"


def miap_fault(namespace: str) -> Fault:
    children = (
        "<ErrorCode>WSEC0005</ErrorCode><ErrorActor>uk.gov.miap.Authenticator</ErrorActor>"
        "<Description>The password is not correct.</Description><FurtherDetails>For TEST0101</FurtherDetails>"
        "<ErrorTimestamp>2026-03-02 10:15:04</ErrorTimestamp>"
    )
    root = f'<n:MIAPAPIException xmlns:n="{EXCEPTIONS}" xmlns="{namespace}">{children}</n:MIAPAPIException>'
    detail = etree.fromstring(f"<detail>{root}</detail>")
    return Fault(  # type: ignore[no-untyped-call]
        "uk.gov.miap.lrs.api.exceptions.MIAPAPIException", code="soapenv:Server", detail=detail
    )


def domain_fault(detail: str) -> Fault:
    children = f"<ErrorCode>WSEC0001</ErrorCode><ErrorDetail>{detail}</ErrorDetail>"
    root = f'<detail><DomainFault xmlns="{FAULTS}">{children}</DomainFault></detail>'
    return Fault(  # type: ignore[no-untyped-call]
        "Invalid request", code="s:Client", detail=etree.fromstring(root)
    )


@pytest.mark.parametrize("namespace", ["", EXCEPTIONS])
def test_a_miap_exception_is_read_with_and_without_namespace(namespace: str) -> None:
    fault = read_fault(miap_fault(namespace))
    assert (fault.code, fault.description) == ("WSEC0005", "The password is not correct.")
    assert (fault.further_details, fault.actor) == ("For TEST0101", "uk.gov.miap.Authenticator")
    assert fault.raised_at == datetime(2026, 3, 2, 10, 15, 4)  # noqa: DTZ001


def test_a_domain_fault_is_decoded() -> None:
    text = "ULN \N{LEFT SINGLE QUOTATION MARK}1: é is no digit"
    fault = read_fault(domain_fault(base64.b64encode(text.encode()).decode()))
    assert (fault.code, fault.description, fault.further_details) == ("WSEC0001", "Invalid request", text)


@pytest.mark.parametrize("detail", ["not base64!", base64.b64encode(b"\xff\xfe").decode()])
def test_a_detail_that_is_no_base64_text_is_kept(detail: str) -> None:
    assert read_fault(domain_fault(detail)).further_details == detail


def test_a_fault_without_detail_has_the_faultcode() -> None:
    refused = Fault("No SOAP 1.2 here", code="soapenv:VersionMismatch")  # type: ignore[no-untyped-call]
    fault = read_fault(refused)
    assert (fault.code, fault.description) == ("soapenv:VersionMismatch", "No SOAP 1.2 here")
    assert str(fault) == "soapenv:VersionMismatch No SOAP 1.2 here"


def test_a_timestamp_that_is_none_is_left_out() -> None:
    broken = miap_fault("")
    timestamp = broken.detail.find(".//ErrorTimestamp")
    assert timestamp is not None
    timestamp.text = "yesterday"
    assert read_fault(broken).raised_at is None


def test_a_fault_can_be_raised_and_caught() -> None:
    with pytest.raises(LrsFault, match="WSEC0003"):
        raise LrsFault("WSEC0003")
