"""Registers of several sizes, generated with a seed: for loading and searching, kept where that was asked for."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from random import Random
from types import TracebackType
from typing import Any, Self

import psycopg
from tqdm import tqdm

from benchmarks import postgres
from benchmarks.options import Options
from benchmarks.registers import Registers
from lrs_soap.domain.learner import Learner
from lrs_soap.generating import Population
from lrs_soap.generating.population import BLOCK
from lrs_soap.generating.storing import store_population
from lrs_soap.store import open_store

SEED = 1
# The postcode of those who have moved far away.
ELSEWHERE = "TR21 0QZ"


def population(size: int) -> Population:
    """Return the learners of a register of a size."""
    return Population(size, SEED)


def some_of(size: int, blocks: int, chance: Random) -> list[Learner]:
    """Return the live learners of so many blocks, drawn at random, of a register of a size."""
    everyone = population(size)
    numbers = chance.sample(range(everyone.blocks), min(blocks, everyone.blocks))
    # The last block makes more than the register has.
    found = (one for number in numbers for one in everyone.block(number)[: size - number * BLOCK])
    return [one for one in found if one.is_live]


class LargeRegisters:
    """Registers by kind of database and size."""

    def __init__(self, options: Options, registers: Registers) -> None:
        self._stack = ExitStack()
        self._keep = options.keep
        self.directory = options.keep or registers.directory
        self._with_postgresql = "PostgreSQL" in registers.databases
        self._cluster: postgres.Cluster | None = None

    def __enter__(self) -> Self:
        self.directory.mkdir(parents=True, exist_ok=True)
        if self._with_postgresql:
            home = self._keep / "postgresql" if self._keep else None
            self._cluster = self._stack.enter_context(postgres.cluster(home))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of databases there are."""
        return ("SQLite", "PostgreSQL") if self._cluster else ("SQLite",)

    def loaded(self, kind: str, size: int) -> str:
        """Return the URL of a register of a size, which is loaded unless it is there."""
        url = self.url(kind, size)
        if _count(url) != size:
            load(self.emptied(kind, str(size)), size)
        return url

    def url(self, kind: str, name: object) -> str:
        """Return the URL of a register, whether it is there or not."""
        if kind == "SQLite":
            return f"sqlite:///{self.directory / f'{name}.db'}"
        assert self._cluster is not None
        if not self._has_database(f"learners_{name}"):
            self._on_server(f"CREATE DATABASE learners_{name} TEMPLATE template0")
        return self._cluster.url(f"learners_{name}")

    def emptied(self, kind: str, name: object) -> str:
        """Return the URL of a register with its tables and nothing in them."""
        self.remove(kind, name)
        url = self.url(kind, name)
        with closing(open_store(url)) as store:
            store.migrate()
        if kind == "PostgreSQL":
            self._on_server("CHECKPOINT")
        return url

    @contextmanager
    def copied(self, kind: str, size: int) -> Iterator[str]:
        """Give the URL of a copy of a register of a size, which may be changed and is removed in the end."""
        self.loaded(kind, size)
        name = f"{size}_copy"
        self.remove(kind, name)
        if kind == "SQLite":
            shutil.copy(self.directory / f"{size}.db", self.directory / f"{name}.db")
        else:
            self._copy_on_server(f"learners_{size}", f"learners_{name}")
        try:
            yield self.url(kind, name)
        finally:
            self.remove(kind, name)

    def _copy_on_server(self, name: str, copy: str) -> None:
        assert self._cluster is not None
        with psycopg.connect(self._cluster.url(), autocommit=True) as connection:
            # Not by way of the log, which would hold all of it a second time; older versions know no other way.
            by_file = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name}{by_file}".encode())
            connection.execute("CHECKPOINT")

    def remove(self, kind: str, name: object) -> None:
        """Remove a register if it is there."""
        if kind == "SQLite":
            for part in self.directory.glob(f"{name}.db*"):
                part.unlink()
        else:
            self._on_server(f"DROP DATABASE IF EXISTS learners_{name} WITH (FORCE)")

    def _has_database(self, name: str) -> bool:
        assert self._cluster is not None
        with psycopg.connect(self._cluster.url()) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _on_server(self, statement: str) -> None:
        assert self._cluster is not None
        with psycopg.connect(self._cluster.url(), autocommit=True) as connection:
            connection.execute(statement.encode())


def load(url: str, size: int) -> None:
    """Load a register of a size into an empty one, as `lrs-soap generate` does."""
    with (
        closing(open_store(url)) as store,
        tqdm(total=size, desc=f"generating {size:,}", disable=None, leave=False) as bar,
    ):
        store_population(store, population(size), progress=bar.update, built=ignore)


def _count(url: str) -> int:
    with closing(open_store(url)) as store:
        if store.schema_state() != "current":
            return 0
        with store.reading() as work:
            return work.learners.count()


def ignore(_name: str) -> None:
    """Take no notice of an index."""


def note(options: Options, part: str, numbers: list[dict[str, Any]]) -> None:
    """Keep the numbers of a part as JSON, where that was asked for."""
    if options.keep is not None:
        (options.keep / f"{part}.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
