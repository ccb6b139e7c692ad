"""The whole service without a network: a real HTTP worker over the real application, on a register of its own."""

import io
import logging
import os
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

from argon2 import PasswordHasher
from gunicorn.config import Config
from gunicorn.glogging import Logger

from lrs_soap.app import batch_worker, build_application, message_limits
from lrs_soap.domain import passwords
from lrs_soap.event.aside import Aside
from lrs_soap.event.calls import base_environ
from lrs_soap.event.connection import READ, Connection, Connections
from lrs_soap.event.conversation import Conversations, House
from lrs_soap.http_worker import Worker
from lrs_soap.registers import open_register
from lrs_soap.services.http import room_for
from lrs_soap.settings import Settings, load_settings
from lrs_soap.store import open_store
from tests import factories
from tests.corpus.wire import read_all
from tests.fuzz.messages import EVENTS, LEARNERS, SUBMITTED
from tests.wire.conftest import fill

LISTENER = "127.0.0.1"
CALLER = (LISTENER, 49152)
SWEEP_SECONDS = 0.5
# Checking a password takes some 20 ms of computing by design; here it may be quick.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class _Worker(Protocol):
    """What answers."""

    def answer(self, server: socket.socket) -> None:
        """Answer all that is said on a connection."""

    def close(self) -> None:
        """Let go of what it holds."""


class _Listener(socket.socket):
    """What workers ask for the address that was called."""

    def getsockname(self) -> tuple[str, int]:
        """Return the address that was called."""
        return LISTENER, 80


class _Stock:
    """The stock worker, which answers one connection after the other."""

    def __init__(self, settings: Settings, application: Any) -> None:
        configuration = Config()
        configuration.set("loglevel", "error")
        self._worker = Worker(0, os.getppid(), [], None, settings.timeout, configuration, _logger(configuration))
        self._worker.wsgi = application

    def answer(self, server: socket.socket) -> None:
        """Answer all that is said on a connection."""
        with _Listener() as listener:
            self._worker.handle(listener, server, CALLER)

    def close(self) -> None:
        """Let go of what it holds."""
        self._worker.tmp.close()


class _Event:
    """What an event worker does with a connection, without those beside it."""

    def __init__(self, settings: Settings, application: Any) -> None:
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        self._selector.register(self._woken, READ)
        self._aside = Aside(self._wake)
        room = partial(room_for, limits=message_limits(settings))
        with _Listener() as listener:
            house = House(application, base_environ(listener), room, settings.timeout, lambda _: None)
        self._connections = Connections(self._selector)
        self._conversations = Conversations(house, self._connections, self._aside)

    def answer(self, server: socket.socket) -> None:
        """Answer all that is said on a connection, until that is closed."""
        server.setblocking(False)
        self._conversations.begin(Connection(server, CALLER))
        while self._connections:
            for key, events in self._selector.select(SWEEP_SECONDS):
                self._happened(key.data, events)
            self._conversations.sweep(time.monotonic())

    def _happened(self, connection: Connection | None, events: int) -> None:
        if connection is not None:
            self._conversations.happened(connection, events)
        else:
            os.read(self._woken, 4096)
            self._aside.settle()

    def close(self) -> None:
        """Let go of what it holds."""
        self._selector.close()
        os.close(self._woken)
        os.close(self._wake)


WORKERS: Mapping[str, Callable[[Settings, Any], _Worker]] = {"event": _Event, "sync": _Stock}


class Place:
    """A served register. errors: what was logged as one, with its traceback, since it was last called."""

    def __init__(self, settings: Settings) -> None:
        self._stack = ExitStack()
        self._settings = settings
        self._application = build_application(settings, open_register(settings))
        self._stack.callback(self._application.close)
        self._store = self._stack.enter_context(_opened(settings))
        self._jobs = batch_worker(settings, self._store)
        self._client = self._stack.enter_context(ThreadPoolExecutor(1))
        self._worker = WORKERS[settings.worker_class](settings, self._application)
        self._stack.callback(self._worker.close)
        self._log = self._stack.enter_context(_listening())

    def exchange(self, request: bytes) -> bytes:
        """Return all the bytes that come back for those of one request, after which the client says no more."""
        client, server = socket.socketpair()
        with client, server:
            answer: Future[bytes] = self._client.submit(_call, client, request)
            self._worker.answer(server)
            return answer.result()

    def work_off(self) -> None:
        """Do every job that was submitted."""
        self._jobs.run_pending()

    def errors(self) -> str:
        """Return what was logged as an error since the last call."""
        text = self._log.getvalue()
        self._log.seek(0)
        self._log.truncate()
        return text

    def close(self) -> None:
        """Write what is waiting and let go."""
        self._stack.close()


def _logger(configuration: Config) -> Logger:
    """Return gunicorn's logger without its own idea of where to write."""
    logger = Logger(configuration)
    logger.error_log.handlers.clear()
    return logger


def _call(client: socket.socket, request: bytes) -> bytes:
    with suppress(BrokenPipeError, ConnectionResetError):
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
    return read_all(client)


@contextmanager
def _opened(settings: Settings) -> Iterator[Any]:
    store = open_store(settings.database)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _listening() -> Iterator[io.StringIO]:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setLevel(logging.ERROR)
    loggers = [logging.getLogger(name) for name in ("lrs_soap", "gunicorn.error")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield text
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


@contextmanager
def opened_place(folder: Path, worker_class: str = "event") -> Iterator[Place]:
    """Give a place on a fresh register, which is the same every time, served by a class of workers."""
    database = folder / "register.db"
    for part in folder.glob("register.db*"):
        part.unlink()
    database.write_bytes(_template(folder))
    with patch.object(passwords, "_hasher", QUICK_HASHER):
        place = Place(load_settings(database=f"sqlite:///{database}", control_api=False, worker_class=worker_class))
        try:
            for submitted in SUBMITTED:
                place.exchange(submitted.request())
            place.work_off()
            yield place
        finally:
            place.close()


@cache
def _template(folder: Path) -> bytes:
    file = folder / "template.db"
    url = f"sqlite:///{file}"
    known = {"password_hash": QUICK_HASHER.hash(factories.PASSWORD)}
    fill(url, LEARNERS, EVENTS, [factories.organisation(awarding=True, **known)])
    with _opened(load_settings(database=url)) as store, store.writing() as work:
        work.qualifications.put_many([factories.qualification()])
    return file.read_bytes()
