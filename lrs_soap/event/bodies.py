"""Messages that an application reads while they are still coming."""

import socket
import time
from io import BufferedReader, RawIOBase
from typing import Any, Final

from lrs_soap.event.answers import CONTINUE
from lrs_soap.event.connection import Connection
from lrs_soap.event.requests import HttpError, Request

PIECE: Final = 64 * 1024


class Body(RawIOBase):
    """The rest of a message. patience: seconds within which it has to come."""

    def __init__(self, connection: Connection, request: Request, patience: float) -> None:
        self._connection = connection
        self._request = request
        self._until = time.monotonic() + patience

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, target: Any) -> int:
        """Read what is there, or wait. Raises OSError when nothing comes."""
        body = self._request.body
        while not body and not self._request.is_whole:
            self._wait()
        count = min(len(target), len(body))
        target[:count] = body[:count]
        del body[:count]
        return count

    def _wait(self) -> None:
        client = self._connection.socket
        client.settimeout(max(self._until - time.monotonic(), 0.001))
        if self._request.expects:
            # Whoever reads wants the message: its sender waits to be told so.
            self._request.expects = False
            client.sendall(CONTINUE)
        data = client.recv(PIECE)
        if not data:
            raise ConnectionAbortedError("the message broke off")
        try:
            self._connection.reader.feed(data)
        except HttpError as error:
            raise ConnectionAbortedError(str(error)) from error


def coming(connection: Connection, request: Request, patience: float) -> BufferedReader:
    """Return the message as a file that an application reads from."""
    request.is_taken = True
    return BufferedReader(Body(connection, request, patience))


def drain(client: socket.socket) -> int:
    """Read what has come and forget it; return how much that was, 0 at the end."""
    try:
        return len(client.recv(PIECE))
    except BlockingIOError:
        return -1
    except OSError:
        return 0
