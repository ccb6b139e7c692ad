"""Databases: named by a URL, and what happens when one is busy, gone or back again."""

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from lrs_soap.domain.ports import Stored
from lrs_soap.store import DatabaseUrlError, Store, engine, open_store
from lrs_soap.store.engine import parse_url
from tests.factories import learner, uln_of
from tests.postgres import Cluster


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///register.db", "sqlite+pysqlite"),
        ("sqlite://", "sqlite+pysqlite"),
        ("postgresql://user:secret@host:5432/register", "postgresql+psycopg"),
        ("postgres://host/register", "postgresql+psycopg"),
        ("postgresql+psycopg2://host/register", "postgresql+psycopg"),
    ],
)
def test_a_url_names_the_driver_in_use(text: str, driver: str) -> None:
    assert parse_url(text).drivername == driver


@pytest.mark.parametrize("text", ["", "register.db", "/var/lib/register.db", "mysql://host/name", "postgresql://h:x/n"])
def test_what_is_no_usable_url_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DatabaseUrlError, match="give one such as sqlite:///"):
        open_store(text)


def test_a_store_is_described_without_its_password() -> None:
    store = open_store("postgresql://register:secret@db.example/register")
    assert "db.example" in store.describe()
    assert "secret" not in store.describe()
    store.close()


def test_errors_quote_no_values(store: Store) -> None:
    with pytest.raises((SQLAlchemyError, OverflowError)) as caught, store.writing() as work:
        work.learners.add(learner(family_name="Unmistakable", version=1 << 70))
    assert "Unmistakable" not in str(caught.value)


def test_a_register_in_memory_may_be_used_by_many_threads() -> None:
    store = open_store("sqlite://", read_audit_delay=0.001)
    store.migrate()

    def add(number: int) -> Stored:
        with store.writing() as work:
            return work.learners.add(learner(number))

    with ThreadPoolExecutor(8) as threads:
        assert Counter(threads.map(add, range(16))) == {Stored.STORED: 1, Stored.DETAILS_TAKEN: 15}
    store.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_SNAPSHOT])
def test_every_way_of_being_busy_is_waited_out(code: int) -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    assert engine.is_busy(error)


def test_other_errors_are_not() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.OperationalError) as raised:
        connection.execute("SELECT nothing")
    assert not engine.is_busy(raised.value)


def test_a_locked_file_is_an_error_in_the_end(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    store = open_store(sqlite_url)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), store.writing():
            pass
        # Readers do not wait for a writer.
        with store.reading() as work:
            assert work.learners.get(uln_of(1)) is None
    with store.writing() as work:
        assert work.learners.add(learner()) is Stored.STORED
    store.close()


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'missing' / 'register.db'}")
    with pytest.raises(OperationalError, match="unable to open"):
        store.schema_state()
    store.close()


ADDING = """
import sys
from lrs_soap.store import open_store
from tests.factories import learner

store = open_store(sys.argv[1])
print("ready", flush=True)
sys.stdin.read()
with store.writing() as work:
    print(work.learners.add(learner(int(sys.argv[2]))).name)
store.close()
"""


def test_of_several_processes_one_stores_the_same_details(database_url: str) -> None:
    commands = [[sys.executable, "-c", ADDING, database_url, str(number)] for number in range(4)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    running = [subprocess.Popen(command, **pipes, text=True) for command in commands]  # type: ignore[call-overload]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.close()
    outcomes = [process.stdout.read().strip() for process in running]
    for process in running:
        process.stdout.close()
        assert process.wait(30) == 0
    assert Counter(outcomes) == {"STORED": 1, "DETAILS_TAKEN": 3}


@pytest.fixture
def own_cluster(postgresql_cluster: Cluster) -> Iterator[Cluster]:
    cluster = Cluster(Path(mkdtemp(prefix="lrs-soap-postgres-")))
    try:
        cluster.ensure_started()
        yield cluster
    finally:
        cluster.remove()


def test_a_restarted_server_costs_at_most_one_error_at_a_time(own_cluster: Cluster) -> None:
    store = open_store(own_cluster.url("migrated"))
    with store.reading(), store.reading(), store.writing() as work:
        work.learners.add(learner())
    own_cluster.stop()
    with pytest.raises(OperationalError), store.reading() as work:
        work.learners.get(uln_of(1))
    own_cluster.start()
    with store.reading() as work:
        assert work.learners.get(uln_of(1)) is not None
    own_cluster.stop()
    own_cluster.start()
    with suppress(OperationalError), store.reading() as work:
        work.learners.get(uln_of(1))
    with store.reading(), store.reading(), store.writing() as work:
        assert work.learners.replace(learner(version=2), 1) is Stored.STORED
    store.close()


def test_a_connection_that_idled_is_tried_first(own_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "IDLE_SECONDS", 0.0)
    store = open_store(own_cluster.url("migrated"))
    for _ in range(2):
        with store.reading(), store.writing() as work:
            assert work.learners.count() == 0
        own_cluster.stop()
        own_cluster.start()
        time.sleep(0.01)
    store.close()


def test_postgresql_plans_a_prepared_statement_once(postgresql_url: str) -> None:
    made = engine.make_engine(parse_url(postgresql_url))
    with made.connect() as connection:
        assert connection.exec_driver_sql("SHOW plan_cache_mode").scalar() == "force_generic_plan"
    made.dispose()
