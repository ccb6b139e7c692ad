"""Workers as processes: alone, several on one database, and inside the server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lrs_soap.domain.codes import is_exception
from lrs_soap.domain.jobs import Job, JobKind, JobStatus
from lrs_soap.store import Store, open_store
from tests import factories
from tests.kept_logs import keep
from tests.serving import PATIENCE, Server, children_of, environment, started_server, until
from tests.store.test_jobs import submitted
from tests.unit.domain.test_batch import SOMEBODY_NEW, WHOLE
from tests.wire.conftest import fill

WORKER = [sys.executable, "-m", "lrs_soap", "worker"]


@contextmanager
def filled(url: str) -> Iterator[Store]:
    """Give a register with a college in it."""
    fill(url, [factories.learner(1)])
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def running_worker(url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run `lrs-soap worker` until the end of the block; it is at work inside."""
    command = [*WORKER, "--database", url, "--batch-poll", "0.05", *arguments]
    process = subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    try:
        assert "works on the batches of" in process.stdout.readline()
        yield process
    finally:
        process.terminate()
        keep(process.communicate(timeout=PATIENCE)[0])


def jobs(store: Store) -> list[Job]:
    with store.reading() as work:
        return list(work.jobs.of(None, 1000))


def all_finished(store: Store) -> bool:
    return all(job.is_finished for job in jobs(store))


def new_learner(number: int) -> dict[str, str]:
    """Return a record about somebody whom nobody knows."""
    letters = "bcdfghjklmnprstvwz"
    name = "".join(letters[number // 18**place % 18] + "aeiou"[number % 5] for place in range(3))
    born = f"{1960 + number % 40}-{number % 12 + 1:02}-{number % 28 + 1:02}"
    return SOMEBODY_NEW | {"GivenName": name.title(), "FamilyName": f"{name[::-1]}son", "DateOfBirth": born}


def check_work(store: Store) -> None:
    """Check that every record of every job has one result, and every learner registered a record."""
    codes: list[str] = []
    ulns: list[str] = []
    for job in jobs(store):
        with store.reading() as work:
            results = [record.result for record in work.jobs.records(job.job_id)]
        assert job.status is JobStatus.SUCCESSFUL
        for result in results:
            assert result is not None
            codes.append(result.code)
            ulns += [result.uln] if result.uln and result.code == "RC001" else []
    assert len(ulns) == len(set(ulns)) == codes.count("RC001")
    with store.reading() as work:
        assert work.learners.count() == 1 + len(ulns)
        assert len(list(work.exceptions.of("TEST0101"))) == sum(map(is_exception, codes))


def test_once_works_on_what_waits_and_ends(database_url: str) -> None:
    with filled(database_url) as store:
        numbers = [submitted(store, WHOLE), submitted(store, new_learner(1))]
        run = subprocess.run(
            [*WORKER, "--once", "--database", database_url],
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        assert run.stdout == "Worked on 2 jobs; closed 0 overdue exceptions.\n"
        assert [job.job_id for job in jobs(store)] == numbers[::-1]
        check_work(store)


def test_several_workers_share_jobs_and_one_that_is_killed_loses_nothing(database_url: str) -> None:
    with filled(database_url) as store, ExitStack() as stack:
        for number in range(60):
            submitted(store, *(new_learner(10 * number + place) for place in range(10)))
        workers = [stack.enter_context(running_worker(database_url, "--job-lease", "1")) for _ in range(3)]
        until(lambda: any(job.is_finished for job in jobs(store)))
        workers[0].send_signal(signal.SIGKILL)
        until(lambda: all_finished(store))
        check_work(store)


def test_a_worker_told_to_stop_lets_go_of_its_job(database_url: str) -> None:
    with filled(database_url) as store:
        number = submitted(store, *map(new_learner, range(400)))
        with running_worker(database_url) as worker:
            until(lambda: jobs(store)[0].done > 0)
            worker.terminate()
            assert worker.wait(PATIENCE) == 0
        (job,) = jobs(store)
        assert (job.job_id, job.status) == (number, JobStatus.IN_PROGRESS)
        with running_worker(database_url):
            until(lambda: all_finished(store))
        check_work(store)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the processes of a server are told by /proc")
def test_the_server_works_on_batches_and_starts_another_worker_when_one_dies(database_url: str) -> None:
    with (
        filled(database_url) as store,
        started_server(database_url, "--workers", "1", "--job-lease", "1", "--no-conformance") as server,
    ):
        submitted(store, *map(new_learner, range(300)))
        until(lambda: jobs(store)[0].done > 0)
        os.kill(batch_worker_of(server), signal.SIGKILL)
        until(lambda: all_finished(store))
        check_work(store)


def batch_worker_of(server: Server) -> int:
    """Return the process that works on batches: the child that listens on nothing, when nobody judges the clients."""
    (found,) = [pid for pid in children_of(server.process.pid) if not listens(pid)]
    return found


def listens(pid: int) -> bool:
    links = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    listening = {
        line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    }
    return any(link.startswith("socket:[") and link[8:-1] in listening for link in links)


def test_a_server_without_a_worker_leaves_batches_to_others(database_url: str) -> None:
    with filled(database_url) as store, started_server(database_url, "--no-batch-worker"):
        submitted(store, {"ULN": factories.uln_of(1)}, kind=JobKind.REGISTRATION)
        time.sleep(1.5)
        assert jobs(store)[0].status is JobStatus.WAITING


def test_a_stopping_server_stops_its_worker_too(database_url: str) -> None:
    with filled(database_url) as store:
        submitted(store, *map(new_learner, range(400)))
        with started_server(database_url) as server:
            until(lambda: jobs(store)[0].done > 0)
            pids = children_of(server.process.pid)
            assert server.stop() == 0
        assert len(pids) == 4, "two that answer, one for batches, one that judges the clients"
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
        assert jobs(store)[0].status is JobStatus.IN_PROGRESS
