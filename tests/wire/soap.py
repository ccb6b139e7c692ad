"""Raw SOAP for tests: envelopes written as a bare client writes them, answers checked against the published schema."""

import http.client
from base64 import b64decode
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from lrs_soap.wsdl.publishing import published_schema

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
FIND = "http://api.lrs.miap.gov.uk/findmsg"
REGISTER = "http://api.lrs.miap.gov.uk/regmsg"
REPORT = "http://api.lrs.miap.gov.uk/reportmsg"
BATCH = "http://api.lrs.miap.gov.uk/batchmsg"
VERIFY_BATCH = "http://api.lrs.miap.gov.uk/vldmsg"
EXCEPTIONS = "http://api.lrs.miap.gov.uk/exceptions"
TEMPURI = "http://tempuri.org/"
COMMON = "http://schemas.datacontract.org/2004/07/Amor.Qcf.Common"
INTERFACE = "http://schemas.datacontract.org/2004/07/Amor.Qcf.Service.Interface"
EXTERNAL = "http://api.lrs.qcf.gov.uk/services"
MODEL = "http://api.lrs.qcf.gov.uk/model"
FAULTS = "http://api.lrs.qcf.gov.uk/faults"

Fields = Mapping[str, Any]


def children(fields: Fields, prefix: str = "") -> str:
    """Write members in the order given: None is left out, a mapping nests, a list repeats."""
    pieces = []
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            if item is None:
                continue
            content = children(item, prefix) if isinstance(item, Mapping) else escape(str(item))
            pieces.append(f"<{prefix}{name}>{content}</{prefix}{name}>")
    return "".join(pieces)


def envelope(body: str, header: str = "") -> str:
    """Wrap a body as a bare client does."""
    return f'<soapenv:Envelope xmlns:soapenv="{SOAP}">{header}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'


def legacy(name: str, namespace: str, fields: Fields) -> str:
    """Write a request of LearnerService: a qualified root, unqualified members."""
    return envelope(f'<x:{name} xmlns:x="{namespace}">{children(fields)}</x:{name}>')


def wrapped(name: str, organisation: Fields | None, fields: Fields, namespace: str = COMMON) -> str:
    """Write a request of R9: all in tempuri, the organisation's members in their own namespace."""
    org = "" if organisation is None else children(organisation)
    inner = f'<t:invokingOrganisation xmlns="{namespace}">{org}</t:invokingOrganisation>'
    return envelope(f'<t:{name} xmlns:t="{TEMPURI}">{inner}{children(fields, "t:")}</t:{name}>')


def external(name: str, user: Fields | None, fields: Fields) -> str:
    """Write a request of ExternalService: all in its own namespace, the caller's members in that of the model."""
    inner = "" if user is None else f'<x:invokingUser xmlns:m="{MODEL}">{children(user, "m:")}</x:invokingUser>'
    return envelope(f'<x:{name} xmlns:x="{EXTERNAL}">{inner}{children(fields, "x:")}</x:{name}>')


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its HTTP status, its text to the letter, and the element in its Body."""

    status: int
    text: str
    body: etree._Element
    content_type: str

    def find(self, path: str) -> str | None:
        """Return the text of a descendant by local names, such as `Learner/ULN`; None when absent."""
        found = self.all(path)
        return found[0] if found else None

    def all(self, path: str) -> list[str]:
        """Return the texts of all such descendants."""
        elements = [self.body]
        for part in path.split("/"):
            elements = [child for element in elements for child in element if etree.QName(child).localname == part]
        return [element.text or "" for element in elements]

    def anywhere(self, *names: str) -> str | None:
        """Return the text of the first element with one of these local names, at whatever depth."""
        found = (element for element in self.body.iter() if etree.QName(element).localname in names)
        first = next(found, None)
        return None if first is None else first.text or ""

    def members(self) -> dict[str, str | None]:
        """Return the texts of all elements below the Body's that hold no others, by local name."""
        held = (element for element in self.body.iterdescendants() if not len(element))
        return {etree.QName(element).localname: element.text for element in held}

    @property
    def code(self) -> str | None:
        """The code it carries: a ResponseCode, or the ErrorCode of a fault."""
        return self.anywhere("ResponseCode", "ErrorCode", "UpdateLearnerSubsetFieldsResult")

    @property
    def further(self) -> str:
        """What a fault says beyond its code: its FurtherDetails, or its ErrorDetail decoded."""
        detail = self.anywhere("ErrorDetail")
        return b64decode(detail).decode() if detail else self.anywhere("FurtherDetails") or ""


def post(address: str, service: str, message: str | bytes, headers: Mapping[str, str] | None = None) -> Reply:
    """Send a message and return its answer, which must be valid against what the service publishes."""
    url = urlsplit(address)
    assert url.hostname is not None
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    try:
        body = message.encode() if isinstance(message, str) else message
        sent = {"Content-Type": "text/xml; charset=utf-8"} | dict(headers or {})
        connection.request("POST", f"{url.path}/{service}.svc", body, sent)
        response = connection.getresponse()
        content = response.read()
        return understood(service, response.status, content, response.headers.get("Content-Type", ""))
    finally:
        connection.close()


def understood(service: str, status: int, content: bytes, content_type: str) -> Reply:
    """Return an answer after checking it: envelope, status, media type, schema."""
    root = etree.fromstring(content)
    assert root.tag == f"{{{SOAP}}}Envelope", content
    body = root[-1][0]
    reply = Reply(status, content.decode(), body, content_type)
    assert content_type == "text/xml; charset=utf-8"
    assert status == (500 if body.tag == f"{{{SOAP}}}Fault" else 200)
    check_published(service, body)
    return reply


def check_published(service: str, body: etree._Element) -> None:
    """Check what stands in a Body, or in the detail of a fault there, against what a service publishes.

    The children of a MIAPAPIException, sent unqualified, are taken as the schema has them.
    """
    if body.tag != f"{{{SOAP}}}Fault":
        published_schema(service).assertValid(body)
        return
    detail = body.find("detail")
    if detail is None:
        return
    content = deepcopy(detail[0])
    if content.tag == f"{{{EXCEPTIONS}}}MIAPAPIException":
        for child in content:
            child.tag = f"{{{EXCEPTIONS}}}{etree.QName(child).localname}"
    published_schema(service).assertValid(content)
