"""Is this text a value of that simple type, and if not, which rule does it break?

The texts are those of Xerces, which the live service quotes and clients show: first the pattern, then the value itself,
then the other facets.
"""

import operator
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

from lxml import etree

from lrs_soap.wsdl.declarations import Declarations, SimpleType

_LONGEST_SHOWN = 100
# A mistyped password is nearly the password: faults are logged and shown to people, so it is not quoted in them.
_SECRET_TYPES = frozenset({"MIAPOrgPassword"})
_BUILT_IN_VALUES = Path(__file__).with_name("published") / "common" / "serialization.xsd"
_SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"
_INTEGER = re.compile(r"[+-]?[0-9]+")


def shown(text: str) -> str:
    """Return `text` as a fault quotes it: whole, or its first 100 characters and an ellipsis."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def value_violation(text: str, simple: SimpleType, declarations: Declarations) -> str | None:
    """Return the text of the first rule that `text` breaks as a value of type `simple`, None when it breaks none.

    A union takes what any of its members takes; what none of them takes is explained by the first.
    """
    if not simple.members:
        return _atomic_violation(text, simple)
    violations = [_named_violation(text, member, declarations) for member in simple.members]
    return violations[0] if all(violations) else None


def _named_violation(text: str, name: str, declarations: Declarations) -> str | None:
    simple = declarations.types[name]
    assert isinstance(simple, SimpleType)
    return value_violation(text, simple, declarations)


def _atomic_violation(text: str, simple: SimpleType) -> str | None:
    if simple.patterns and not any(_compiled(pattern).fullmatch(text) for pattern in simple.patterns):
        return _not_valid("pattern", text, "|".join(simple.patterns), simple)
    if simple.primitive == "integer":
        return _integer_violation(text.strip(" \t\r\n"), simple)
    if simple.primitive == "dateTime" and not _is_date_time(text):
        return _not_a("dateTime", text)
    return _length_violation(text, simple) or _enumeration_violation(text, simple)


def _integer_violation(text: str, simple: SimpleType) -> str | None:
    if not _INTEGER.fullmatch(text):
        return _not_a("integer", text)
    number = Decimal(text)
    for facet, breaks in (("maxInclusive", operator.gt), ("minInclusive", operator.lt)):
        if facet in simple.facets and breaks(number, Decimal(simple.facets[facet])):
            return _not_valid(facet, text, simple.facets[facet], simple)
    return None


def _length_violation(text: str, simple: SimpleType) -> str | None:
    for facet, breaks in (("minLength", operator.lt), ("maxLength", operator.gt)):
        if facet in simple.facets and breaks(len(text), int(simple.facets[facet])):
            return _not_valid(facet, text, simple.facets[facet], simple, f" with length = '{len(text)}'")
    return None


def _enumeration_violation(text: str, simple: SimpleType) -> str | None:
    if not simple.enumeration or text in simple.enumeration:
        return None
    return (
        f"cvc-enumeration-valid: Value '{shown(text)}' is not facet-valid with respect to enumeration "
        f"'[{', '.join(simple.enumeration)}]'. It must be a value from the enumeration."
    )


def _not_valid(facet: str, text: str, limit: str, simple: SimpleType, measured: str = "") -> str:
    quoted = "*" * len(text) if simple.name in _SECRET_TYPES else text
    return (
        f"cvc-{facet}-valid: Value '{shown(quoted)}'{measured} is not facet-valid with respect to {facet} '{limit}' "
        f"for type '{simple.name}'."
    )


def _not_a(type_name: str, text: str) -> str:
    return f"cvc-datatype-valid.1.2.1: '{shown(text)}' is not a valid value for '{type_name}'."


def _is_date_time(text: str) -> bool:
    element = etree.Element(f"{{{_SERIALIZATION}}}dateTime")
    element.text = text
    return _built_in_values().validate(element)


@cache
def _built_in_values() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_BUILT_IN_VALUES))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile an XSD pattern; the ones in use mean the same to Python once ``\\s`` is the ASCII blanks."""
    return re.compile(pattern, re.ASCII)
