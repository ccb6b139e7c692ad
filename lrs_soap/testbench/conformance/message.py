"""Rules on the message: its envelope, and the element in its Body held against what is published."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache, lru_cache
from itertools import islice
from threading import Lock
from typing import Any, Final

from lxml import etree

from lrs_soap.services import ns as namespaces
from lrs_soap.testbench.conformance.catalogue import rules
from lrs_soap.testbench.conformance.checks import KEPT, Check, Said
from lrs_soap.testbench.conformance.excerpts import excerpt, start_tag
from lrs_soap.testbench.conformance.sent import Sent
from lrs_soap.wsdl.publishing import published_schema

ENCODING_STYLE: Final = f"{{{namespaces.SOAP11}}}encodingStyle"
SOAP_ATTRIBUTE: Final = f"{{{namespaces.SOAP11}}}"
MOST_RECORDS_CHECKED: Final = 40
LARGEST_SEARCHED: Final = 256 * 1024
MOST_PREFIXES: Final = 50

_DECLARATION = re.compile(rb"""xmlns:([\w.\-]+)\s*=\s*["']([^"']*)["']""")
_checking = Lock()
_instructions = etree.XPath("//processing-instruction()")


def _soap_elements(sent: Sent) -> Iterator[etree._Element]:
    return (element for element in (sent.root, sent.header, sent.body) if element is not None)


def no_encoding_style(sent: Sent) -> Said:
    """Rule R1005."""
    if sent.body is None:
        return None
    return next((start_tag(one) for one in _soap_elements(sent) if ENCODING_STYLE in one.attrib), KEPT)


def no_soap_attributes(sent: Sent) -> Said:
    """Rule R1032. What R1005 judges is left to it."""
    if sent.body is None:
        return None
    return next((start_tag(one) for one in _soap_elements(sent) if any(_soap_attributes(one))), KEPT)


def _soap_attributes(element: etree._Element) -> Iterator[bool]:
    return (str(name).startswith(SOAP_ATTRIBUTE) and name != ENCODING_STYLE for name in element.attrib)


def no_instructions(sent: Sent) -> Said:
    """Rule R1009."""
    if sent.root is None:
        return None
    message = sent.exchange.body
    if message.find(b"<?", message.startswith(b"<?xml ")) < 0 and b"\x00" not in message[:8]:
        return KEPT
    found: Any = _instructions(sent.root)
    return excerpt(f"<?{found[0].target} …?>") if found else KEPT


def header_described(sent: Sent) -> Said:
    """Rule LRS-203."""
    if sent.body is None:
        return None
    if sent.header is None:
        return KEPT
    known = rules()["LRS-203"].values["known"]
    blocks = (one for one in sent.header.iterchildren(etree.Element) if etree.QName(one).namespace not in known)
    return next((start_tag(block) for block in blocks), KEPT)


def prefixes_used(sent: Sent) -> Said:
    """Rule LRS-202."""
    message = sent.exchange.body
    if sent.root is None or len(message) > LARGEST_SEARCHED:
        return None
    message = message.replace(b"\x00", b"")
    for declared in islice(_DECLARATION.finditer(message), MOST_PREFIXES):
        prefix, namespace = declared.groups()
        if namespace not in _usual_namespaces() and not _uses(prefix).search(message):
            return excerpt(f'xmlns:{prefix.decode("utf-8", "replace")}="{namespace.decode("utf-8", "replace")}"')
    return KEPT


@cache
def _usual_namespaces() -> frozenset[bytes]:
    return frozenset(namespace.encode() for namespace in rules()["LRS-202"].values["usual"])


@lru_cache(maxsize=256)
def _uses(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"[</\s\"'(]" + re.escape(prefix) + b":")


def instance_of_published(sent: Sent) -> Said:
    """Rule R2712."""
    if sent.entry is None or not sent.is_valid:
        return None
    schema, many = published_schema(sent.service), len(sent.records) > MOST_RECORDS_CHECKED
    error = None if many else _error(schema, sent.entry)
    # In place, libxml2 does not know prefixes that only the envelope declares, as in an xsi:type.
    if many or (error and b":type" in sent.exchange.body):
        error = _error(schema, _few(sent.entry))
    return excerpt(error) if error else KEPT


def _error(schema: etree.XMLSchema, entry: etree._Element) -> str | None:
    # A schema keeps the errors of the last document alone, whoever had it checked.
    with _checking:
        if schema.validate(entry):
            return None
        log: Any = schema.error_log  # lxml-stubs does not know its entries
        return str(log[0].message)


def _few(entry: etree._Element) -> etree._Element:
    """Return a copy with the first records alone: the more there are, the longer each error takes to report."""
    alone = deepcopy(entry)
    for holder in (alone, *alone):
        del holder[MOST_RECORDS_CHECKED:]
    return alone


def organisation_in_order(sent: Sent) -> Said:
    """Rule LRS-301."""
    if sent.organisation is None:
        return None
    names = [etree.QName(child).localname for child in sent.organisation.iterchildren(etree.Element)]
    return ", ".join(names) if names != sorted(names) else KEPT


RULES: Final[Mapping[str, Check]] = {
    "R1005": no_encoding_style,
    "R1009": no_instructions,
    "R1032": no_soap_attributes,
    "R2712": instance_of_published,
    "LRS-202": prefixes_used,
    "LRS-203": header_described,
    "LRS-301": organisation_in_order,
}
