"""What has to be noted of an exchange while it is written, so that it can be explained when it is read.

Of what the domain came to, only what explains it is kept: no learner as a whole, no request as an object.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from lrs_soap.domain.finding import FindResult
from lrs_soap.domain.matching import Agreement, Comparison, Known, NamesAgreement
from lrs_soap.domain.verification import Verification
from lrs_soap.services.faults import RegisterFault
from lrs_soap.services.observing import Observation
from lrs_soap.testbench.journal.handshakes import Refused
from lrs_soap.testbench.journal.passwords import without
from lrs_soap.testbench.journal.positions import Place, find_element, find_violation

Facts = dict[str, Any]
ReadText = Callable[[], str | None]

MOST_WEIGHED: Final = 25
FIELD_RULE = re.compile(r"(?P<rule>[a-z]+(?:-[a-z]+)+): (?P<element>\w+): (?P<advice>.*)", re.DOTALL)
IN_PARSER = re.compile(r"line (?P<line>\d+), column (?P<column>\d+)")
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
_STORED_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "given_name": ("given_name", "preferred_given_name", "middle_other_name"),
    "family_name": ("family_name", "previous_family_name", "family_name_at_age_16"),
    "previous_family_name": ("previous_family_name", "family_name_at_age_16"),
}


def facts_of(noted: Observation, read: ReadText, secrets: frozenset[str]) -> str:
    """Return what explains an exchange, as JSON without secrets; empty when there is nothing.

    read: gives the message as text.
    """
    facts: Facts = {}
    if noted.fault is not None:
        facts = changed(_fault(noted, read), lambda text: without(text, secrets))
    evidence = noted.evidence
    if isinstance(evidence, FindResult):
        facts["find"] = _find(evidence)
    elif isinstance(evidence, Verification):
        facts["verification"] = {"ulns": evidence.ulns, "flags": evidence.flags}
    elif isinstance(evidence, Refused):
        facts["handshake"] = evidence.facts()
    return _ENCODE(facts) if facts else ""


def changed(facts: Any, change: Callable[[str], str]) -> Any:
    """Return facts with every text in them changed."""
    if isinstance(facts, str):
        return change(facts)
    if isinstance(facts, dict):
        return {name: changed(fact, change) for name, fact in facts.items()}
    if isinstance(facts, list | tuple):
        return [changed(fact, change) for fact in facts]
    return facts


def _fault(noted: Observation, read: ReadText) -> Facts:
    fault = noted.fault
    text = fault.further if isinstance(fault, RegisterFault) else str(getattr(fault, "faultstring", fault))
    facts: Facts = {"fault": {"code": noted.outcome, "text": text}}
    element, place = _element_and_place(noted, text, read)
    if element:
        facts["fault"]["element"] = element
    if noted.violation is not None:
        facts["fault"] |= {"violation": noted.violation.text, "line": noted.violation.line}
    if place is not None:
        facts["fault"] |= {"line": place.line, "column": place.column}
    return facts


def _element_and_place(noted: Observation, text: str, read: ReadText) -> tuple[str, Place | None]:
    if noted.violation is not None:
        message = read()
        return noted.violation.element, find_violation(message, noted.service) if message else None
    if rule := FIELD_RULE.match(text):
        message = read()
        return rule["element"], find_element(message, rule["element"]) if message else None
    parser = IN_PARSER.search(text)
    return "", Place(int(parser["line"]), int(parser["column"])) if parser else None


def _find(result: FindResult) -> Facts:
    facts: Facts = {"found": [(found.learner.uln, found.substituted) for found in result.learners]}
    if result.weighed:
        weighed = sorted(result.weighed, key=_best_first)
        facts["weighed"] = [_weighed(record, comparison) for record, comparison in weighed[:MOST_WEIGHED]]
        facts["compared"] = len(weighed)
    return facts


def _best_first(pair: tuple[Known, Comparison | NamesAgreement]) -> tuple[float, str]:
    record, comparison = pair
    return -(comparison.score if isinstance(comparison, Comparison) else comparison.points), record.uln


def _weighed(record: Known, comparison: Comparison | NamesAgreement) -> Facts:
    facts: Facts = {"uln": record.uln}
    agreements: Iterable[Agreement]
    if record.master_uln:
        facts["master_uln"] = record.master_uln
    if isinstance(comparison, NamesAgreement):
        names, agreements = comparison, (comparison.family, comparison.given)
    else:
        names, agreements = comparison.names, comparison.agreements
        facts |= {
            "points": round(comparison.score, 3),
            "base": round(comparison.base, 3),
            "candidate": comparison.is_candidate,
        }
    if names.swapped:
        facts["names_swapped"] = True
    return facts | {"fields": [_field(record, agreement) for agreement in agreements]}


def _field(record: Known, agreement: Agreement) -> Facts:
    names = _STORED_NAMES.get(agreement.detail, (agreement.detail,))
    stored = [value for name in names if (value := getattr(record, name, None))]
    return {
        "field": agreement.detail,
        "level": agreement.level.value,
        "ground": agreement.ground.value,
        "points": round(agreement.points, 3),
        "stored": [value.isoformat() if isinstance(value, date) else value for value in stored],
    }
