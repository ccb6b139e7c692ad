"""Formats of the values of a batch record, for records that no schema has seen: files, and corrections by hand.

Rules: "incorrect-format", "no-such-day", "not-for-xml".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lrs_soap.domain import field_rules, tables
from lrs_soap.domain.field_rules import Breach

_LONGEST_SHOWN = 60
# What XML 1.0 cannot hold, not even as a character reference; nor can an answer, then.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Format:
    """What the values of one kind may be. calendar: whether they are days that must exist."""

    description: str
    longest: int
    pattern: re.Pattern[str] | None
    calendar: bool

    def breach(self, element: str, value: str) -> Breach | None:
        """Return how a value breaks the format, if it does."""
        if found := _NOT_IN_XML.search(value):
            text = f"it holds the character U+{ord(found[0]):04X}, which XML cannot carry. Take it out."
            return _breach(element, "not-for-xml", text)
        if len(value) > self.longest or (self.pattern is not None and not self.pattern.fullmatch(value)):
            return _breach(element, "incorrect-format", f"{_shown(value)} should be {self.description}.")
        if self.calendar and not _exists(value):
            return _breach(element, "no-such-day", f"{_shown(value)} is a day that never was. Check the date.")
        return None


def _load() -> dict[str, Format]:
    table = tables.load("formats")
    kinds = {
        name: Format(
            kind["description"],
            kind["longest"],
            re.compile(kind["pattern"]) if "pattern" in kind else None,
            kind.get("calendar", False),
        )
        for name, kind in table["kinds"].items()
    }
    return {element: kinds[kind] for element, kind in table["elements"].items()}


FORMATS: Mapping[str, Format] = _load()


def wrong_formats(values: Mapping[str, str]) -> Iterator[Breach]:
    """Give the breach of each value whose format is wrong, in the contract's order of elements."""
    for element, form in FORMATS.items():
        if (value := values.get(element)) and (breach := form.breach(element, value)):
            yield breach


def breaches(values: Mapping[str, str], today: date) -> Iterator[Breach]:
    """Give every breach of a record: its formats and, of the values whose format is right, the field rules."""
    wrong = list(wrong_formats(values))
    yield from wrong
    named = {breach.field for breach in wrong}
    yield from field_rules.breaches({name: value for name, value in values.items() if name not in named}, today)


def _breach(element: str, rule: str, text: str) -> Breach:
    return Breach(element, rule, f"{rule}: {element}: {text}")


def _exists(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _shown(value: str) -> str:
    return f"'{value}'" if len(value) <= _LONGEST_SHOWN else f"'{value[:_LONGEST_SHOWN]}…'"
