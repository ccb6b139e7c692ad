"""The text of a message, whatever encoding it came in, and also when the service itself could not read it."""

import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from lxml import etree

from lrs_soap.services import envelope
from lrs_soap.services.faults import RegisterFault

UTF8: Final = "utf-8"
MARKS: Final = (
    (b"\xef\xbb\xbf", UTF8),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
DECLARED = re.compile(rb"""\A[^<]{0,8}<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_EBCDIC: Final = "cp037"
_WORD: Final = "pass"


@dataclass(frozen=True, slots=True)
class Text:
    """A message as text, and the encoding that it came in."""

    text: str
    encoding: str


def read(body: bytes, charset: str | None) -> Text | None:
    """Return the text of a message, None when no reading of it is sure to show where its passwords are.

    charset: what the transport says.
    """
    for encoding, errors in _likely(body, charset):
        with suppress(LookupError, UnicodeError, ValueError):
            text = body.decode(encoding, errors)
            if not _hides(body, text):
                return Text(text, encoding)
    return _parsed(body, charset)


def decode_detail(detail: bytes) -> str:
    """Return the text of an ErrorDetail, which R9 sends in base64; empty when it is none."""
    try:
        return b64decode(detail).decode(errors="replace")
    except ValueError:
        return ""


def declared(body: bytes) -> str | None:
    """Return the encoding that a message itself declares, None when it declares none in plain letters."""
    found = DECLARED.match(body)
    return found[1].decode("ascii") if found else None


def _likely(body: bytes, charset: str | None) -> Iterator[tuple[str, str]]:
    """Give encodings, most likely first, and how to take what is wrong in them."""
    marked = next((name for mark, name in MARKS if body.startswith(mark)), None) or _by_zeros(body)
    if marked:
        yield marked, "strict"
        yield marked, "replace"
    for named in (charset, declared(body), _declared_in_ebcdic(body)):
        if named:
            yield named, "strict"
    yield UTF8, "strict"
    yield "latin-1", "strict"


def _by_zeros(body: bytes) -> str | None:
    """Return the encoding of a text that is mostly ASCII by where its zero bytes are."""
    zeros = body.count(0)
    if zeros * 4 < len(body) or not zeros:
        return None
    if zeros * 10 > len(body) * 6:
        return "utf-32-le" if body[3::4].count(0) > body[0::4].count(0) else "utf-32-be"
    return "utf-16-le" if body[1::2].count(0) * 2 > zeros else "utf-16-be"


def _declared_in_ebcdic(body: bytes) -> str | None:
    return declared(body[:300].decode(_EBCDIC).encode("ascii", "replace"))


def _hides(body: bytes, text: str) -> bool:
    """Tell whether a message read in another way names passwords that the text does not."""
    named = text.lower().count(_WORD)
    in_ascii = body.replace(b"\0", b"").lower().count(_WORD.encode())
    return max(in_ascii, body.decode(_EBCDIC).lower().count(_WORD)) > named


def _parsed(body: bytes, charset: str | None) -> Text | None:
    """Return what the service's own parser reads: it knows encodings that Python does not."""
    try:
        return Text(etree.tostring(envelope.parse(body, charset), encoding="unicode"), UTF8)
    except RegisterFault:
        return None
