"""What a client sent, read once for all rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from lxml import etree

from lrs_soap.domain.codes import Operation
from lrs_soap.services import http, ns
from lrs_soap.services.envelope import BODY, BYTE_ORDER_MARKS, ENVELOPE, HEADER
from lrs_soap.services.http import HttpRefusal, MediaType
from lrs_soap.testbench.conformance.catalogue import Members
from lrs_soap.testbench.exchange import Exchange
from lrs_soap.wsdl.publishing import SERVICES

ELEMENTS: Final[Mapping[str, Operation]] = {
    "FindLearnerByULN": Operation.LEARNER_BY_ULN,
    "LearnerByUln": Operation.LEARNER_BY_ULN,
    "FindLearnerByDemographics": Operation.LEARNER_BY_DEMOGRAPHICS,
    "RegisterLearner": Operation.REGISTER_LEARNER,
    "UpdateLearner": Operation.UPDATE_LEARNER,
    "VerifyLearner": Operation.VERIFY_LEARNER,
    "RetrieveULNs": Operation.RETRIEVE_ULNS,
    "GetLearnerLearningEvents": Operation.GET_LEARNING_EVENTS,
    "UpdateLearnerSubsetFields": Operation.UPDATE_SUBSET,
    "ViewAudit": Operation.VIEW_AUDIT,
    "GetOrganisation": Operation.GET_ORGANISATION,
    "SubmitBatch": Operation.SUBMIT_BATCH,
    "GetSubmitBatchOutput": Operation.GET_BATCH_OUTPUT,
    "SubmitVerifyBatch": Operation.SUBMIT_VERIFY_BATCH,
    "GetVerifyBatchOutput": Operation.GET_VERIFY_BATCH_OUTPUT,
    "SubmitAchievementBatchJob": Operation.SUBMIT_ACHIEVEMENTS,
    "GetAchievementBatchJob": Operation.GET_ACHIEVEMENT_JOB,
}
CALLERS: Final = frozenset({"invokingorganisation", "invokinguser"})
RECORDS: Final = frozenset({"learner", "learnertoverify"})
LISTS_OF_RECORDS: Final = frozenset({"achievements"})
MOST_REFUSED_MEMBERS: Final = 20
NOT_JUDGED: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_R9: Final = f"{{{ns.TEMPURI}}}"
_ADDRESS = re.compile(r"/(\w+)\.svc/?$", re.IGNORECASE)
_SERVICES: Final = {name.lower(): name for name in SERVICES}
_PARSER_OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
}


@dataclass(slots=True)
class Sent:
    """A request to one of the services.

    headers: by name in small letters. root, header, body, entry: None where the message has none that can be read;
    entry is the element in the Body, and organisation the one in it that says who calls, where there is one. said: the
    members of the message itself. caller: those that say who calls. records: those of the learners or achievements in
    it. is_valid: whether the service itself found it in order.
    """

    exchange: Exchange
    service: str
    operation: Operation | None
    headers: Mapping[str, str]
    media_type: MediaType
    root: etree._Element | None = None
    header: etree._Element | None = None
    body: etree._Element | None = None
    entry: etree._Element | None = None
    organisation: etree._Element | None = None
    said: dict[str, str] = field(default_factory=dict)
    caller: dict[str, str] = field(default_factory=dict)
    records: list[Members] = field(default_factory=list)
    is_valid: bool = False

    @property
    def published_name(self) -> str:
        """The operation as it is published, such as LearnerService/learnerByULN; the service alone when unknown."""
        operation = self.exchange.observation.operation
        return f"{self.service}/{operation}" if operation else self.service

    @property
    def is_r9(self) -> bool:
        """Whether the operation is one of R9, which LearnerRegister may offer too."""
        return self.exchange.observation.element.startswith(_R9)

    @property
    def identity(self) -> Members:
        """The members of whom the request is about: its one record, or itself."""
        return self.records[0] if self.records else self.said


def read(exchange: Exchange) -> Sent | None:
    """Return what was sent; None for what is no request to a service, such as a look at its WSDL."""
    service = exchange.observation.service or _service_of(exchange.path)
    if not service or exchange.method in NOT_JUDGED:
        return None
    element = exchange.observation.element.rpartition("}")[2] if exchange.observation.operation else ""
    headers = {name.lower(): value for name, value in exchange.headers}
    sent = Sent(exchange, service, ELEMENTS.get(element), headers, _media_type(headers.get("content-type", "")))
    if exchange.body:
        _open(sent)
    return sent


def _service_of(path: str) -> str:
    found = _ADDRESS.search(path)
    return _SERVICES.get(found[1].lower(), "") if found else ""


def _media_type(header: str) -> MediaType:
    try:
        return http.parse_media_type(header)
    except HttpRefusal:
        return MediaType("", None)


@lru_cache(maxsize=32)
def _parser(charset: str | None) -> etree.XMLParser:
    return etree.XMLParser(encoding=charset, **_PARSER_OPTIONS)


def _open(sent: Sent) -> None:
    message = sent.exchange.body
    charset = None if message.startswith(BYTE_ORDER_MARKS) else sent.media_type.charset
    try:
        sent.root = etree.fromstring(message, _parser(charset))
    except (etree.XMLSyntaxError, ValueError, AssertionError, LookupError):
        return
    if sent.root.tag != ENVELOPE:
        return
    for part in sent.root.iterchildren(etree.Element):
        if part.tag == HEADER:
            sent.header = part
        elif part.tag == BODY:
            sent.body = part
            sent.entry = next(part.iterchildren(etree.Element), None)
    if sent.entry is not None:
        seen = sent.exchange.observation
        sent.is_valid = bool(seen.operation) and seen.violation is None
        _read_members(sent, sent.entry)


def _read_members(sent: Sent, entry: etree._Element) -> None:
    # Of what the service refused nothing counts but who sent it, which stands at the beginning.
    for child in islice(entry.iterchildren(etree.Element), None if sent.is_valid else MOST_REFUSED_MEMBERS):
        name = _local(child.tag)
        if not len(child):
            sent.said[name] = child.text or ""
        elif name in CALLERS:
            sent.organisation = child
            sent.caller = _members(child)
        elif name in RECORDS:
            sent.records.append(_members(child))
        elif name in LISTS_OF_RECORDS:
            sent.records.extend(_members(record) for record in child.iterchildren(etree.Element))
    if sent.organisation is None:
        sent.caller = sent.said


def _members(parent: etree._Element) -> dict[str, str]:
    return {_local(child.tag): child.text or "" for child in parent.iterchildren(etree.Element)}


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()
