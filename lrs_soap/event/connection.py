"""The clients of a worker: a socket each, and what is under way on it."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from lrs_soap.event.requests import Refusal, RequestReader

READ: Final = selectors.EVENT_READ
WRITE: Final = selectors.EVENT_WRITE
NOTHING: Final = memoryview(b"")


class Connection:
    """A client.

    until: when its patience, or ours, ends. began: when the first byte of the request came. unsent: what of an answer
    has not left yet. wrong: the refusal of what came after the last good request. leaving: whether nothing more is
    answered; what still comes is read, so that the client gets to see the last answer. aside: whether a thread has it.
    """

    __slots__ = (
        "aside",
        "began",
        "drained",
        "leaving",
        "reader",
        "remote",
        "socket",
        "unsent",
        "until",
        "watched",
        "wrong",
    )

    def __init__(self, client: socket.socket, address: Any) -> None:
        self.socket = client
        self.remote = (str(address[0]), str(address[1])) if isinstance(address, tuple) else ("", "")
        self.reader = RequestReader()
        self.unsent = NOTHING
        self.until = self.began = 0.0
        self.watched = self.drained = 0
        self.leaving = self.aside = False
        self.wrong: Refusal | None = None

    @property
    def is_open(self) -> bool:
        """Whether the socket is there still."""
        return self.socket.fileno() >= 0

    @property
    def is_ready(self) -> bool:
        """Whether another request can be answered."""
        return not self.leaving and not self.aside and not self.unsent and self.is_open

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not (self.reader.has_begun or self.unsent or self.leaving or self.aside)


class Connections:
    """All clients of a worker, and what of each is waited for."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._all: set[Connection] = set()

    def __iter__(self) -> Iterator[Connection]:
        """Give them, as they are now."""
        return iter(list(self._all))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    def add(self, connection: Connection) -> None:
        """Take one in."""
        self._all.add(connection)
        self.watch(connection, READ)

    def watch(self, connection: Connection, events: int) -> None:
        """Wait for what can be read or written; 0 waits for nothing."""
        if connection.watched == events:
            return
        if not events:
            self._selector.unregister(connection.socket)
        elif connection.watched:
            self._selector.modify(connection.socket, events, connection)
        else:
            self._selector.register(connection.socket, events, connection)
        connection.watched = events

    def close(self, connection: Connection) -> None:
        """Let go of one, which may be closed already while nothing is waited for."""
        self._all.discard(connection)
        if connection.watched:
            with suppress(KeyError, ValueError):
                self._selector.unregister(connection.socket)
            connection.watched = 0
        connection.socket.close()
