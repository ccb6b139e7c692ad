"""Bytes over a socket, and what came back: as much as the corpus needs of HTTP, and nothing that hides a fault."""

import http.client
import io
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Response:
    """One answer of a server. raw: every byte that came until the server closed the connection."""

    raw: bytes
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        """The Content-Type."""
        return self.headers.get("Content-Type", "")


class _Recorded(io.BytesIO):
    """Bytes that came from a socket, in the place of the socket; what is left of them can be read after the answer."""

    def makefile(self, _mode: str) -> "_Recorded":
        """Return itself, as what was recorded."""
        return self

    def close(self) -> None:
        """Stay open."""


def connect(address: str) -> socket.socket:
    """Return a connection to a server, which gives up when nothing happens for some seconds."""
    url = urlsplit(address)
    assert url.hostname is not None
    return socket.create_connection((url.hostname, url.port or 80), timeout=PATIENCE)


def exchange(address: str, request: bytes, *, method: str = "POST", hang_up: bool = False) -> Response:
    """Send the bytes of one request and return the answer, read until the server closes.

    hang_up: close the sending half after the last byte, as a client does that breaks off.
    """
    with connect(address) as connection:
        # A server may refuse before it has read everything; its answer is what counts.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
        return understood(read_all(connection, method), method)


def read_all(connection: socket.socket, method: str = "POST") -> bytes:
    """Return every byte that comes until the server closes, which it is asked to do once it has answered."""
    raw = b""
    while piece := connection.recv(64 * 1024):
        raw += piece
        if _is_whole(raw, method):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
    return raw


def _is_whole(raw: bytes, method: str) -> bool:
    """Tell whether a whole answer is there."""
    while raw.startswith(b"HTTP/1.1 100 "):
        raw = raw.partition(b"\r\n\r\n")[2]
    head, end, body = raw.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\nContent-Length: *([0-9]+)", head)
    return bool(end) and length is not None and (method == "HEAD" or len(body) >= int(length[1]))


def understood(raw: bytes, method: str = "POST") -> Response:
    """Return the one answer that the bytes hold; interim answers such as 100 are skipped."""
    answer, rest = first_understood(raw, method)
    assert not rest, f"something follows the answer: {rest[:200]!r}"
    return answer


def first_understood(raw: bytes, method: str = "POST") -> tuple[Response, bytes]:
    """Return the first answer that the bytes hold, and the bytes that follow it."""
    assert raw, "the connection was dropped without an answer"
    recorded = _Recorded(raw)
    response = http.client.HTTPResponse(cast("socket.socket", recorded), method=method)
    response.begin()
    body = response.read()
    assert response.headers["Content-Length"] is not None
    return Response(raw, response.status, response.headers, body), recorded.read()
