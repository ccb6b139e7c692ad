"""Databases for tests: SQLite files, and PostgreSQL databases in a cluster that lasts as long as the test run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.store import Store, open_store
from tests import postgres

pytest_plugins = ["tests.kept_logs"]

CLUSTER = pytest.StashKey[postgres.Cluster]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare a place for the cluster; workers of pytest-xdist share that of the process that started them."""
    home = getattr(config, "workerinput", {}).get("postgres_home") or tempfile.mkdtemp(prefix="lrs-soap-postgres-")
    config.stash[CLUSTER] = postgres.Cluster(Path(home))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the cluster is."""
    node.workerinput["postgres_home"] = str(node.config.stash[CLUSTER].home)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster, once all workers have ended."""
    cluster = config.stash.get(CLUSTER, None)
    if cluster is not None and not hasattr(config, "workerinput"):
        cluster.remove()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have counted, whichever process they ran in."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    counted = [text for report in reports for name, text in report.user_properties if name == "counted"]
    if counted:
        terminalreporter.section("counted")
        terminalreporter.write("".join(f"{line}\n" for line in sorted(counted)))


@pytest.fixture(scope="session")
def postgresql_cluster(request: pytest.FixtureRequest) -> postgres.Cluster:
    """Give the running cluster of this test run."""
    if postgres.binaries() is None:
        unavailable = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        unavailable("PostgreSQL's server programs are not installed")
    cluster = request.config.stash[CLUSTER]
    cluster.ensure_started()
    return cluster


@pytest.fixture
def postgresql_url(postgresql_cluster: postgres.Cluster) -> Iterator[str]:
    """Give the URL of a fresh PostgreSQL database with its tables."""
    with postgresql_cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "register.db"
    store = open_store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture
def sqlite_url(_migrated_file: Path, tmp_path: Path) -> str:
    """Give the URL of a fresh SQLite database with its tables."""
    return f"sqlite:///{shutil.copy(_migrated_file, tmp_path / 'store.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a fresh database with its tables, once for each kind of database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without tables, once for each kind of database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path / 'empty.db'}"
        else:
            cluster: postgres.Cluster = request.getfixturevalue("postgresql_cluster")
            yield stack.enter_context(cluster.database("template0"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Give a store with its tables and nothing in them, once for each kind of database."""
    store = open_store(database_url, read_audit_delay=0.01)
    yield store
    store.close()
