"""Too many wrong passwords, over the wire: several worker processes share the count, and a known caller is let in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.store import open_store
from lrs_soap.testing import RunningServer
from tests import factories
from tests.serving import Server, started_server
from tests.wire import requests
from tests.wire.bench import each_worker
from tests.wire.conftest import fill
from tests.wire.soap import post

WORKERS, ATTEMPTS, AT_ONCE = 3, 8, 6
MAEVE = factories.learner()
KNOWN, STRANGER = "192.0.2.1", "198.51.100.7"
NOON = datetime(2031, 3, 5, 12, tzinfo=SERVICE_ZONE)


@pytest.fixture
def server(database_url: str) -> Iterator[Server]:
    fill(database_url, [MAEVE])
    # Sync workers, since one that is busy leaves the next call to another: so each of them can be reached.
    limits = ("--worker-class", "sync", "--login-attempts", str(ATTEMPTS), "--login-window", "5")
    with started_server(database_url, "--workers", str(WORKERS), *limits) as server:
        yield server


def code(server: Server, password: str = factories.PASSWORD, caller: str = KNOWN) -> str | None:
    message = requests.by_uln(MAEVE.uln, OrgPassword=password)
    return post(server.address, "LearnerService", message, {"X-Forwarded-For": caller}).code


def codes_of_all_workers(server: Server, caller: str) -> set[str | None]:
    return set(each_worker(server.address, lambda: code(server, caller=caller), WORKERS))


def counted(database_url: str) -> int:
    store = open_store(database_url)
    with store.reading() as work:
        failed = work.failed_logins.of("TEST0101")
    store.close()
    return failed.count if failed else 0


def test_the_limit_is_that_of_all_workers_together_and_shuts_no_known_caller_out(
    server: Server, database_url: str
) -> None:
    with RunningServer(server.address) as bench:
        clock = bench.default_world.clock
        clock.freeze(NOON)
        assert codes_of_all_workers(server, KNOWN) == {"WSRC0004"}
        with ThreadPoolExecutor(AT_ONCE) as threads:
            wrong = set(
                threads.map(lambda place: code(server, f"wrong-password{place:02}", STRANGER), range(3 * ATTEMPTS))
            )
        assert wrong == {"WSEC0005"}
        # Those that were being checked when the limit was reached are counted too: at most one in each other worker.
        assert ATTEMPTS <= counted(database_url) < ATTEMPTS + WORKERS
        assert codes_of_all_workers(server, STRANGER) == {"WSEC0005"}
        assert codes_of_all_workers(server, KNOWN) == {"WSRC0004"}
        clock.advance(minutes=5)
        assert codes_of_all_workers(server, STRANGER) == {"WSRC0004"}
    assert server.stop() == 0
    assert server.output.count("too many wrong passwords for TEST0101: none is checked until 2031-03-05 12:05") == 1
