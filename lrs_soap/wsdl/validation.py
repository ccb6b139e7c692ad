"""Requests held against the schema the register enforces, which is stricter than the published one.

Rule: "validation". libxml2 judges; only a message that it refuses is walked through once more to name the broken rule.
A large one is walked first: libxml2 goes on after an error, and reporting one takes the longer the more siblings there
are, so that eight megabytes of faulty learners would keep it busy for minutes.
"""

import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from lrs_soap.wsdl.declarations import Declarations, read_declarations
from lrs_soap.wsdl.explaining import Violation, first_violation, unknown_element, violation_at
from lrs_soap.wsdl.publishing import request_messages
from lrs_soap.wsdl.values import shown

__all__ = ["RequestSchema", "Violation", "request_schema"]

_FOLDER = Path(__file__).with_name("requests")
_is_large = etree.XPath("boolean(descendant::*[1000] or descendant-or-self::*/@*[9])")


class RequestSchema:
    """What the requests of one service must be."""

    def __init__(self, messages: frozenset[str], schema: etree.XMLSchema, declarations: Declarations) -> None:
        self._messages = messages
        self._schema = schema
        self._declarations = declarations
        # libxml2's report is kept with the schema: who judges from another thread must not get to see somebody else's.
        self._judging = Lock()

    def knows(self, name: str) -> bool:
        """Tell whether `name`, written ``{namespace}name``, is a request of this service."""
        return name in self._messages

    def check(self, element: etree._Element) -> Violation | None:
        """Return the first rule that the request `element` breaks, None when it is valid.

        The element may stand inside its envelope; it is not changed.
        """
        if element.tag not in self._messages:
            return unknown_element(element)
        # libxml2 gives up on a value that keeps its patterns busy for too long; the walk says what is wrong with it.
        with self._judging, suppress(etree.XMLSchemaValidateError):
            if not _is_large(element) and self._schema.validate(element):
                return None
        return self._explain(element)

    def _explain(self, element: etree._Element) -> Violation | None:
        found = first_violation(element, self._declarations)
        if found is not None:
            return found
        # Judged in place, prefixes that only the envelope declares are unknown to libxml2, as in xsi:type="ns:Type".
        parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
        alone = etree.fromstring(etree.tostring(element, with_tail=False), parser)
        with self._judging:
            return None if self._schema.validate(alone) else _reported(element, self._schema)


@cache
def request_schema(service: str) -> RequestSchema:
    """Return the schema of the requests of `service`, compiled once per process.

    Raises ValueError for a service that is not published.
    """
    messages = request_messages(service)
    file = _FOLDER / f"{service}.xsd"
    return RequestSchema(messages, etree.XMLSchema(etree.parse(file)), read_declarations(file))


def _reported(element: etree._Element, schema: etree.XMLSchema) -> Violation:
    """Return what libxml2 itself reports first, for what only libxml2 finds."""
    log: Any = schema.error_log  # lxml-stubs does not know its entries
    error = log[0]
    rule = error.type_name.removeprefix("SCHEMAV_CVC_").lower()
    rule = re.sub(r"_(?=\d)", ".", rule).replace("_", "-")
    return violation_at(element, f"cvc-{rule}: {shown(error.message)}")
