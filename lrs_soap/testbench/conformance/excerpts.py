"""Pieces of what clients sent, fit to be shown: short, printable, and without passwords."""

import re
from typing import Final

from lxml import etree

LONGEST: Final = 300
BLOT: Final = "****"

# Up to the end tag, whatever stands before it: a CDATA section holds markup that is none.
_PASSWORD = re.compile(
    r"(<(?:[\w.\-]+:)?(?:Org)?Password(?:\s[^>]*)?>).*?(?=</(?:[\w.\-]+:)?(?:Org)?Password\s*>|\Z)", re.DOTALL
)
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return a text in which nothing steers a terminal or is forbidden in XML."""
    return text if text.isprintable() else _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def blotted(text: str) -> str:
    """Return a piece of a message in which no password can be read."""
    return _PASSWORD.sub(rf"\1{BLOT}", text)


def excerpt(text: str) -> str:
    """Return the beginning of a piece of a message: on one line, passwords blotted out."""
    line = " ".join(printable(blotted(text)).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def start_tag(element: etree._Element) -> str:
    """Return the start tag of an element: its name and attributes as they were sent."""
    name = etree.QName(element).localname
    tag = f"{element.prefix}:{name}" if element.prefix else name
    attributes = (f' {etree.QName(key).localname}="{element.get(str(key))}"' for key in element.attrib)
    return excerpt(f"<{tag}{''.join(attributes)}>")


def header_line(name: str, value: str) -> str:
    """Return a header of HTTP as it was sent."""
    return excerpt(f"{name}: {value}") if value else f"no {name}"
