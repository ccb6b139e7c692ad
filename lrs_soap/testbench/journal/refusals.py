"""Why a request never reached an operation: the wrong path, method or content type, or a message that is too large."""

import re
from typing import TYPE_CHECKING, Any, Final

from lrs_soap.services.http import SOAP12_TYPE, XML_TYPES
from lrs_soap.testbench.journal.explanation import Explanation, listed
from lrs_soap.testbench.journal.nearest import nearest
from lrs_soap.wsdl.publishing import SERVICES

if TYPE_CHECKING:
    from lrs_soap.testbench.journal.entries import Entry

PATHS: Final = tuple(f"/{service}.svc" for service in SERVICES)
_WORLD = re.compile(r"\A/w/[^/]*")
_LONGEST: Final = 500


def explain(entry: "Entry") -> Explanation:
    """Return the explanation of a request that no operation answered."""
    if entry.status < 400:
        return Explanation(sentences=_looked_at(entry))
    said = _said(entry)
    details: dict[str, Any] = {"status": entry.status, "said": said}
    sentences = [f"HTTP {entry.status}: {said}".rstrip(": ")]
    if entry.status == 404:
        sentences += _path(entry, details)
    elif entry.status == 405:
        sentences.append(
            f"It was sent by {entry.method}; a SOAP request is sent by POST to one of {listed(PATHS, 'or')}."
        )
    elif entry.status == 415:
        sentences += _content_type(entry, details)
    return Explanation("refusal", "limits" if entry.status in (411, 413) else "transport", tuple(sentences), details)


def _looked_at(entry: "Entry") -> tuple[str, ...]:
    if entry.query.lower() in ("wsdl", "singlewsdl"):
        return ("The WSDL was asked for.",)
    return ("No message was sent; the help page was shown.",) if entry.method != "POST" else ()


def _said(entry: "Entry") -> str:
    return "" if entry.answer_text.lstrip().startswith("<") else entry.answer_text[:_LONGEST].strip()


def _path(entry: "Entry", details: dict[str, Any]) -> list[str]:
    path = _WORLD.sub("", entry.path)
    near = nearest(path, PATHS)
    if near is None:
        return [f"The services are at {listed(PATHS)}."]
    if near.lower() == path.lower():
        return []
    details["nearest"] = {"path": near, "differs": [f"the path is '{path}' instead of '{near}'"]}
    return [f"Nearest is {near}: the path is '{path}' instead."]


def _content_type(entry: "Entry", details: dict[str, Any]) -> list[str]:
    sent = entry.header("Content-Type")
    media_type = sent.partition(";")[0].strip().lower()
    if media_type in XML_TYPES or media_type == SOAP12_TYPE:
        return []
    differs = f"the content type is '{sent}' instead of 'text/xml'" if sent else "there is no Content-Type at all"
    details["nearest"] = {"content_type": "text/xml", "differs": [differs]}
    return [f"The service takes text/xml: {differs}."]
