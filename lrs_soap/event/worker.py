"""The worker itself: it lets clients in, turns to whoever has something to say, and ends when it is told to."""

import errno
import logging
import os
import resource
import selectors
import socket
import sys
import time
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from gunicorn.workers.base import Worker

from lrs_soap.event.aside import Aside
from lrs_soap.event.calls import Call, base_environ
from lrs_soap.event.connection import READ, Connection, Connections
from lrs_soap.event.conversation import Conversations, House

logger = logging.getLogger(__name__)

LONGEST_WAIT: Final = 1.0
WAIT_AT_THE_END: Final = 0.05
KEPT_FILES: Final = 128
NOTHING_TO_ACCEPT: Final = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
TOO_MANY_FILES: Final = (errno.EMFILE, errno.ENFILE)


class EventWorker(Worker):  # type: ignore[misc]
    """Waits for every client at once. A worker class for gunicorn.

    The gunicorn application may have a method `room_for`, as `House` has it; without one every body is waited for.
    """

    def run(self) -> None:
        """Serve until told to stop."""
        self._prepare()
        swept = 0.0
        while self._is_wanted():
            for key, events in self._selector.select(LONGEST_WAIT if self.alive else WAIT_AT_THE_END):
                self._happened(key.fileobj, key.data, events)
            now = time.monotonic()
            if now - swept >= LONGEST_WAIT or not self.alive:
                swept = now
                self.notify()
                self._conversations.sweep(now)
                self._accept_or_not()
        for connection in self._connections:
            self._connections.close(connection)
        self._selector.close()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Stop at SIGINT and SIGQUIT as at SIGTERM: the answers under way are sent to their end."""
        self.alive = False

    def _prepare(self) -> None:
        self._most = _take_all_files() - KEPT_FILES
        self._selector = selectors.DefaultSelector()
        self._connections = Connections(self._selector)
        self._aside = Aside(self.PIPE[1])
        self._house = House(
            self.wsgi,
            base_environ(self.sockets[0]),
            getattr(self.app, "room_for", lambda headers, start: sys.maxsize),
            float(self.cfg.timeout),
            self._log if self.log.access_log_enabled else lambda call: None,
        )
        self._conversations = Conversations(self._house, self._connections, self._aside)
        self._is_accepting = False
        for listener in self.sockets:
            listener.setblocking(False)
        self._selector.register(self.PIPE[0], READ)
        self._accept_or_not()

    def _is_wanted(self) -> bool:
        if self.ppid != os.getppid():
            return False
        if self.alive:
            return True
        if self._house.is_open:
            self._house.is_open = False
            self._accept_or_not()
            self._until = time.monotonic() + self.cfg.graceful_timeout
        return bool(self._connections) and time.monotonic() < self._until

    def _happened(self, source: Any, connection: Connection | None, events: int) -> None:
        if connection is not None:
            self._conversations.happened(connection, events)
        elif source == self.PIPE[0]:
            with suppress(BlockingIOError):
                os.read(self.PIPE[0], 4096)
            self._aside.settle()
        elif self._is_accepting:
            self._accept(source)

    def _accept(self, listener: socket.socket) -> None:
        # One at a time: what else waits may be taken by another worker that has nothing to do.
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in TOO_MANY_FILES:
                logger.error("no file is left for another connection; new ones wait")
                self._watch_listeners(wanted=False)
            elif error.errno not in NOTHING_TO_ACCEPT:
                raise
            return
        client.setblocking(False)
        if client.family != socket.AF_UNIX:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._conversations.begin(Connection(client, address))
        if len(self._connections) >= self._most:
            logger.error("there are %d connections, which is all there can be; new ones wait", len(self._connections))
            self._watch_listeners(wanted=False)

    def _accept_or_not(self) -> None:
        self._watch_listeners(wanted=self._house.is_open and len(self._connections) < self._most)

    def _watch_listeners(self, *, wanted: bool) -> None:
        if wanted == self._is_accepting:
            return
        self._is_accepting = wanted
        for listener in self.sockets:
            if wanted:
                self._selector.register(listener, READ)
            else:
                self._selector.unregister(listener)

    def _log(self, call: Call) -> None:
        request, took = call.request, timedelta(seconds=time.monotonic() - call.began)
        answer = SimpleNamespace(status=call.started.status, sent=call.started.length, headers=call.started.headers)
        asked = SimpleNamespace(
            headers=[], method=request.method, uri=call.environ["RAW_URI"], version=tuple(request.version.split("."))
        )
        self.log.access(answer, asked, call.environ, took)


def _take_all_files() -> int:
    """Allow as many open files as this user may have, usually many more than at first; return how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
