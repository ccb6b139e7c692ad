"""The process of a server that judges clients: it keeps what waits short, and is replaced when it ends."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from lrs_soap.testing import RunningServer
from lrs_soap.verdict_process import MODEST
from tests import factories
from tests.serving import children_of, started_server, until
from tests.wire import requests
from tests.wire.conftest import fill
from tests.wire.soap import post

CALLS = 30
NICE = 16
"""Its place among the fields of /proc/PID/stat after the name of the program."""


def waiting(directory: Path) -> int:
    with closing(sqlite3.connect(directory / "conformance.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM waiting").fetchone()[0])


def judges(server: int) -> list[int]:
    """Return the processes of a server that give way to others."""
    fields = {
        child: Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children_of(server)
    }
    return [child for child, known in fields.items() if int(known[NICE]) == os.nice(0) + MODEST]


def test_what_is_judged_later_is_told_at_once_and_survives_the_judge(sqlite_url: str, tmp_path: Path) -> None:
    learner = factories.learner(1)
    fill(sqlite_url, [learner])
    control = tmp_path / "control"
    with started_server(sqlite_url, "--control-directory", str(control)) as server:
        until(lambda: len(judges(server.process.pid)) == 1)
        (judge,) = judges(server.process.pid)
        for calls in (CALLS, 2 * CALLS):
            for _ in range(CALLS):
                assert post(server.address, "LearnerService", requests.by_uln(learner.uln)).status == 200
            with RunningServer(server.address) as bench:
                (client,) = bench.default_world.conformance.verdict().clients
            assert client.requests == calls
            if calls == CALLS:
                os.kill(judge, signal.SIGKILL)
        assert waiting(control)
        until(lambda: not waiting(control))
        until(lambda: judges(server.process.pid) not in ([], [judge]))
        with RunningServer(server.address) as bench:
            (client,) = bench.default_world.conformance.verdict().clients
        assert client.requests == 2 * CALLS
        assert "the judge of the clients" in server.output
