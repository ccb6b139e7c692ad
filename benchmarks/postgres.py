"""A throw-away PostgreSQL cluster that is as careful with what is committed as one in production."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.postgres import Cluster, binaries

__all__ = ["Cluster", "binaries", "cluster", "described"]

# The clusters of the tests give these up for speed; all are PostgreSQL's own defaults.
CAREFUL = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "128MB",
}


@contextmanager
def cluster(home: Path | None = None) -> Iterator[Cluster]:
    """Run a cluster, and remove it in the end; one with a home of its own is only stopped, and can be run again."""
    if home is not None and (home / "ready").exists():
        yield from _again(Cluster(home))
        return
    if home is not None:
        home.mkdir(parents=True)
    one = Cluster(home or Path(tempfile.mkdtemp(prefix="lrs-bench-postgres-")))
    try:
        one.ensure_started()
        with psycopg.connect(one.url(), autocommit=True) as connection:
            for name, value in CAREFUL.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        one.stop()
        one.start()
        yield one
    finally:
        if home is None:
            one.remove()
        else:
            one.stop()


def _again(one: Cluster) -> Iterator[Cluster]:
    one.start()
    try:
        yield one
    finally:
        one.stop()


def described(one: Cluster) -> str:
    """Return the server's version and how durable its commits are, as it tells itself."""
    with psycopg.connect(one.url()) as connection:
        version = connection.info.server_version // 10_000
        shown = {name: connection.execute(f"SHOW {name}".encode()).fetchone() for name in CAREFUL}
    told = ", ".join(f"{name} {value[0]}" for name, value in shown.items() if value is not None)
    return f"PostgreSQL {version} with {told}"
