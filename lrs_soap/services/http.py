"""HTTP as the service needs it: a request's body within its limit, its media type, and the address the client used.

Rules: "limits", "transport".
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from html import escape
from ipaddress import ip_address, ip_network
from socket import SHUT_WR, socket
from typing import Any, Final

from lrs_soap.services import envelope

Environ = Mapping[str, Any]
StartResponse = Callable[..., Any]

READS_ON: Final = "lrs_soap.reads_on"
"""In the environment of a request: the server itself reads on after a refusal."""
CHUNK: Final = 64 * 1024
MOST_DRAINED: Final = 32 * 1024 * 1024
LONGEST_DRAIN: Final = 2.0
XML_TYPES: Final = frozenset({"text/xml", "application/xml"})
SOAP12_TYPE: Final = "application/soap+xml"
_HOST = re.compile(r"[A-Za-z0-9._~\-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


class HttpRefusal(Exception):  # noqa: N818 - it is an answer, not an error of ours
    """An ordinary HTTP refusal: status line, one sentence, and headers such as Allow."""

    def __init__(self, status: str, text: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = tuple(headers)


@dataclass(frozen=True, slots=True)
class MediaType:
    """A Content-Type: its type in lower case, and its charset when it names one."""

    name: str
    charset: str | None


@lru_cache(maxsize=256)
def parse_media_type(header: str) -> MediaType:
    """Return what a Content-Type header says, or refuse with 415 what says nothing."""
    message = Message()
    message["Content-Type"] = header
    try:
        charset = message.get_content_charset()
    except ValueError:
        raise HttpRefusal("415 Unsupported Media Type", "The charset of the Content-Type cannot be read.") from None
    return MediaType(header.partition(";")[0].strip().lower(), charset)


def check_media_type(environ: Environ) -> MediaType:
    """Return the media type of a SOAP request, or refuse it with 415."""
    header = environ.get("CONTENT_TYPE", "")
    media_type = parse_media_type(header)
    if media_type.name not in XML_TYPES and media_type.name != SOAP12_TYPE:
        raise HttpRefusal("415 Unsupported Media Type", f"Send text/xml (SOAP 1.1); this was '{header[:100]}'.")
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise HttpRefusal("415 Unsupported Media Type", "Send the message without a Content-Encoding.")
    if media_type.charset is not None and not envelope.knows_charset(media_type.charset):
        raise HttpRefusal("415 Unsupported Media Type", f"The charset '{media_type.charset[:100]}' cannot be read.")
    return media_type


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest messages taken, in bytes, and the body elements to which the larger one applies."""

    single: int
    batch: int
    batch_elements: frozenset[str]


def room_for(headers: Mapping[str, str], start: bytes | bytearray, limits: Limits) -> int:
    """Return how many bytes of a message that begins so are worth waiting for; -1 when `read_message` would refuse it.

    headers: as an environment has them. A server that reads messages for the service asks before it reads on.
    """
    announced = headers.get("CONTENT_LENGTH", "")
    if max(int(announced) if announced.isdecimal() else 0, len(start)) > limits.batch:
        return -1
    try:
        charset = check_media_type(headers).charset
    except HttpRefusal:
        return -1
    if len(start) <= limits.single:
        return limits.single
    return limits.batch if envelope.peek(bytes(start[: limits.single]), charset) in limits.batch_elements else -1


def read_message(environ: Environ, limits: Limits, charset: str | None) -> bytes:
    """Return the body of a request. Refuses with 411 or 413, before the rest is read."""
    length = environ.get("CONTENT_LENGTH") or None
    coding = environ.get("HTTP_TRANSFER_ENCODING", "").strip().lower()
    if coding not in ("", "chunked"):
        raise HttpRefusal("501 Not Implemented", f"The transfer coding '{coding[:100]}' cannot be read.")
    if length is None and not coding:
        raise HttpRefusal("411 Length Required", "Send a Content-Length, or the body in chunks.")
    announced = int(length) if length is not None else None
    if announced is not None and announced > limits.batch:
        raise _too_large(limits.batch)
    body = _read(environ, limits.single if announced is None else min(announced, limits.single))
    if announced is None or announced > limits.single:
        body = _read_large(environ, limits, body, charset)
    if announced is not None and len(body) < announced:
        raise EOFError("the client broke off")
    return body


