"""Rules on single values that the schema cannot tell, each with a short name.

Rules: "uln-check-digit", "prohibited-text", "prohibited-postcode", "email-none", "permitted-age",
"other-verification-description", "name-without-letters".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lrs_soap.domain import names, postcode, tables, uln
from lrs_soap.domain.clock import age_on
from lrs_soap.domain.codes import VerificationType

FOUND_BY = ("GivenName", "FamilyName")
NAME_ELEMENTS = (
    "GivenName",
    "MiddleOtherName",
    "FamilyName",
    "PreferredGivenName",
    "PreviousFamilyName",
    "FamilyNameAtAge16",
)
TEXT_ELEMENTS = (
    "Title",
    *NAME_ELEMENTS,
    "SchoolAtAge16",
    "LastKnownAddressLine1",
    "LastKnownAddressLine2",
    "LastKnownAddressTown",
    "LastKnownAddressCountyOrCity",
)

_TABLE = tables.load("field_rules")
_PROHIBITED_TEXT = re.compile(
    "|".join(rf"\b{' '.join(names.words(text))}\b" for text in tables.texts("field_rules", "prohibited_text"))
)
# A quick look at the key first: nearly all texts hold no such letters in a row, and need not be parted into words.
_PERHAPS_PROHIBITED = re.compile("|".join(names.key(text) for text in tables.texts("field_rules", "prohibited_text")))
_PROHIBITED_POSTCODES = frozenset(map(postcode.key, tables.texts("field_rules", "prohibited_postcodes")))
_REFUSED_DESCRIPTIONS = frozenset(map(names.key, tables.texts("field_rules", "refused_verification_texts")))
_DEFAULT_POSTCODE: str = _TABLE["default_postcode"]
_YOUNGEST: int = _TABLE["permitted_age"]["youngest"]
_OLDEST: int = _TABLE["permitted_age"]["oldest"]


@dataclass(frozen=True, slots=True)
class Breach:
    """A value that breaks a rule: the element, the rule's name, and a text that says what to do."""

    field: str
    rule: str
    text: str


def check_request(values: Mapping[str, str | None], today: date) -> Breach | None:
    """Return the first breach among the values of a request, keyed by element name; empty and absent ones are skipped.

    today: the day on which ages are reckoned.
    """
    return next(breaches(values, today), None)


def breaches(values: Mapping[str, str | None], today: date) -> Iterator[Breach]:
    """Give the first breach of each rule among the values, keyed by element name; empty and absent ones are skipped."""
    given = {element: value for element, value in values.items() if value and not value.isspace()}
    yield from (breach for rule in _RULES if (breach := rule(given, today)))


def check_record(values: Mapping[str, str | None], today: date) -> Breach | None:
    """Return the first breach among the values of a record to be kept.

    Beside the rules for any request, its names have to say something: a record without could never be found again.
    """
    return check_request(values, today) or next(
        filter(None, (says_nothing(name, values[name]) for name in FOUND_BY)), None
    )


def says_nothing(element: str, value: str | None) -> Breach | None:
    """Return the breach of a name that holds no letter or digit; an absent one breaks no rule."""
    if value is None or names.key(value):
        return None
    return _breach(element, "name-without-letters", f"'{value}' holds no letter or digit. Send the learner's name.")


def _uln(given: Mapping[str, str], _today: date) -> Breach | None:
    number = given.get("ULN")
    if number is None or uln.is_valid(number):
        return None
    return _breach(
        "ULN", "uln-check-digit", f"'{number}' is not a ULN: its check digit is wrong. Check the ten digits."
    )


def _prohibited_text(given: Mapping[str, str], _today: date) -> Breach | None:
    for element, value in given.items():
        if element not in TEXT_ELEMENTS or not _PERHAPS_PROHIBITED.search(names.key(value)):
            continue
        if found := _PROHIBITED_TEXT.search(" ".join(names.words(value))):
            advice = f"'{found[0].lower()}' may not stand in a learner's record. Leave it out."
            return _breach(element, "prohibited-text", advice)
    return None


def _prohibited_postcode(given: Mapping[str, str], _today: date) -> Breach | None:
    post_code = given.get("LastKnownPostCode")
    if post_code is None or postcode.key(post_code) not in _PROHIBITED_POSTCODES:
        return None
    advice = (
        f"'{post_code}' stands for no place. Send the learner's postcode or, when it is not known, {_DEFAULT_POSTCODE}."
    )
    return _breach("LastKnownPostCode", "prohibited-postcode", advice)


def _email_none(given: Mapping[str, str], _today: date) -> Breach | None:
    email = given.get("EmailAddress", "")
    if email.strip().partition("@")[0].casefold() != "none":
        return None
    return _breach(
        "EmailAddress", "email-none", f"'{email}' is no address. Leave the element empty when there is none."
    )


def _permitted_age(given: Mapping[str, str], today: date) -> Breach | None:
    born = _date(given.get("DateOfBirth", ""))
    if born is None or _YOUNGEST <= age_on(today, born) <= _OLDEST:
        return None
    advice = f"'{born}' is outside the permitted age of {_YOUNGEST} to {_OLDEST} years. Check the year."
    return _breach("DateOfBirth", "permitted-age", advice)


def _other_description(given: Mapping[str, str], _today: date) -> Breach | None:
    description = given.get("OtherVerificationDescription")
    if description is None:
        missing = given.get("VerificationType") == VerificationType.OTHER
        advice = "it is mandatory when VerificationType is 999. Say how the learner was verified."
    else:
        missing = names.key(description) in _REFUSED_DESCRIPTIONS
        advice = f"'{description}' does not say how the learner was verified. Name the document that was seen."
    return _breach("OtherVerificationDescription", "other-verification-description", advice) if missing else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _breach(element: str, rule: str, advice: str) -> Breach:
    return Breach(element, rule, f"{rule}: {element}: {advice}")


_RULES: tuple[Callable[[Mapping[str, str], date], Breach | None], ...] = (
    _uln,
    _prohibited_text,
    _prohibited_postcode,
    _email_none,
    _permitted_age,
    _other_description,
)
