"""Requests handed to the application, and its answers on their way back."""

import logging
import socket
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any, Final

from lrs_soap.event.answers import Started
from lrs_soap.event.bodies import coming
from lrs_soap.event.connection import Connection
from lrs_soap.event.requests import Request
from lrs_soap.services.http import READS_ON

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 30.0
OUR_FAULT: Final = ("500 Internal Server Error", "An unexpected error occurred; the service's log explains it.")

Application = Callable[[dict[str, Any], Started], Iterable[bytes]]


class Today:
    """The date as headers have it."""

    def __init__(self) -> None:
        self._text, self._until = "", 0.0

    def __str__(self) -> str:
        """Return it, of this second."""
        now = time.time()
        if not self._until - 1 <= now < self._until:
            self._text, self._until = formatdate(now, usegmt=True), float(int(now) + 1)
        return self._text


class Call:
    """One request with the application, and what it says.

    began: by the monotonic clock. has_begun: whether some of an answer that is sent as it is made has left.
    """

    __slots__ = ("_stays", "began", "content", "environ", "has_begun", "request", "started")

    def __init__(self, connection: Connection, request: Request, base: dict[str, Any], patience: float) -> None:
        self.began = time.monotonic()
        self.request = request
        self.started = Started()
        self.has_begun = self._stays = False
        self.content: Iterable[bytes] = ()
        self.environ = environ = request.environ(base, connection.remote)
        environ["gunicorn.socket"] = connection.socket
        environ[READS_ON] = True
        if not request.is_whole:
            environ["wsgi.input"] = coming(connection, request, patience)

    def ask(self, application: Application) -> bool:
        """Call the application; return whether its answer is there at once, as a list."""
        self.content = application(self.environ, self.started)
        return isinstance(self.content, list)

    def whole(self, date: str, *, keeps: bool) -> bytes:
        """Return the answer, head and all, of which there is a list."""
        return self.started.head(date, keeps=keeps) + b"".join(self.content)

    def deliver(self, client: socket.socket, today: Today, *, keeps: bool) -> bool:
        """Send the answer as it is made; return whether the connection may stay. Raises OSError."""
        client.settimeout(ANSWER_SECONDS)
        sent = 0
        for piece in self.content:
            sent += len(piece)
            if not self.has_begun:
                piece = self._begin(today, keeps=keeps) + piece
            if piece:
                client.sendall(piece)
        if not self.has_begun:
            client.sendall(self._begin(today, keeps=keeps))
        return self._stays and (self.request.method == "HEAD" or sent == self.started.length)

    def close(self) -> None:
        """Let go of the answer."""
        if hasattr(self.content, "close"):
            self.content.close()

    @property
    def can_end(self) -> bool:
        """Whether the client can tell where the answer ends without the connection's end."""
        return self.started.length is not None

    def _begin(self, today: Today, *, keeps: bool) -> bytes:
        self.has_begun = True
        # An answer may begin before the message has come to its end, which leaves the rest of that on the line.
        self._stays = keeps and self.request.is_whole and self.can_end
        return self.started.head(str(today), keeps=self._stays)


class Errors:
    """What applications write errors to: the log."""

    def write(self, text: str) -> None:
        """Log a text."""
        logger.error("%s", text.rstrip())

    def writelines(self, lines: Iterable[str]) -> None:
        """Log several."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Do nothing: nothing waits."""


def base_environ(listener: socket.socket) -> dict[str, Any]:
    """Return what the environments of all requests have in common."""
    name = listener.getsockname()
    host, port = (str(name[0]), str(name[1])) if isinstance(name, tuple) else (str(name), "")
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_SOFTWARE": "lrs-soap",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": Errors(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
