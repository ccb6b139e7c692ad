"""A load of requests from several processes, each a few clients that open a connection per request."""

import multiprocessing
import random
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import urlsplit

PROCESSES = 2
CLIENTS = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What is called: an address such as `http://127.0.0.1:8080/LearnerService.svc`.

    says: what each answer should hold. once: whether each message may be sent once only.
    """

    name: str
    address: str
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
    for request in _chosen([request_bytes(target, message) for message in messages], target.once):
        started = time.perf_counter()
        if started >= until:
            return
        answer = exchange(host, port, request)
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
