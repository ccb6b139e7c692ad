"""The published contract in the place of a service: requests must be valid by it, and answers are those of the test."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import requests
from lxml import etree
from requests.adapters import BaseAdapter

from lrs_client.connection import LEARNER_SERVICE, Connection
from lrs_client.credentials import Credentials
from lrs_soap.wsdl import publishing
from lrs_soap.wsdl.publishing import published_schema, published_wsdl

URL = "http://lrs.example"
PASSWORD = "0123456789abcdef"
CREDENTIALS = Credentials(ukprn="TEST0101", organisation_ref="TST001", password=PASSWORD, user_name="tester")
XS = "{http://www.w3.org/2001/XMLSchema}"
PUBLISHED = Path(publishing.__file__).with_name("published")
BATCH = "http://api.lrs.miap.gov.uk/batchmsg"
VLD = "http://api.lrs.miap.gov.uk/vldmsg"
SVC = "http://api.lrs.qcf.gov.uk/services"
MODEL = "http://api.lrs.qcf.gov.uk/model"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class Published(BaseAdapter):
    """Publishes the WSDLs, keeps the messages it is sent, and answers one after the other what it was given."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.messages: list[etree._Element] = []
        self._answers = list(answers)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Answer a request without a network."""
        service = str(request.url).rpartition("/")[2].partition(".")[0]
        response = requests.Response()
        response.status_code = 200
        response.url = str(request.url)
        response.headers["Content-Type"] = "text/xml; charset=utf-8"
        response._content = self._answer(service, request) if request.method == "POST" else _wsdl(service)
        return response

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, service: str, request: requests.PreparedRequest) -> bytes:
        assert isinstance(request.body, str | bytes)
        self.messages.append(_message(etree.fromstring(request.body), service))
        text = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{self._answers.pop(0)}</s:Body></s:Envelope>'
        _message(etree.fromstring(text, etree.XMLParser(huge_tree=True)), service)
        return text.encode()


def _wsdl(service: str) -> bytes:
    return published_wsdl(service, f"{URL}/{service}.svc")


def _message(envelope: etree._Element, service: str) -> etree._Element:
    """Return the message of an envelope, which must be valid."""
    (message,) = envelope[-1]
    message = deepcopy(message)
    published_schema(service).assertValid(message)
    return message


def connected(
    published: Published, credentials: Credentials = CREDENTIALS, prefer: str = LEARNER_SERVICE
) -> Connection:
    """Return a connection that ends in `published`."""
    connection = Connection(URL, credentials, prefer=prefer)
    connection._session.mount("http://", published)
    return connection


def texts(element: etree._Element) -> dict[str, str | None]:
    """Return the texts of the children by local name, in their order."""
    return {etree.QName(child).localname: child.text for child in element}


def accepted(name: str, namespace: str) -> str:
    return f'<b:{name} xmlns:b="{namespace}"><ResponseCode>WSRC0007</ResponseCode><JobID>12</JobID></b:{name}>'


def elements(values: Mapping[str, object]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def batch_output(code: str, *parts: str) -> str:
    name = "GetSubmitBatchOutputResponse"
    return f'<b:{name} xmlns:b="{BATCH}"><ResponseCode>{code}</ResponseCode>{"".join(parts)}</b:{name}>'


def verify_output(code: str, *parts: str) -> str:
    name = "GetVerifyBatchOutputResponse"
    return f'<v:{name} xmlns:v="{VLD}"><ResponseCode>{code}</ResponseCode>{"".join(parts)}</v:{name}>'


def achievement_answer(operation: str, values: Mapping[str, object]) -> str:
    inside = "".join(f'<m:{name} xmlns:m="{MODEL}">{value}</m:{name}>' for name, value in values.items())
    return f'<{operation}Response xmlns="{SVC}"><{operation}Result>{inside}</{operation}Result></{operation}Response>'


def declared(file: str, kind: str) -> list[str]:
    """Return the elements that a type of the published schema declares itself, in their order."""
    schema = etree.parse(PUBLISHED / file)
    (published,) = (each for each in schema.iter(f"{XS}complexType") if each.get("name") == kind)
    return [str(each.get("name")) for each in published.iter(f"{XS}element")]
