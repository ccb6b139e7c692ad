"""A served test bench with several workers, ways to reach each of them, and every byte of an answer."""

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import zeep

from lrs_client.connection import Connection
from lrs_client.credentials import Credentials
from lrs_soap.testing import RunningServer, World
from tests.serving import started_server
from tests.wire import requests
from tests.wire.soap import Reply, post

T = TypeVar("T")
WORKERS = 3
ONE_BY_ONE = {"LRS_SOAP_WORKER_CLASS": "sync"}
AMELIA: dict[str, Any] = {"uln": "9000000105", "given_name": "Amelia", "family_name": "Hartley"}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
UNSENT = b"late"
_TIMES = re.compile(rb"(?<=\r\nDate: )[^\r]+|(?<=<ErrorTimestamp>)[^<]+")


@contextmanager
def served_bench(
    *args: str, env: Mapping[str, str] | None = None, database: str | None = None
) -> Iterator[RunningServer]:
    """Serve the demo world and the control API by several workers, which `each_worker` can tell apart."""
    with (
        started_server(
            database, "--demo", "--workers", str(WORKERS), *args, env={**ONE_BY_ONE, **(env or {})}
        ) as server,
        RunningServer(server.address) as bench,
    ):
        yield bench


@contextmanager
def connected(world: World, prefer: str = "LearnerService") -> Iterator[Connection]:
    """Give the reference client, which is Zeep in strict mode, as the first organisation of a world."""
    known = world.credentials
    credentials = Credentials(ukprn=known.ukprn, password=known.password, user_name=known.user_name)
    with Connection(world.url, credentials, prefer=prefer) as connection:
        yield connection


def caller(world: World) -> dict[str, str]:
    """Return what a bare request says of the first organisation of a world."""
    known = world.credentials
    return {"UKPRN": known.ukprn, "OrgPassword": known.password, "UserName": known.user_name}


def find(world: World, uln: str, given_name: str, family_name: str) -> Reply:
    """Find a learner of a world by a bare request."""
    return post(world.url, "LearnerService", requests.by_uln(uln, given_name, family_name, **caller(world)))


def each_worker(address: str, ask: Callable[[], T], workers: int = WORKERS) -> list[T]:
    """Return what each worker of a server answers: the others are kept busy while one of them is asked.

    A sync worker that has read of a message to come waits for it, and deals with nobody else meanwhile.
    """
    answers = []
    with ExitStack() as stack:
        for release in [_keep_busy(address, stack) for _ in range(workers)]:
            release()
            answers.append(ask())
            # None but the one that has answered is free to take this up.
            _keep_busy(address, stack)
    return answers


def _keep_busy(address: str, stack: ExitStack) -> Callable[[], None]:
    """Keep a worker busy until the end of the stack, or until what is returned is called."""
    connection = stack.enter_context(connection_to(address))
    send(connection, address, UNSENT, "Expect: 100-continue\r\n", body=False)
    assert connection.recv(len(CONTINUE), socket.MSG_WAITALL) == CONTINUE

    def release() -> None:
        if connection.fileno() >= 0:
            connection.sendall(UNSENT)
            received(connection)
            connection.close()

    stack.callback(release)
    return release


@contextmanager
def connection_to(address: str) -> Iterator[socket.socket]:
    """Give a connection to a server."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        yield connection


def send(connection: socket.socket, url: str, message: bytes, headers: str = "", *, body: bool = True) -> None:
    """Post a message to LearnerService of the world at a URL, or announce it alone."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path}/LearnerService.svc HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Content-Type: text/xml; charset=utf-8\r\nContent-Length: {len(message)}\r\nConnection: close\r\n"
        f"{headers}\r\n"
    )
    connection.sendall(head.encode() + (message if body else b""))


def received(connection: socket.socket) -> bytes:
    """Return every byte until the other side closes the connection in order."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def exchanged(url: str, message: str) -> bytes:
    """Post a message to LearnerService of the world at a URL, and return every byte of the answer."""
    with connection_to(url) as connection:
        send(connection, url, message.encode())
        return received(connection)


def timeless(answer: bytes) -> bytes:
    """Return an answer without the moments at which it was made."""
    return _TIMES.sub(b"", answer)


def head_and_body(answer: bytes) -> tuple[str, bytes]:
    """Return the status line and headers of an answer, and what comes after them."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode(), body


def zeep_service(world: World, name: str, seconds: float = 60) -> Any:
    """Return a service of a world as Zeep makes it of the WSDL; answers are waited for so many seconds."""
    transport = zeep.Transport(timeout=60, operation_timeout=seconds)  # type: ignore[no-untyped-call]
    return zeep.Client(world.wsdl(name), transport=transport).service  # type: ignore[no-untyped-call]


def said(answer: Any) -> str:
    """Return the code of an answer of the reference client."""
    return str(answer.code)
