"""What a rule of the schema means that a message breaks: Xerces' words made plain."""

import re
from collections.abc import Iterator
from typing import Final

from lrs_soap.testbench.journal.explanation import listed
from lrs_soap.testbench.journal.nearest import nearest

FORMS: Final = {
    "MIAPULN": "ten digits, the first of them not 0",
    "MIAPUKPRN": "eight letters or digits",
    "MIAPOrganisationRef": "six letters or digits",
    "MIAPNameNonEmpty": "a text that is not all blanks",
    "MIAPOrgPassword": "a text that is not all blanks",
    "MIAPDate": "a day that there is, such as 2004-02-29",
    "MIAPFindDate": "a day that there is, such as 2004-02-29",
    "MIAPDateTime": "a day and a time of day",
    "MIAPPostCode": "a postcode such as LS2 9AB",
    "MIAPEmail": "one address such as name@example.org, or nothing",
    "MIAPScottishCandidateNumber": "nine digits, or nothing",
    "MIAPLanguage": "ENG, EN, CYM or CY, or nothing",
}
"""What the types with a pattern take, in words."""

_MEANINGS: Final = tuple(
    (re.compile(pattern, re.DOTALL), meaning)
    for pattern, meaning in (
        (
            r"cvc-pattern-valid: Value '(?P<value>.*)' is not .* pattern '(?P<limit>.*)' for type '(?P<type>.*)'\.",
            "holds '{value}', and it takes {form}.",
        ),
        (
            r"cvc-minLength-valid: Value '(?P<value>.*)' with length = '(?P<length>\d+)' .* '(?P<limit>\d+)' for.*",
            "holds {length} characters, and it takes {limit} at least.",
        ),
        (
            r"cvc-maxLength-valid: Value '(?P<value>.*)' with length = '(?P<length>\d+)' .* '(?P<limit>\d+)' for.*",
            "holds {length} characters, and it takes {limit} at most.",
        ),
        (
            r"cvc-minInclusive-valid: Value '(?P<value>.*)' is not .* '(?P<limit>-?\d+)' for.*",
            "holds {value}, and it takes nothing below {limit}.",
        ),
        (
            r"cvc-maxInclusive-valid: Value '(?P<value>.*)' is not .* '(?P<limit>-?\d+)' for.*",
            "holds {value}, and it takes nothing above {limit}.",
        ),
        (
            r"cvc-enumeration-valid: Value '(?P<value>.*)' is not .* enumeration '\[(?P<limit>.*)\]'\..*",
            "holds '{value}', which is none of: {limit}.",
        ),
        (
            r"cvc-datatype-valid.1.2.1: '(?P<value>.*)' is not a valid value for '(?P<type>.*)'\.",
            "holds '{value}', which is no {type}.",
        ),
        (r"cvc-complex-type.2.4.a: .*", "may not stand here."),
        (r"cvc-complex-type.2.4.b: .*", "ends before it is complete."),
        (r"cvc-complex-type.2.4.d: .*", "stands where nothing more may follow."),
        (r"cvc-complex-type.2.3: .*", "holds text beside its elements."),
        (
            r"cvc-complex-type.3.2.2: Attribute '(?P<value>.*)' is not allowed.*",
            "has the attribute '{value}', which it may not have.",
        ),
        (
            r"cvc-type.3.1.1: .*the attribute, '(?P<value>.*)' was found\.",
            "has the attribute '{value}', which it may not have.",
        ),
        (r"cvc-type.3.1.2: .*", "holds elements, and it takes a text."),
        (r"cvc-elt.3.1: .*", "says xsi:nil, and it may not be nil."),
        (r"cvc-elt.3.2.1: .*", "says xsi:nil and holds something all the same."),
        (r"UndeclaredPrefix: .*the prefix '(?P<value>.*)' is.*", "uses the prefix '{value}', which is not declared."),
    )
)
_EXPECTED = re.compile(r"One of '\{(?P<names>.*)\}' is expected\.")
_ONE = re.compile(r'(?:"(?P<namespace>[^"]*)":)?(?P<name>[^,\s{}]+)')


def plainly(violation: str) -> str:
    """Return what is wrong with the element, to be read after its name."""
    for pattern, meaning in _MEANINGS:
        if found := pattern.fullmatch(violation):
            parts = found.groupdict()
            return meaning.format(**parts, form=_form(parts.get("type", ""), parts.get("limit", "")))
    return f"breaks a rule of the schema: {violation}"


def _form(type_name: str, pattern: str) -> str:
    """Say in words what values a type has; of a type without words, its pattern says it."""
    bare = type_name.removesuffix("Nillable").removesuffix("OrEmpty")
    if bare not in FORMS:
        return _one_of(pattern) or f"what has the form {pattern}"
    return FORMS[bare] if bare == type_name else f"{FORMS[bare]}, or nothing"


def _one_of(pattern: str) -> str:
    """Return the values that a pattern lists, empty when it is no list."""
    return listed(pattern.split("|"), "or") if re.fullmatch(r"\w+(\|\w+)*", pattern) else ""


def advice(violation: str, element: str) -> Iterator[str]:
    """Give what may be done about an element that is missing or misplaced."""
    found = _EXPECTED.search(violation)
    if found is None:
        return
    expected = [(one["namespace"] or "", one["name"]) for one in _ONE.finditer(found["names"])]
    yield f"Expected here: {listed([name for _, name in expected], 'or')}."
    if violation.startswith("cvc-complex-type.2.4.a"):
        yield _difference(element, expected)


def _difference(element: str, expected: list[tuple[str, str]]) -> str:
    """Say in what an element differs from those that may stand in its place."""
    names = [name for _, name in expected]
    if element in names:
        namespace = expected[names.index(element)][0]
        belongs = f"the namespace '{namespace}'" if namespace else "no namespace"
        return f"'{element}' belongs in {belongs}."
    near = nearest(element, names)
    if near is not None and near.lower() == element.lower():
        return f"The letter case of '{element}' is not that of '{near}'."
    if near is not None:
        return f"Perhaps '{near}' was meant; otherwise the elements are not in the order of the contract."
    return "The elements are not in the order of the contract, or one is missing before it."
