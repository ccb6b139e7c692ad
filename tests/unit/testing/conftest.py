"""A server that answers the control API's client as a test says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

import pytest


class Received(NamedTuple):
    """One request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


class Answering:
    """Gives every request one answer, and keeps the requests."""

    def __init__(self) -> None:
        self.status = 200
        self.content = b"{}"
        self.received: list[Received] = []
        self.url = ""

    def give(self, status: int, content: Any) -> None:
        """Say what is answered from now on: bytes as they are, all else as JSON."""
        self.status = status
        self.content = content if isinstance(content, bytes) else json.dumps(content).encode()


@pytest.fixture
def answering() -> Iterator[Answering]:
    known = Answering()
    with _served(known) as port:
        known.url = f"http://127.0.0.1:{port}"
        yield known


@contextmanager
def _served(known: Answering) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            known.received.append(Received(self.command, self.path, dict(self.headers), body))
            self.send_response(known.status)
            self.send_header("Content-Length", str(len(known.content)))
            self.end_headers()
            self.wfile.write(known.content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
