"""What a message says about persons, and the same message without it: for entries that leave the house."""

import re
from base64 import b64encode
from collections.abc import Mapping
from html import unescape
from typing import Any, Final
from xml.sax.saxutils import escape

from lrs_soap.testbench.journal.decoding import decode_detail
from lrs_soap.testbench.journal.passwords import MARK

SHORTEST: Final = 4
"""A shorter value is blotted where it stands and where it is quoted, not wherever its letters come in a row."""

NAMES: Final = (
    "title",
    r"\w*(given|family|other|perferred)names?",
    r"\w*familynameatage16",
    "namesuffix|initials",
    r"\w*date_?of_?(birth|death)|deceaseddate",
    r"\w*gender",
    r"\w*postcode",
    r"lastknownaddress\w*|dateofaddresscapture",
    r"placeofbirth|countryof\w*|nationality",
    r"\w*email\w*|telephone\w*",
    r"schoolatage16",
    r"\w*uln|string",
    r"nationalinsurancenumber|scottishcandidatenumber|unique(pupilnumber|candidateidentifier)|referencenumber",
    r"misidentifier|username|user|lastupdatedl\w+username",
    r"ethnicitycode|maritalstatus|disabilitycode|learningdifficultycode|sentype|inreceiptofdsa",
    r"notes|otherverificationdescription|reasonfordeletion|securityanswer",
    "achievementbatcherrorfile",
)
"""The local names of elements that hold something about a person, letter case aside."""

_ELEMENT = re.compile(
    rf"(?P<tag><(?:[\w.-]+:)?(?:{'|'.join(NAMES)})(?:\s[^<>]*)?(?<!/)>)"
    r"(?P<value>(?:<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|[^<])*)",
    re.IGNORECASE | re.DOTALL,
)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>|<!--.*?-->", re.DOTALL)
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")
_DETAIL = re.compile(r"(?<=<ErrorDetail>)[A-Za-z0-9+/=\s]+(?=</ErrorDetail>)")
_QUOTED = re.compile(
    r"(?P<before>Value |valid: |: |resolve )'(?P<value>.*?)'"
    r"(?=( with length = '\d+')? is not facet-valid| is not a valid value)",
    re.DOTALL,
)


def personal_values(message: str) -> frozenset[str]:
    """Return what a message says about persons, as it was meant and as it was written."""
    written = {_CDATA.sub("", element["value"]).strip() for element in _ELEMENT.finditer(message)}
    return frozenset(written | {unescape(value) for value in written}) - {"", MARK}


def without_personal(message: str, values: frozenset[str]) -> str:
    """Return a message without what it says about persons, in elements of its own or quoted in a fault."""
    blotted = _ELEMENT.sub(_blot_element, message)
    if "Fault>" not in blotted:
        return blotted
    blotted = _DETAIL.sub(lambda detail: _blot_detail(detail[0], values), blotted)
    return _TEXT.sub(lambda text: blot_values(text[0], values), blotted)


def values_in_facts(facts: Mapping[str, Any]) -> frozenset[str]:
    """Return what was noted of learners, whether or not they were shown to the client."""
    find, verification = facts.get("find", {}), facts.get("verification", {})
    values = {uln for uln, _ in find.get("found", ())} | set(verification.get("ulns", ()))
    for weighed in find.get("weighed", ()):
        values |= {weighed["uln"], weighed.get("master_uln", "")}
        values |= {stored for field in weighed["fields"] for stored in field["stored"]}
    return frozenset(values) - {""}


def blot_values(text: str, values: frozenset[str] | set[str]) -> str:
    """Return a text about an exchange without the values of persons that it quotes."""
    text = _QUOTED.sub(rf"\g<before>'{MARK}'", text)
    for value in sorted(values, key=len, reverse=True):
        for writing in {value, escape(value)}:
            if text == writing:
                return MARK
            text = text.replace(f"'{writing}'", f"'{MARK}'")
            if len(writing) >= SHORTEST:
                text = re.sub(rf"(?<!\w){re.escape(writing)}(?!\w)", MARK, text)
    return text


def _blot_element(element: re.Match[str]) -> str:
    return f"{element['tag']}{MARK if element['value'].strip() else element['value']}"


def _blot_detail(detail: str, values: frozenset[str]) -> str:
    return b64encode(blot_values(decode_detail(detail.encode()), values).encode()).decode()
