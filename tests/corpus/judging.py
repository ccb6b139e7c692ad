"""Is this answer the one that a case expects, and is it fit to be sent at all?"""

import re
from base64 import b64decode
from dataclasses import dataclass

from lxml import etree

from tests.corpus.cases import Case
from tests.corpus.wire import Response
from tests.wire.soap import EXTERNAL, VERIFY_BATCH, check_published

ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
FAULT = "{http://schemas.xmlsoap.org/soap/envelope/}Fault"
XML = "text/xml; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
REFUSALS = frozenset({400, 404, 405, 411, 413, 414, 415, 417, 431, 501})
CODES = ("ResponseCode", "ErrorCode")
# By namespace of the answer; the WSDL of LearnerRegister carries all others, and the faults of every service.
PUBLISHED_BY = {VERIFY_BATCH: "LearnerService", EXTERNAL: "ExternalService"}
PUBLISHES_THE_OTHERS = "LearnerRegister"


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says. text: the values of its elements line by line, or the plain text of a refusal."""

    text: str
    answer: str | None = None
    fault: str | None = None
    code: str | None = None


def judge(case: Case, response: Response) -> None:
    """Raise AssertionError unless the answer is fit to be sent and the one expected."""
    told = read(response)
    assert response.status == case.status, told
    for name, value in case.response_headers.items():
        assert response.headers.get(name) == value
    if case.absent is not None:
        assert re.search(case.absent, response.raw.decode("latin-1")) is None
    _judge_content(case, told, response)


def _judge_content(case: Case, told: Told, response: Response) -> None:
    assert told.fault == case.fault, told
    if case.answer is not None:
        assert told.answer == case.answer
    assert re.fullmatch(case.code or "", told.code or ""), told
    if case.text is not None:
        assert re.search(case.text, told.text, re.DOTALL), told
    if case.method == "HEAD":
        assert response.body == b""


def read(response: Response) -> Told:
    """Return what an answer says, after checking what holds for every answer, expected or not."""
    assert b"Traceback" not in response.raw
    assert b"WSEC0999" not in response.raw
    if response.media_type == XML and response.body:
        return _read_xml(response)
    if response.status == 200:
        return Told(response.body.decode())
    assert response.status in REFUSALS
    assert response.media_type == PLAIN, f"no plain refusal: {response.raw[:500]!r}"
    assert response.status != 405 or "GET" in response.headers["Allow"]
    return Told(response.body.decode())


def _read_xml(response: Response) -> Told:
    root = etree.fromstring(response.body, etree.XMLParser(huge_tree=True))
    if root.tag != ENVELOPE:
        assert etree.QName(root).localname == "definitions"
        return Told(response.body.decode(), answer="definitions")
    (entry,) = root[-1]
    check_published(PUBLISHED_BY.get(etree.QName(entry).namespace or "", PUBLISHES_THE_OTHERS), entry)
    if entry.tag == FAULT:
        assert response.status == 500
        return _read_fault(entry)
    assert response.status == 200
    return Told(_values(entry), answer=etree.QName(entry).localname, code=_first(entry, *CODES))


def _read_fault(fault: etree._Element) -> Told:
    further = _first(fault, "FurtherDetails")
    encoded = _first(fault, "ErrorDetail")
    if further is None:
        further = fault.findtext("faultstring", "") if encoded is None else b64decode(encoded).decode()
    return Told(further, fault=fault.findtext("faultcode"), code=_first(fault, "ErrorCode"))


def _first(element: etree._Element, *names: str) -> str | None:
    found = (part.text or "" for part in element.iter("{*}*") if etree.QName(part).localname in names)
    return next(found, None)


def _values(element: etree._Element) -> str:
    return "\n".join(part.text or "" for part in element.iter("{*}*") if len(part) == 0)
