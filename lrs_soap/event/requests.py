"""HTTP requests out of bytes that come in any pieces: httptools does the parsing, the limits are ours."""

import re
import sys
from collections import deque
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from httptools import HttpParserError, HttpParserInvalidMethodError, HttpParserUpgrade, HttpRequestParser

Refusal = tuple[str, str]

LONGEST_TARGET: Final = 4096
LARGEST_HEAD: Final = 64 * 1024
MOST_HEADERS: Final = 100
LONGEST_HEADER: Final = 8190
SLICE: Final = 4096
MOST_FRAMING: Final = 16
VERSIONS: Final = ("1.0", "1.1")
ONLY_ONCE: Final = frozenset({"HTTP_HOST", "CONTENT_TYPE", "CONTENT_LENGTH"})
BAD_REQUEST: Final = ("400 Bad Request", "The request is not well-formed HTTP.")
TARGET_TOO_LONG: Final = ("414 URI Too Long", "The request line is too long.")
HEADERS_TOO_LARGE: Final = ("431 Request Header Fields Too Large", "The headers are too many or too long.")
UNEXPECTED: Final = ("417 Expectation Failed", "Only 100-continue can be expected.")
UNKNOWN_CODING: Final = ("501 Not Implemented", "Send the body in chunks, or with a Content-Length.")


_REQUEST_LINE = re.compile(rb"([A-Z0-9$_.-]{3,20}) (/\S*) HTTP/1\.[01]\r?\n")

_TOO_MUCH = re.compile(rb"(?i)\ncontent-length:[ \t]*[0-9]{1,30}[ \t]*\r?\n")


