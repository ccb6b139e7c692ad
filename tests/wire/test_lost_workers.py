"""Workers that answer requests and are lost: another takes the place of one that dies or hangs."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import factories
from tests.serving import WORKER_CLASSES, Server, children_of, started, started_server, until
from tests.wire import requests
from tests.wire.conftest import fill
from tests.wire.soap import post

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="the processes of a server are told by /proc"
)

WORKERS = 2
HANGS_AFTER = 2
MAEVE = factories.learner()
# All that the server starts are workers that answer requests.
ALONE = {"LRS_SOAP_BATCH_WORKER": "false", "LRS_SOAP_CONTROL_API": "false"}


@pytest.fixture(params=WORKER_CLASSES)
def server(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Server]:
    fill(sqlite_url, [MAEVE])
    options = ("--workers", str(WORKERS), "--timeout", str(HANGS_AFTER), "--worker-class", request.param)
    with started_server(sqlite_url, *options, env=ALONE) as server:
        until(lambda: len(workers_of(server)) == WORKERS)
        yield server


def workers_of(server: Server) -> set[int]:
    return set(children_of(server.process.pid))


def answers(server: Server) -> set[str | None]:
    message = requests.by_uln(MAEVE.uln)
    return {post(server.address, "LearnerService", message).code for _ in range(20)}


@pytest.mark.parametrize("worker", ["lrs_soap.event.EventWorker", "lrs_soap.http_worker.Worker"], ids=WORKER_CLASSES)
def test_one_that_hangs_before_it_serves_anybody_is_replaced(sqlite_url: str, worker: str) -> None:
    module, _, name = worker.rpartition(".")
    script = (
        "import time\n"
        f"from {module} import {name} as Worker\n"
        "from lrs_soap.cli import main\n"
        "def hang(worker):\n"
        "    while worker.alive:\n"
        "        time.sleep(0.1)\n"
        "Worker.run = hang\n"
        "main(prog_name='lrs-soap')\n"
    )
    options = (
        "--port",
        "0",
        "--timeout",
        str(HANGS_AFTER),
        "--worker-class",
        "event" if name == "EventWorker" else "sync",
    )
    with started([sys.executable, "-c", script, "serve", "--database", sqlite_url, *options], ALONE) as server:
        before = workers_of(server)
        assert before
        until(lambda: before.isdisjoint(workers_of(server)))


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_another_takes_the_place_of_one_that(server: Server, sign: signal.Signals) -> None:
    before = workers_of(server)
    lost = min(before)
    os.kill(lost, sign)
    until(lambda: lost not in workers_of(server) and len(workers_of(server)) == WORKERS)
    assert workers_of(server) - before
    assert answers(server) == {"WSRC0004"}
    assert server.process.poll() is None


def test_all_of_them_at_once_are_replaced(server: Server) -> None:
    before = workers_of(server)
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    until(lambda: len(workers_of(server) - before) == WORKERS)
    assert answers(server) == {"WSRC0004"}
