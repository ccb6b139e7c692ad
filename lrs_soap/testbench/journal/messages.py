"""What a message says, read leniently: it may be malformed, and may have been blotted."""

import re
from collections.abc import Mapping
from html import unescape

_LEAF = re.compile(r"<(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s[^<>]*)?(?<!/)>(?P<value>[^<]*)</")


def values_of(message: str) -> Mapping[str, str]:
    """Return the texts of a message by the local names of their elements in lower case; of several the first."""
    values: dict[str, str] = {}
    for leaf in _LEAF.finditer(message):
        values.setdefault(leaf["name"].lower(), unescape(leaf["value"]))
    return values
