"""Registers with the same many learners, in SQLite and in PostgreSQL: made once, given out as copies."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from benchmarks import postgres
from benchmarks.population import populate
from lrs_soap.domain.learner import Learner

Copies = Callable[[], AbstractContextManager[str]]
WITHOUT_POSTGRESQL = "PostgreSQL's server programs are not installed: left out.\n"


class Registers:
    """The registers of one run; what nobody asks for is not made."""

    def __init__(self, learners: int) -> None:
        self.learners = learners
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    @property
    def databases(self) -> Mapping[str, Copies]:
        """What gives the URL of a copy, by kind of database; PostgreSQL only where it is installed."""
        known: dict[str, Copies] = {"SQLite": self.sqlite}
        if postgres.binaries() is not None:
            known["PostgreSQL"] = self.postgresql
        return known

    @property
    def sample(self) -> list[Learner]:
        """Some of the learners."""
        return self._file[1]

    @contextmanager
    def sqlite(self) -> Iterator[str]:
        """Give the URL of a copy in a file of its own."""
        copy = self.directory / f"{uuid4().hex}.db"
        shutil.copy(self._file[0], copy)
        try:
            yield f"sqlite:///{copy}"
        finally:
            for part in self.directory.glob(f"{copy.name}*"):
                part.unlink()

    @contextmanager
    def postgresql(self) -> Iterator[str]:
        """Give the URL of a copy in a database of its own."""
        with self.cluster.database(self._template) as url:
            with psycopg.connect(self.cluster.url(), autocommit=True) as connection:
                # So that writing the copy itself to disk is not measured.
                connection.execute("CHECKPOINT")
            yield url

    @cached_property
    def directory(self) -> Path:
        """Where files may be put until the end of the run."""
        return Path(self._stack.enter_context(TemporaryDirectory(prefix="lrs-bench-")))

    @cached_property
    def cluster(self) -> postgres.Cluster:
        """The running PostgreSQL cluster."""
        return self._stack.enter_context(postgres.cluster())

    @cached_property
    def _file(self) -> tuple[Path, list[Learner]]:
        path = self.directory / "original.db"
        return path, populate(f"sqlite:///{path}", self.learners)

    @cached_property
    def _template(self) -> str:
        url = self._stack.enter_context(self.cluster.database())
        populate(url, self.learners)
        with psycopg.connect(url, autocommit=True) as connection:
            # As autovacuum leaves a register that has been in use for a while.
            connection.execute("VACUUM ANALYZE")
        name = make_url(url).database
        assert name is not None
        return name


def synced_writes_per_second(directory: Path, count: int = 300) -> float:
    """Return how many small writes per second the disk below a directory takes when each has to be on it for good."""
    path = directory / "synced"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        started = time.perf_counter()
        for _ in range(count):
            os.write(descriptor, bytes(4096))
            os.fdatasync(descriptor)
        return count / (time.perf_counter() - started)
    finally:
        os.close(descriptor)
        path.unlink()
