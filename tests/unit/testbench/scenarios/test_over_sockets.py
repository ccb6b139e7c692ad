"""What reaches the other end of the wire: on real connections to gunicorn, where an HTTP client would hide it."""

import re
import socket
import struct
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lrs_soap.store import open_store
from lrs_soap.testbench.scenarios import ScenarioStore, read
from tests.serving import WORKER_CLASSES, started
from tests.unit.testbench.scenarios.bench import MAEVE, fill, opened_control
from tests.wire import requests, soap

WORKERS = 3
FIND = requests.by_uln(MAEVE.uln)
NO_TIME = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Place:
    """A served bench: where it answers, its scenarios, and what its server printed."""

    address: str
    scenarios: ScenarioStore
    lines: list[str]

    def set(self, name: str, parameters: dict[str, Any] | None = None, /, **match: Any) -> None:
        self.scenarios.clear("default")
        self.scenarios.add(read({"name": name, "parameters": parameters or {}, "match": match}))

    @contextmanager
    def connected(self, message: str = FIND) -> Iterator[socket.socket]:
        """Give a connection on which a message has been sent."""
        url = urlsplit(self.address)
        with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
            head = (
                "POST /LearnerService.svc HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Type: text/xml\r\n"
                f"Content-Length: {len(message.encode())}\r\n\r\n"
            )
            connection.sendall(head.encode() + message.encode())
            yield connection

    def exchange(self, message: str = FIND) -> bytes:
        """Return every byte of an answer, until the server has closed the connection in order."""
        with self.connected(message) as connection:
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def code(self, message: str = FIND) -> str | None:
        return soap.post(self.address, "LearnerService", message).code


@pytest.fixture(scope="module", params=WORKER_CLASSES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Serve the bench for a module of tests, once by each kind of workers."""
    folder: Path = tmp_path_factory.mktemp("served")
    (folder / "control").mkdir()
    url = f"sqlite:///{folder / 'register.db'}"
    store = open_store(url)
    store.migrate()
    fill(store)
    store.close()
    with ExitStack() as stack:
        control = stack.enter_context(opened_control(folder / "control"))
        module = "tests.unit.testbench.scenarios.server"
        command = [sys.executable, "-m", module, url, str(folder / "control"), str(WORKERS), request.param]
        server = stack.enter_context(started(command))
        yield Place(server.address, ScenarioStore(control), server.lines)


@pytest.fixture(autouse=True)
def _no_scenarios(place: Place) -> Iterator[None]:
    yield
    place.scenarios.clear("default")
    assert place.code() == "WSRC0004"


def head_and_body(answer: bytes) -> tuple[str, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode(), body


def announced(head: str) -> int:
    found = re.search(r"^Content-Length: (\d+)\r?$", head, re.MULTILINE)
    assert found is not None, head
    return int(found[1])


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_reset_is_a_reset(place: Place, carried_out: bool) -> None:
    place.set("connection-reset", {"carried_out": carried_out})
    with place.connected() as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_connection_closes_without_a_byte(place: Place, carried_out: bool) -> None:
    place.set("connection-closed", {"carried_out": carried_out})
    assert place.exchange() == b""


def test_a_lost_answer_was_carried_out_and_a_lost_request_was_not(place: Place) -> None:
    names = ("Ada", "Grace")
    for name, carried_out in zip(names, (True, False), strict=True):
        place.set("connection-reset", {"carried_out": carried_out})
        message = requests.register(GivenName=name, FamilyName="Quill")
        with place.connected(message) as connection, pytest.raises(ConnectionResetError):
            connection.recv(1)
    place.scenarios.clear("default")
    codes = [place.code(requests.register(GivenName=name, FamilyName="Quill")) for name in names]
    assert codes == ["WSRC0021", "WSRC0005"]


def test_a_truncated_answer_ends_before_its_announced_length(place: Place) -> None:
    whole = head_and_body(place.exchange())[1]
    place.set("truncated", {"keep": 0.25})
    head, body = head_and_body(place.exchange())
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert announced(head) == len(whole)
    assert body == whole[: len(whole) // 4]


def test_an_empty_answer_is_empty(place: Place) -> None:
    place.set("empty-answer")
    head, body = head_and_body(place.exchange())
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert (announced(head), body) == (0, b"")


def test_a_trickle_arrives_in_pieces_and_whole(place: Place) -> None:
    whole = head_and_body(place.exchange())[1]
    place.set("trickle", {"seconds": 1, "piece": len(whole) // 4})
    with place.connected() as connection:
        first = connection.recv(65536)
        received = first + b"".join(iter(lambda: connection.recv(65536), b""))
    assert len(head_and_body(first)[1]) < len(whole)
    assert head_and_body(received)[1] == whole


def test_a_slow_answer_shows_nothing_before_its_time(place: Place) -> None:
    place.set("slow", {"seconds": 2})
    with place.connected() as connection:
        connection.settimeout(0.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(60)
        assert b"WSRC0004" in b"".join(iter(lambda: connection.recv(65536), b""))


def test_an_outage_is_an_answer_of_http(place: Place) -> None:
    place.set("outage")
    head, body = head_and_body(place.exchange())
    assert head.startswith("HTTP/1.1 503 Service Unavailable\r\n")
    assert "\r\nRetry-After: 120\r\n" in head
    assert body.startswith(b"<!DOCTYPE html>")


def test_a_gateway_refuses_the_verb(place: Place) -> None:
    place.set("unsupported-verb", {"status": 405})
    head, body = head_and_body(place.exchange())
    assert head.startswith("HTTP/1.1 405 Method Not Allowed\r\n")
    assert b"<faultstring>UnsupportedHttpVerb</faultstring>" in body


def test_a_large_message_is_read_before_it_is_refused(place: Place) -> None:
    place.set("outage", first=1)
    many = [requests.MAEVE | {"Notes": "x" * 4000} for _ in range(200)]
    assert place.exchange(requests.submit_batch(*many)).startswith(b"HTTP/1.1 503 ")


def test_counts_are_exact_over_all_processes(place: Place) -> None:
    place.set("out-of-hours", first=37, operation="learnerByULN")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(place.exchange, [FIND] * 120))
    assert sum(b"WSEC0004" in answer for answer in answers) == 37
    assert sum(b"WSRC0004" in answer for answer in answers) == 83
    assert len({re.findall(rb"X-Process: (\d+)", answer)[0] for answer in answers}) > 1
    (counts,) = place.scenarios.counts("default").values()
    assert (counts.calls, counts.acted) == (120, 37)


def test_a_client_that_leaves_while_an_answer_is_late_harms_nobody(place: Place) -> None:
    place.set("trickle", {"seconds": 1, "piece": 100}, first=WORKERS)
    for _ in range(WORKERS):
        with place.connected() as connection:
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_TIME)
    assert place.code() == "WSRC0004"


def test_the_server_logs_nothing_of_all_this(place: Place) -> None:
    for name in ("connection-reset", "connection-closed", "truncated", "empty-answer", "out-of-hours"):
        place.set(name, first=1)
        with place.connected() as connection:
            try:
                connection.recv(65536)
            except ConnectionResetError:
                assert name == "connection-reset"
    assert place.code() == "WSRC0004"
    assert [line for line in place.lines if "it is ready" not in line and "Stop it" not in line] == []
