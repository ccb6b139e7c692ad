"""Passwords are blotted out before anything of a message is kept.

An ordinary message is dealt with as bytes and with few looks at it; whatever is unusual about one, it is read as text.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus

from lrs_soap.services.http import HttpRefusal, parse_media_type
from lrs_soap.testbench.journal.decoding import UTF8, declared, decode_detail, read
from lrs_soap.testbench.journal.passwords import MARK, QUOTING, SHORTEST, blot, without

PLAIN_CHARSETS: Final = frozenset({None, UTF8, "us-ascii"})
SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
SECRET_IN_NAME = re.compile("password|token|secret|api-?key", re.IGNORECASE)
NOTHING: Final[frozenset[str]] = frozenset()
_QUERY = re.compile(r"([^&=]*password[^&=]*=)[^&]*", re.IGNORECASE)
_DETAIL = re.compile(rb"(?<=<ErrorDetail>)[A-Za-z0-9+/=\s]+(?=</ErrorDetail>)")


class Message(NamedTuple):
    """A message without its passwords.

    body: in UTF-8, or as it came when that was meant to be. encoding: what it came in when that was something else.
    secrets: what to look for wherever it may have been repeated.
    """

    body: bytes
    encoding: str = ""
    secrets: frozenset[str] = NOTHING


def charset_of(content_type: str) -> str | None:
    """Return the charset that a Content-Type names, None when it names none."""
    try:
        return parse_media_type(content_type).charset
    except HttpRefusal:
        return None


def blot_request(body: bytes, charset: str | None) -> Message:
    """Return a request without its passwords."""
    if not body:
        return Message(b"")
    return blot_ordinary(body, charset) or _thoroughly(body, charset)


def blot_ordinary(body: bytes, charset: str | None) -> Message | None:
    """Return a request without its password and otherwise as it came; None when that is not easily done."""
    return _plainly(body) if charset in PLAIN_CHARSETS else None


def blot_answer(body: bytes, secrets: frozenset[str]) -> bytes:
    """Return an answer without passwords, neither in elements of its own nor quoted from the request."""
    if b"password" in body.lower() or (secrets and _may_quote(body, secrets)):
        text = body.decode(errors="surrogateescape")
        body = without(blot(text, loose=False).text, secrets).encode(errors="surrogateescape")
    return _blot_detail(body, secrets) if secrets and b"<ErrorDetail>" in body else body


def _may_quote(answer: bytes, secrets: frozenset[str]) -> bool:
    return QUOTING.encode() in answer or any(secret.encode(errors="replace") in answer for secret in secrets)


def blot_headers(headers: Iterable[tuple[str, str]], secrets: frozenset[str]) -> str:
    """Return headers as text, one a line, without what lets somebody in."""
    lines = [f"{name}: {MARK if _is_secret(name) else value}" for name, value in headers]
    text = "\n".join(lines)
    return without(text, secrets) if secrets else text


def blot_query(query: str, secrets: frozenset[str]) -> str:
    """Return the query of an address without passwords."""
    if not query:
        return query
    encoded = {write(secret) for secret in secrets for write in (quote, quote_plus)}
    return without(_QUERY.sub(rf"\1{MARK}", query), secrets | encoded)


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return name.lower() in SECRET_HEADERS or SECRET_IN_NAME.search(name) is not None


def _plainly(body: bytes) -> Message | None:
    """Blot the one password of an ordinary message; None when anything about the message is unusual."""
    if body[:1] != b"<" or not body.rstrip().endswith(b">") or b"<!" in body or b"\0" in body or not _is_utf8(body):
        return None
    lowered = body.lower()
    if b"pwd" in lowered or b"pasw" in lowered or b"secret" in lowered:
        return None
    found = lowered.count(b"pass")
    if found == 0:
        return Message(body)
    at = lowered.find(b"password>")
    start = at + len(b"password>")
    end = body.find(b"<", start)
    tag = body[body.rfind(b"<", 0, at) + 1 : start]
    secret = body[start:end]
    if found != 2 or at < 0 or not body.startswith(b"</" + tag, end) or not tag.endswith(b">") or b"&" in secret:
        return None
    if not secret.strip():
        return Message(body)
    if len(secret) < SHORTEST or body.count(secret) > 1 or not secret.isascii() or secret != secret.strip():
        return None
    return Message(body[:start] + MARK.encode() + body[end:], secrets=frozenset((secret.decode(),)))


def _is_utf8(body: bytes) -> bool:
    return not body.startswith(b"<?xml") or (declared(body) or UTF8).lower() in PLAIN_CHARSETS


def _thoroughly(body: bytes, charset: str | None) -> Message:
    reading = read(body, charset)
    if reading is None:
        return Message(f"({len(body):,} bytes in an encoding that cannot be read are not kept)".encode())
    blotted = blot(reading.text, loose=True)
    encoding = "" if reading.encoding == UTF8 else reading.encoding
    return Message(blotted.text.encode(errors="replace"), encoding, blotted.secrets)


def _blot_detail(body: bytes, secrets: frozenset[str]) -> bytes:
    """Return a fault of R9 without secrets in its ErrorDetail, which is in base64."""

    def replaced(detail: re.Match[bytes]) -> bytes:
        text = decode_detail(detail[0])
        blotted = without(text, secrets)
        return detail[0] if blotted == text else b64encode(blotted.encode())

    return _DETAIL.sub(replaced, body)
