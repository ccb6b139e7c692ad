"""What can go wrong with the place where a register is kept, and can be put right again."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.footprints import children
from tests.postgres import Cluster
from tests.serving import Server


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """Let no file of a server's processes grow: the system refuses every write, as it does on a full disk."""
    pids = children(server.process.pid)
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def read_only(cluster: Cluster, url: str) -> Iterator[None]:
    """Let a database of PostgreSQL be read and not written, for whoever connects from now on."""
    _set_read_only(cluster, url, "on")
    try:
        yield
    finally:
        _set_read_only(cluster, url, "off")


def _set_read_only(cluster: Cluster, url: str, value: str) -> None:
    name = make_url(url).database
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {value}".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """Stop the whole server of a cluster, and start it again."""
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()
