"""A load of requests from several processes, each a few clients that keep a connection or open one per request."""

import multiprocessing
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from urllib.parse import urlsplit

PROCESSES = 2
CLIENTS = 2
_LENGTH = re.compile(rb"(?i)\r\nContent-Length: *([0-9]+)\r\n")


@dataclass(frozen=True, slots=True)
class Target:
    """What is called: an address such as `http://127.0.0.1:8080/LearnerService.svc`.

    says: what each answer should hold. once: whether each message may be sent once only. keeps: whether its
    clients keep their connections.
    """

    name: str
    address: str
    keeps: bool = False
    says: bytes = b"WSRC0004"
    once: bool = False


@dataclass(slots=True)
class Result:
    """What a load met: how many answers in how long, and the latency of each, in seconds."""

    name: str
    seconds: float
    latencies: list[float]
    refused: int

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """Return a percentile of the latencies, in milliseconds."""
        return quantiles(self.latencies, n=100)[percent - 1] * 1000

    def add(self, other: "Result") -> None:
        """Take in the results of another round."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.refused += other.refused


def request_bytes(target: Target, message: bytes) -> bytes:
    """Return a whole HTTP request."""
    url = urlsplit(target.address)
    ends = "" if target.keeps else "Connection: close\r\n"
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f'SOAPAction: ""\r\nContent-Length: {len(message)}\r\n{ends}\r\n'
    )
    return head.encode() + message


def exchange(host: str, port: int, request: bytes) -> bytes:
    """Send one request on a connection of its own and return the whole answer."""
    with _connected(host, port) as connection:
        connection.sendall(request)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def exchange_on(connection: socket.socket, request: bytes) -> bytes:
    """Send one request on a connection that is kept and return the whole answer."""
    connection.sendall(request)
    answer = b""
    while not _is_whole(answer):
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionAbortedError("the connection was not kept")
        answer += piece
    return answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if b"\r\nTransfer-Encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n") if end else None
    return length is not None and len(body) >= int(length[1])


def _connected(host: str, port: int) -> socket.socket:
    connection = socket.create_connection((host, port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@contextmanager
def _caller(target: Target) -> Iterator[Callable[[bytes], bytes]]:
    """Give what sends a request to a target and returns its answer."""
    url = urlsplit(target.address)
    host, port = url.hostname or "127.0.0.1", url.port or 80
    if not target.keeps:
        yield partial(exchange, host, port)
        return
    with _connected(host, port) as connection:
        yield partial(exchange_on, connection)


def _client(target: Target, messages: Sequence[bytes], until: float, found: list[float], refused: list[int]) -> None:
    requests = [request_bytes(target, message) for message in messages]
    with _caller(target) as call:
        for request in _chosen(requests, target.once):
            started = time.perf_counter()
            if started >= until:
                return
            answer = call(request)
            found.append(time.perf_counter() - started)
            if target.says not in answer:
                refused.append(1)


def _chosen(requests: Sequence[bytes], once: bool) -> Iterator[bytes]:
    """Give all requests once, or some of them at random for ever."""
    return iter(requests) if once else iter(lambda: random.choice(requests), None)


def _process(
    target: Target, messages: Sequence[Sequence[bytes]], seconds: float, queue: "multiprocessing.Queue[Result]"
) -> None:
    found: list[float] = []
    refused: list[int] = []
    started = time.perf_counter()
    threads = [
        threading.Thread(target=_client, args=(target, share, started + seconds, found, refused)) for share in messages
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(Result(target.name, time.perf_counter() - started, found, len(refused)))


def put_load_on(target: Target, messages: Sequence[bytes], seconds: float) -> Result:
    """Call a target for some seconds from several processes and return what they met together.

    Messages that may be sent once only are shared out among the clients, who end when they have no more.
    """
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[Result] = context.Queue()
    clients = PROCESSES * CLIENTS
    shares = [messages[number::clients] if target.once else messages for number in range(clients)]
    processes = [
        context.Process(target=_process, args=(target, shares[number::PROCESSES], seconds, queue))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    results = [queue.get() for _ in processes]
    for process in processes:
        process.join()
    return Result(
        target.name,
        max(result.seconds for result in results),
        [latency for result in results for latency in result.latencies],
        sum(result.refused for result in results),
    )
