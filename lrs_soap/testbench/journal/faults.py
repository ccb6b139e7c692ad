"""Why a fault was sent: which rule was broken, by which element, where, and what to do about it."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from lrs_soap.domain.codes import ErrorCode
from lrs_soap.testbench.journal import violations
from lrs_soap.testbench.journal.explanation import Explanation
from lrs_soap.testbench.journal.nearest import differences, nearest_offer
from lrs_soap.testbench.journal.noting import FIELD_RULE
from lrs_soap.testbench.journal.passwords import QUOTING

if TYPE_CHECKING:
    from lrs_soap.testbench.journal.entries import Entry

Facts = Mapping[str, Any]

RULES: Final[dict[str, tuple[str, str]]] = {
    ErrorCode.INVALID_REQUEST: ("validation", "The message is not what the service takes."),
    ErrorCode.UNKNOWN_OPERATION: ("transport", "The element in the Body is no message of the service at this address."),
    ErrorCode.UNKNOWN_ORGANISATION: ("who may call", "The organisation named is not known, or not active."),
    ErrorCode.OUT_OF_HOURS: ("who may call", "The service is closed at this hour of its clock."),
    ErrorCode.WRONG_PASSWORD: (
        "who may call",
        "The organisation is known, and this is not its password, or too many wrong ones came before.",
    ),
    ErrorCode.NOT_GRANTED: ("who may call", "The organisation may not use the service that the operation belongs to."),
    ErrorCode.UNFORESEEN: ("who may call", "The service itself failed; its log says more."),
    "VersionMismatch": ("transport", "The message is not a SOAP 1.1 envelope."),
    "MustUnderstand": ("transport", "A header demands to be understood, and the service understands none."),
}
_RULE_NAME = re.compile(r"cvc-[\w.-]+?(?=: )|UndeclaredPrefix(?=: )")


def explain(entry: "Entry") -> Explanation:
    """Return the explanation of a fault."""
    fault = entry.facts["fault"]
    rule, meaning = RULES.get(fault["code"], ("", ""))
    details: dict[str, Any] = {key: fault[key] for key in ("code", "text", "element", "line", "column") if key in fault}
    sentences = [f"{fault['code']}: {meaning}".strip(" :")]
    if "violation" in fault:
        rule = _rule_of(fault["violation"], rule)
        sentences += [f"{_subject(fault)} {violations.plainly(fault['violation'])}"]
        sentences += violations.advice(fault["violation"], fault["element"])
    elif field_rule := FIELD_RULE.match(fault["text"]):
        rule = field_rule["rule"]
        sentences.append(f"{_subject(fault)} breaks the rule '{rule}': {field_rule['advice']}")
    elif fault["code"] == ErrorCode.UNKNOWN_OPERATION:
        sentences += _nearest_operation(entry, details)
    else:
        rule = "well-formed XML" if fault["text"].startswith(QUOTING) else _rule_of(fault["text"], rule)
        sentences.append(fault["text"])
    return Explanation("fault", rule, tuple(sentences), details)


def _rule_of(text: str, otherwise: str) -> str:
    found = _RULE_NAME.match(text)
    return found[0] if found else otherwise


def _subject(fault: Facts) -> str:
    line, column = fault.get("line"), fault.get("column")
    where = f" (line {line}{f', column {column}' if column else ''})" if line else ""
    return f"The element '{fault['element']}'{where}"


def _nearest_operation(entry: "Entry", details: dict[str, Any]) -> Iterator[str]:
    name = etree.QName(entry.element)
    namespace = name.namespace or ""
    offer = nearest_offer(namespace, name.localname, entry.service)
    details["element"] = entry.element
    if offer is None:
        yield f"No operation of any service has a name like '{name.localname}'."
        return
    differs = differences(namespace, name.localname, entry.service, offer)
    details["nearest"] = {
        "service": offer.service,
        "operation": offer.operation,
        "element": f"{{{offer.namespace}}}{offer.name}",
        "differs": list(differs),
    }
    yield f"Nearest is {offer.operation} of {offer.service}: {'; '.join(differs)}."
