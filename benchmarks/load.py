"""A load of requests from several processes, each a few clients that open a connection per request."""

import multiprocessing
import random
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import urlsplit

PROCESSES = 2
CLIENTS = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What is called: an address such as `http://127.0.0.1:8080/LearnerService.svc`."""

    name: str
    address: str


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
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f'SOAPAction: ""\r\nContent-Length: {len(message)}\r\nConnection: close\r\n\r\n'
    )
    return head.encode() + message


def exchange(host: str, port: int, request: bytes) -> bytes:
    """Send one request on a connection of its own and return the whole answer."""
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def _client(target: Target, messages: Sequence[bytes], until: float, found: list[float], refused: list[int]) -> None:
    url = urlsplit(target.address)
    host, port = url.hostname or "127.0.0.1", url.port or 80
    requests = [request_bytes(target, message) for message in messages]
    while time.perf_counter() < until:
        started = time.perf_counter()
        answer = exchange(host, port, random.choice(requests))
        found.append(time.perf_counter() - started)
        if b"WSRC0004" not in answer:
            refused.append(1)


def _process(target: Target, messages: Sequence[bytes], seconds: float, queue: "multiprocessing.Queue[Result]") -> None:
    found: list[float] = []
    refused: list[int] = []
    started = time.perf_counter()
    threads = [
        threading.Thread(target=_client, args=(target, messages, started + seconds, found, refused))
        for _ in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(Result(target.name, time.perf_counter() - started, found, len(refused)))


def put_load_on(target: Target, messages: Sequence[bytes], seconds: float) -> Result:
    """Call a target for some seconds from several processes and return what they met together."""
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[Result] = context.Queue()
    processes = [context.Process(target=_process, args=(target, messages, seconds, queue)) for _ in range(PROCESSES)]
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
