"""Crowds of clients: slow ones, and very many at once."""

import re
import resource
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.wire.soap import post

PATIENCE = 60.0
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")
_LENGTH = re.compile(rb"\r\nContent-Length: ([0-9]+)\r\n")


def request_of(address: str, message: str) -> bytes:
    """Return a request that wants the connection kept."""
    head = f"POST /LearnerService.svc HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(message.encode())}\r\n\r\n{message}".encode()


@contextmanager
def crowd(address: str, size: int) -> Iterator[list[socket.socket]]:
    """Give so many connections, all open at once."""
    _allow_files(size)
    url = urlsplit(address)
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection((url.hostname, url.port), timeout=PATIENCE))
            for _ in range(size)
        ]


def answers(connections: list[socket.socket], request: bytes) -> list[bytes]:
    """Send the same request on all connections before any answer is read, and return the answers."""
    for connection in connections:
        connection.sendall(request)
    return [_answer(connection) for connection in connections]


def _answer(connection: socket.socket) -> bytes:
    raw = b""
    while not _is_whole(raw):
        piece = connection.recv(65536)
        if not piece:
            break
        raw += piece
    return raw


def _is_whole(raw: bytes) -> bool:
    head, end, body = raw.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return bool(end) and length is not None and len(body) >= int(length[1])


@dataclass
class Siege:
    """What became of it. slow: how the slow clients were answered, by status, 0 for not at all. latencies: of the calls
    of a normal client meanwhile, in seconds. codes: what those were answered.
    """

    slow: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    codes: Counter[str | None] = field(default_factory=Counter)


def besiege(address: str, clients: int, message: str, pause: float = 1.0) -> Siege:
    """Let clients send a byte now and then until each is answered or let go, while a normal client makes its calls."""
    siege = Siege()
    with crowd(address, clients) as slow:
        thread = threading.Thread(target=_trickle, args=(slow, request_of(address, message), pause, siege))
        thread.start()
        while thread.is_alive():
            began = time.monotonic()
            siege.codes[post(address, "LearnerService", message).code] += 1
            siege.latencies.append(time.monotonic() - began)
            thread.join(0.02)
    return siege


def _trickle(clients: list[socket.socket], request: bytes, pause: float, siege: Siege) -> None:
    until = time.monotonic() + PATIENCE
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client, selectors.EVENT_READ)
        for place in range(len(request)):
            for key in list(selector.get_map().values()):
                with suppress(OSError):
                    assert isinstance(key.fileobj, socket.socket)
                    key.fileobj.send(request[place : place + 1])
            _collect(selector, time.monotonic() + pause, siege)
            if not selector.get_map() or time.monotonic() > until:
                break
        siege.slow[0] += len(selector.get_map())


def _collect(selector: selectors.BaseSelector, until: float, siege: Siege) -> None:
    while selector.get_map() and (left := until - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            assert isinstance(key.fileobj, socket.socket)
            with suppress(OSError):
                found = _STATUS.match(key.fileobj.recv(65536))
                siege.slow[int(found[1]) if found else 0] += 1
            selector.unregister(key.fileobj)


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 256
    if soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )
