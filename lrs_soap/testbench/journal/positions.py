"""Where in a message an element stands: line and column, as an editor counts them."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lrs_soap.services import envelope
from lrs_soap.services.faults import EnvelopeFault, RegisterFault
from lrs_soap.wsdl.validation import request_schema

MOST_LINES: Final = 65_000
"""libxml2 counts lines with sixteen bits."""

_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(?P<tag><(?:[^\s/>:!?]+:)?(?P<name>[^\s/>:!?]+))", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a start tag begins; line and column count from 1."""

    line: int
    column: int


def place_at(text: str, offset: int) -> Place:
    """Return the place of a character."""
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def find_violation(text: str, service: str) -> Place | None:
    """Return where the element begins whose rule a message breaks first, None when that cannot be told.

    The service knows no more than a line, and many a message is a single one. So each tag is given a line of its own,
    in a copy that is judged again.
    """
    tags = [(tag.start(), tag.end()) for tag in _tags(text)]
    if text.count("\n") + len(tags) > MOST_LINES:
        return None
    line = _violated_line(_one_tag_a_line(text, tags), service)
    first_lines = [text.count("\n", 0, end) + place + 1 for place, (_, end) in enumerate(tags, 1)]
    found = bisect_right(first_lines, line) - 1
    return place_at(text, tags[found][0]) if found >= 0 else None


def find_element(text: str, name: str) -> Place | None:
    """Return where the first element of a local name begins, letter case aside."""
    wanted = name.casefold()
    found = next((tag for tag in _tags(text) if tag["name"].casefold() == wanted), None)
    return place_at(text, found.start()) if found else None


def _tags(text: str) -> Iterator[re.Match[str]]:
    return (tag for tag in _TAG.finditer(text) if tag["tag"])


def _one_tag_a_line(text: str, tags: list[tuple[int, int]]) -> str:
    ends = [0, *(end for _, end in tags), len(text)]
    return "\n".join(text[start:end] for start, end in pairwise(ends))


def _violated_line(text: str, service: str) -> int:
    try:
        message = envelope.open_body(envelope.parse(text.encode(), "utf-8"))
        violation = request_schema(service).check(message)
    except (RegisterFault, EnvelopeFault, ValueError):
        return 0
    return violation.line if violation else 0