class HttpError(Exception):
    """What came is no request that can be answered. refusal: the status line and the sentence to send."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal[1])
        self.refusal = refusal


class Request:
    """One request.

    body: what came of it so far. is_whole: whether that is all. is_taken: whether it was handed on before. room: up
    to how many bytes of the body are waited for. keeps: whether the client wants to go on after it. expects: whether
    the client waits to be told to send the body.
    """

    __slots__ = ("body", "expects", "headers", "is_taken", "is_whole", "keeps", "method", "room", "target", "version")

    def __init__(self) -> None:
        self.method = ""
        self.target = b""
        self.version = "1.1"
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.room = -1
        self.expects = self.is_whole = self.is_taken = self.keeps = False

    def environ(self, base: dict[str, Any], remote: tuple[str, str]) -> dict[str, Any]:
        """Return the WSGI environment; the body is what came so far."""
        target, _, _ = self.target.partition(b"#")
        path, _, query = target.partition(b"?")
        if not path.startswith(b"/") and b"://" in path:
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        if b"%" in path:
            path = unquote_to_bytes(path)
        return {
            **base,
            **self.headers,
            "REQUEST_METHOD": self.method,
            "PATH_INFO": path.decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "RAW_URI": self.target.decode("latin-1"),
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "REMOTE_ADDR": remote[0],
            "REMOTE_PORT": remote[1],
            "wsgi.input": BytesIO(self.body),
        }


class RequestReader:
    """Takes what a client sends, and gives the requests in it.

    current: the request that is still coming, once its headers are all there. requests: those that are there whole.
    """

    def __init__(self) -> None:
        self.requests: deque[Request] = deque()
        self.current: Request | None = None
        self._coming = Request()
        self._head = self._fed = 0
        self._refusal: Refusal | None = None
        self._parser = HttpRequestParser(self)

    @property
    def has_begun(self) -> bool:
        """Whether some of a request has come."""
        return self._head > 0 or self.current is not None

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises HttpError, once the requests before the mistake are to be had."""
        for start in range(0, len(data), SLICE):
            self._feed(data[start : start + SLICE])

    def _feed(self, data: bytes) -> None:
        if self.current is None:
            self._head += len(data)
        self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            # Nothing but HTTP/1.1 is spoken here: the request is answered, and that is that.
            for request in self.requests:
                request.keeps = False
        except HttpParserError as error:
            self._wrong(error, data)
        self._check_size()

    def _check_size(self) -> None:
        if self.current is None:
            if self._head > LARGEST_HEAD:
                raise HttpError(HEADERS_TOO_LARGE)
        elif self._fed > MOST_FRAMING * (len(self.current.body) + 512):
            # Hardly anything but the sizes of chunks, and what may stand beside them.
            raise HttpError(BAD_REQUEST)

    def _wrong(self, error: HttpParserError, data: bytes) -> None:
        # After the last request of a connection nothing counts.
        if self.requests and not self.requests[-1].keeps:
            return
        unread = self._not_for_parsers(error, data) if self._refusal is None else None
        if unread is None:
            raise HttpError(self._refusal or self._reason()) from error
        self.requests.append(unread)

    def _not_for_parsers(self, error: HttpParserError, data: bytes) -> Request | None:
        """Return a request that the parser does not want, and the application has an answer for."""
        coming = self._coming
        if isinstance(error, HttpParserInvalidMethodError):
            # Only where a request begins with these bytes: others may hold one that was answered already.
            line = _REQUEST_LINE.match(data) if self._head == len(data) else None
            if line is not None:
                coming.method, coming.target = line[1].decode(), line[2]
                return coming
        elif "Content-Length overflow" in str(error) and _TOO_MUCH.search(data):
            coming.method = self._parser.get_method().decode("latin-1")
            coming.headers["CONTENT_LENGTH"] = str(sys.maxsize)
            return coming
        return None

    def _reason(self) -> Refusal:
        coding = self._coming.headers.get("HTTP_TRANSFER_ENCODING", "chunked")
        return UNKNOWN_CODING if self._coming.headers and coding.lower() != "chunked" else BAD_REQUEST

    def _refuse(self, refusal: Refusal) -> None:
        self._refusal = refusal
        raise ValueError(refusal[1])

    # What follows is called by the parser.

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self._coming = Request()

    def on_url(self, target: bytes) -> None:
        """Take a part of the target."""
        self._coming.target += target
        if len(self._coming.target) > LONGEST_TARGET:
            self._refuse(TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        headers = self._coming.headers
        if self.current is not None or b"_" in name:
            # What follows a body in chunks is no header, and X_Y could pose as X-Y.
            return
        if len(headers) >= MOST_HEADERS or len(name) + len(value) > LONGEST_HEADER:
            self._refuse(HEADERS_TOO_LARGE)
        key = _key(name)
        text = value.decode("latin-1")
        if key in ONLY_ONCE and key in headers:
            self._refuse(BAD_REQUEST)
        headers[key] = f"{headers[key]},{text}" if key in headers else text

    def on_headers_complete(self) -> None:
        """Take the headers as complete."""
        coming, headers = self._coming, self._coming.headers
        coming.method = self._parser.get_method().decode("latin-1")
        coming.version = self._parser.get_http_version()
        if coming.version not in VERSIONS or _is_contradictory(coming):
            self._refuse(BAD_REQUEST)
        coming.keeps = self._parser.should_keep_alive()
        expected = headers.get("HTTP_EXPECT")
        if expected is not None:
            if expected.lower() != "100-continue":
                self._refuse(UNEXPECTED)
            coming.expects = True
        self.current = coming
        self._fed = 0

    def on_body(self, data: bytes) -> None:
        """Take a part of the body."""
        self._coming.body += data

    def on_message_complete(self) -> None:
        """Take the request as complete."""
        coming = self._coming
        coming.is_whole = True
        if not coming.is_taken:
            self.requests.append(coming)
        self.current = None
        self._head = self._fed = 0


def _is_contradictory(request: Request) -> bool:
    """Tell whether the headers cannot be true together: chunks in HTTP 1.0, or a proxy that names two schemes."""
    headers = request.headers
    if request.version == "1.0" and "HTTP_TRANSFER_ENCODING" in headers:
        return True
    scheme, is_secure = headers.get("HTTP_X_FORWARDED_PROTO"), headers.get("HTTP_X_FORWARDED_SSL")
    return scheme is not None and is_secure is not None and (scheme == "https") != (is_secure == "on")


_KEYS: Final[dict[bytes, str]] = {}


def _key(name: bytes) -> str:
    """Return the name of a header as WSGI has it."""
    known = _KEYS.get(name)
    if known is None:
        upper = name.decode("latin-1").upper().replace("-", "_")
        known = upper if upper in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{upper}"
        if len(_KEYS) < 1000:
            _KEYS[name] = known
    return known
