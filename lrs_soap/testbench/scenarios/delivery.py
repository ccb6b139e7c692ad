"""An answer on its way back: sent whole, late, in pieces, cut off or not at all."""

import errno
import os
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from socket import SO_LINGER, SOL_SOCKET, socket
from typing import Final

from lrs_soap.services.http import Environ, StartResponse
from lrs_soap.testbench.exchange import Headers

LINGER_NO_TIME: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent for so many seconds."""

    seconds: float


class BreakOff(Enum):
    """The connection ends here: by a TCP reset, or closed in order."""

    RESET = "reset"
    CLOSE = "close"


Part = bytes | Pause | BreakOff


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a whole. announced: its Content-Length, when that is not the length of the body."""

    status: str
    headers: Headers
    body: bytes
    announced: int | None = None

    def typed(self, content_type: str) -> "Reply":
        """Return it under another content type."""
        kept = tuple((name, value) for name, value in self.headers if name.lower() != "content-type")
        return replace(self, headers=(("Content-Type", content_type), *kept))

    def with_header(self, name: str, value: str) -> "Reply":
        """Return it with one more header."""
        return replace(self, headers=(*self.headers, (name, value)))

    def sent_headers(self) -> list[tuple[str, str]]:
        """Return the headers with the length that is announced."""
        length = len(self.body) if self.announced is None else self.announced
        kept = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        return [*kept, ("Content-Length", str(length))]


def page(status: str, content_type: str, body: bytes) -> Reply:
    """Return an answer made from nothing."""
    return Reply(status, (("Content-Type", content_type),), body)


class Heard:
    """What an application told its server, kept back."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = ()

    def __call__(self, status: str, headers: Iterable[tuple[str, str]], exc_info: object = None) -> None:
        """Take status and headers, as WSGI has it."""
        self.status, self.headers = status, tuple(headers)


class Delivery:
    """An answer as a WSGI server takes it. scenario: the name of the one that acted, if any. reply: what it is about.

    Where a scenario cuts an answer off, `reply` has the whole of it.
    """

    def __init__(
        self,
        reply: Reply,
        parts: Iterable[Part],
        environ: Environ,
        *,
        scenario: str | None,
        sleep: Callable[[float], None],
        close: Callable[[], None],
    ) -> None:
        self.reply = reply
        self.scenario = scenario
        self._parts = parts
        self._connection: socket | None = environ.get("gunicorn.socket")
        self._sleep = sleep
        self.close = close

    def start(self, start_response: StartResponse) -> "Delivery":
        """Tell the server status and headers."""
        start_response(self.reply.status, self.reply.sent_headers())
        return self

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces, each in its time."""
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            elif isinstance(part, Pause):
                self._sleep(part.seconds)
            else:
                self._break_off(part)

    def _break_off(self, how: BreakOff) -> None:
        """End the connection; the server takes the error for that of a client who went away, and sends nothing."""
        if how is BreakOff.RESET and self._connection is not None:
            self._connection.setsockopt(SOL_SOCKET, SO_LINGER, LINGER_NO_TIME)
            # The server must not get to say goodbye: it would shut the connection down in order first.
            os.close(self._connection.detach())
        raise ConnectionResetError(errno.ECONNRESET, "a scenario broke the connection off")
