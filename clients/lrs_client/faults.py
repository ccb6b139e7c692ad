"""What can go wrong when the service is called: every error is an LrsError.

LrsFault: the service refused the request and says why.
LrsUnreachableError: no answer came, since the connection was refused, the host is unknown or time ran out.
LrsUnreadableError: an answer came, but not one that the WSDL promises.
LrsUnfinishedError: a job was waited for, and time ran out before its end.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from zeep.exceptions import Fault


class LrsError(Exception):
    """Any failure of a call."""


class LrsUnreachableError(LrsError):
    """The service could not be reached, or did not answer in time."""


class LrsUnreadableError(LrsError):
    """The answer is not what the WSDL promises."""


class LrsUnfinishedError(LrsError):
    """The service had not finished a job when the time to wait for it was over."""


@dataclass(eq=False)
class LrsFault(LrsError):  # noqa: N818 - SOAP calls it a fault
    """The service refused the request.

    code: such as WSEC0005, or the SOAP faultcode when the detail carries none. actor, raised_at: LearnerService only.
    """

    code: str
    description: str = ""
    further_details: str = ""
    actor: str = ""
    raised_at: datetime | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.code, self.description, self.further_details)))


def read_fault(fault: Fault) -> LrsFault:
    """Turn a SOAP fault into one with its code: from a MIAPAPIException or a DomainFault in its detail."""
    details = _details(fault.detail)
    code = details.get("ErrorCode") or str(fault.code)
    if "ErrorDetail" in details:
        return LrsFault(code, str(fault.message or ""), _decoded(details["ErrorDetail"]))
    return LrsFault(
        code,
        details.get("Description") or str(fault.message or ""),
        details.get("FurtherDetails", ""),
        details.get("ErrorActor", ""),
        _moment(details.get("ErrorTimestamp", "")),
    )


def _details(detail: etree._Element | None) -> dict[str, str]:
    """Return the texts of a fault's detail by local name.

    The published schema qualifies the children of a MIAPAPIException, the live service sends them without a namespace;
    by local name both are read.
    """
    if detail is None:
        return {}
    return {etree.QName(element).localname: element.text or "" for element in detail.iter(etree.Element)}


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