def _read_large(environ: Environ, limits: Limits, start: bytes, charset: str | None) -> bytes:
    more: bytes = environ["wsgi.input"].read(1)
    if not more:
        return start
    if envelope.peek(start, charset) not in limits.batch_elements:
        raise _too_large(limits.single)
    rest = _read(environ, limits.batch - len(start))
    if len(start) + 1 + len(rest) > limits.batch:
        raise _too_large(limits.batch)
    return start + more + rest


def _read(environ: Environ, most: int) -> bytes:
    stream, left = environ["wsgi.input"], most
    pieces: list[bytes] = []
    while left > 0 and (piece := stream.read(min(left, CHUNK))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _too_large(limit: int) -> HttpRefusal:
    return HttpRefusal("413 Content Too Large", f"The message is larger than the {limit:,} bytes this operation takes.")


def may_have_body(environ: Environ) -> bool:
    """Tell whether a client may still be sending: a GET or HEAD that announces no body has said it all."""
    announced = environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING")
    return bool(announced) or environ["REQUEST_METHOD"] not in ("GET", "HEAD")


def unread(environ: Environ) -> Iterator[bytes]:
    """Read on, within bounds of size and time, so that a client still sending gets to see its refusal."""
    connection: socket | None = environ.get("gunicorn.socket")
    if connection is not None:
        # Nothing follows the refusal: whoever waits for its end sees it now.
        connection.shutdown(SHUT_WR)
    until, left = time.monotonic() + LONGEST_DRAIN, MOST_DRAINED
    while left > 0 and (remaining := until - time.monotonic()) > 0:
        if connection is not None:
            # Straight from the socket: the body would wait for a client that sends no more.
            connection.settimeout(remaining)
            piece = connection.recv(CHUNK)
        else:
            piece = environ["wsgi.input"].read(CHUNK)
        if not piece:
            break
        left -= len(piece)
        yield piece


class PublicAddress:
    """Tells the address by which a client reached the service, also behind a proxy that may be believed.

    trusted: addresses and networks of proxies, parted by commas; `*` for all.
    """

    def __init__(self, trusted: str) -> None:
        named = [part.strip() for part in trusted.split(",") if part.strip()]
        self._everyone = "*" in named
        self._trusted = tuple(ip_network(part) for part in named if part != "*")

    def of(self, environ: Environ) -> str:
        """Return scheme and host as the client saw them, without a trailing slash."""
        scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        if self._everyone or self._trusts(environ.get("REMOTE_ADDR", "")):
            scheme = _first(environ.get("HTTP_X_FORWARDED_PROTO")) or scheme
            host = _first(environ.get("HTTP_X_FORWARDED_HOST")) or host
        if _HOST.fullmatch(host) is None:
            host = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}"

    def of_caller(self, environ: Environ) -> str:
        """Return the address of whoever calls: the nearest one that is no proxy that may be believed."""
        caller: str = environ.get("REMOTE_ADDR", "")
        forwarded = environ.get("HTTP_X_FORWARDED_FOR")
        if not forwarded:
            return caller
        # Each proxy adds at the end whom it was called by; what stands before may be made up.
        hops: list[str] = [caller, *(hop.strip() for hop in reversed(forwarded.split(",")))]
        if self._everyone:
            return hops[1]
        return next((hop for hop in hops if not self._trusts(hop)), hops[-1])

    def _trusts(self, caller: str) -> bool:
        try:
            address = ip_address(caller)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def _first(header: str | None) -> str:
    return (header or "").partition(",")[0].strip()


def page(title: str, body: str) -> bytes:
    """Return a short page for people."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    ).encode()
