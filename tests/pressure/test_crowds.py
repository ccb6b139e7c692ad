"""Slow clients and many of them, in sizes for every test run; `python -m tests.pressure` takes the full ones."""

from collections import Counter
from pathlib import Path

import pytest

from lrs_soap.event.conversation import MOST_LARGE
from tests import factories
from tests.pressure.crowds import answers, besiege, crowd, request_of
from tests.serving import started_server
from tests.wire.conftest import fill
from tests.wire.requests import MAEVE, by_uln, submit_batch

LEARNER = factories.learner()
FIND = by_uln(LEARNER.uln)
SLOW = 60
MANY = 300


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Make a register with one learner."""
    url = f"sqlite:///{tmp_path / 'register.db'}"
    fill(url, [LEARNER])
    return url


def test_slow_clients_are_refused_in_the_end_and_keep_nobody_waiting(database: str) -> None:
    with started_server(database, "--no-control-api", env={"LRS_SOAP_TIMEOUT": "4"}) as server:
        siege = besiege(server.address, SLOW, FIND, pause=0.2)
    assert siege.slow == Counter({408: SLOW})
    assert set(siege.codes) == {"WSRC0004"}


def test_many_connections_at_once_are_all_answered_and_kept(database: str) -> None:
    with started_server(database, "--no-control-api") as server, crowd(server.address, MANY) as connections:
        for _ in range(2):
            found = answers(connections, request_of(server.address, FIND))
            assert sum(answer.startswith(b"HTTP/1.1 200 ") and b"WSRC0004" in answer for answer in found) == MANY


def test_a_wait_for_the_journal_keeps_nobody_waiting(database: str) -> None:
    with (
        started_server(database, "--workers", "1", "--host", "127.0.0.1") as server,
        crowd(server.address, 2) as (waiting, other),
    ):
        path = "/_lrs/journal/wait?n=1&timeout=30&operation=learnerByULN"
        waiting.sendall(f"GET {path} HTTP/1.1\r\nHost: {server.address.removeprefix('http://')}\r\n\r\n".encode())
        # What it waits for comes through the same worker.
        assert b"WSRC0004" in answers([other], request_of(server.address, FIND))[0]
        assert waiting.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_more_large_messages_than_a_worker_takes_at_once_have_their_turn(database: str) -> None:
    batch = submit_batch(*[MAEVE | {"Notes": "x" * 4000} for _ in range(50)])
    with (
        started_server(database, "--workers", "1", "--no-control-api", "--no-batch-worker") as server,
        crowd(server.address, MOST_LARGE + 3) as (other, *large),
    ):
        request = request_of(server.address, batch)
        for connection in large:
            connection.sendall(request[:-1000])
        assert b"WSRC0004" in answers([other], request_of(server.address, FIND))[0]
        found = answers(large, request[-1000:])
    assert [b"WSRC0007" in answer for answer in found] == [True] * len(large)
