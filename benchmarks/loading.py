"""Loading many learners: our way beside what each database does by itself, both with rows that are ready.

By itself: SQLite takes ready-made rows by the driver's executemany in one transaction that nothing could undo,
PostgreSQL a file by COPY; then each builds the same indexes. Ours: the same rows as one load of the store, all or none,
with the statistics. Generated: by `lrs-soap generate`, which loads so too, and invents the learners meanwhile.
"""

import marshal
import platform
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median_high
from struct import Struct
from typing import Any, Final

import psycopg
from sqlalchemy import Index, make_url
from sqlalchemy.schema import CreateIndex
from tqdm import tqdm

from benchmarks.large import LargeRegisters, ignore, load, note, population
from benchmarks.measured import markdown
from benchmarks.options import Options
from benchmarks.registers import Registers
from lrs_soap.generating.producing import processes_for, produced
from lrs_soap.generating.storing import RowMaker
from lrs_soap.store import open_store
from lrs_soap.store.bulk import Rows
from lrs_soap.store.schema import learner

BACKENDS: Final = {"SQLite": "sqlite", "PostgreSQL": "postgresql"}
# A register larger than this is loaded once, whatever number of rounds is asked for.
LARGE: Final = 2_000_000
COMPARED: Final = ("ours", "generated")
SECONDS: Final = ("rows", "indexes", "own", *COMPARED)
# The length of a block of rows, and how many they are.
HEAD: Final = Struct("<QQ")
NAMES: Final = ", ".join(column.name for column in learner.c)
MANDATORY: Final = ", ".join(column.name for column in learner.c if not column.nullable)
COPY: Final = f"FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({MANDATORY}))"
INDEXES: Final = sorted(learner.indexes, key=lambda index: str(index.name))


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    numbers: list[dict[str, Any]] = []
    with LargeRegisters(options, registers) as large:
        for size in options.sizes:
            for kind in large.kinds:
                numbers.append(_compare(options, large, kind, size))
                note(options, "loading", numbers)
    yield f"Loading learners, Python {platform.python_version()}; seconds, medians of the rounds\n\n{_table(numbers)}\n"


def _compare(options: Options, large: LargeRegisters, kind: str, size: int) -> dict[str, Any]:
    """Load a register by itself and by our way in turn; the last of ours stays."""
    rounds = 1 if size > LARGE else min(options.rounds, 3)
    ready = large.directory / f"ready-{size}.{BACKENDS[kind]}"
    seconds: dict[str, list[float]] = {name: [] for name in SECONDS}
    try:
        _make_ready(ready, BACKENDS[kind], size)
        for _ in tqdm(range(rounds), desc=f"loading {size:,} into {kind}", disable=None, leave=False):
            rows, indexes = _ALONE[kind](large.emptied(kind, "alone"), ready)
            for name, value in (("rows", rows), ("indexes", indexes), ("own", rows + indexes)):
                seconds[name].append(value)
            large.remove(kind, "alone")
            seconds["ours"].append(_timed(_load_ready, large.emptied(kind, size), ready))
            seconds["generated"].append(_timed(load, large.emptied(kind, size), size))
    finally:
        ready.unlink(missing_ok=True)
    medians = {name: median_high(values) for name, values in seconds.items()}
    return {"database": kind, "learners": size, "rounds": rounds, **medians, **_ratios(seconds)}


def _ratios(seconds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the median ratios to what the database does by itself in the same round."""
    return {
        f"ratio_{name}": median_high(one / own for one, own in zip(seconds[name], seconds["own"], strict=True))
        for name in COMPARED
    }


def _timed(action: Callable[..., object], *arguments: object) -> float:
    started = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - started


def _load_ready(url: str, ready: Path) -> None:
    with closing(open_store(url)) as store, store.loading() as load:
        for rows in _blocks(ready):
            load.add(rows)
        load.finish(ignore)


def _make_ready(path: Path, backend: str, size: int) -> None:
    everyone = population(size)
    with (
        path.open("wb") as file,
        produced(RowMaker(everyone, backend), processes_for(everyone)) as blocks,
        tqdm(total=size, desc=f"making {size:,} rows ready", disable=None, leave=False) as bar,
    ):
        for rows in blocks(0, everyone.blocks):
            file.write(HEAD.pack(len(rows.data), rows.count))
            file.write(rows.data)
            bar.update(rows.count)


def _sqlite_alone(url: str, ready: Path) -> tuple[float, float]:
    """Return how many seconds the rows take, and the indexes."""
    marks = ", ".join("?" * len(learner.c))
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144", "threads = 4"):
        connection.execute(f"PRAGMA {setting}")
    _drop_indexes(connection.execute)
    started = time.perf_counter()
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO learner ({NAMES}) VALUES ({marks})", _sqlite_rows(ready))
    connection.execute("COMMIT")
    between = time.perf_counter()
    for index in INDEXES:
        connection.execute(_created(index, "sqlite"))
    connection.close()
    return between - started, time.perf_counter() - between


def _blocks(ready: Path) -> Iterator[Rows]:
    with ready.open("rb") as file:
        while head := file.read(HEAD.size):
            length, count = HEAD.unpack(head)
            yield Rows(file.read(length), count)


def _sqlite_rows(ready: Path) -> Iterator[tuple[Any, ...]]:
    for rows in _blocks(ready):
        yield from marshal.loads(rows.data)


def _postgresql_alone(url: str, ready: Path) -> tuple[float, float]:
    """Return how many seconds the rows take, and the indexes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '256MB'")
        _drop_indexes(lambda statement: connection.execute(statement.encode()))
        started = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy(f"COPY learner ({NAMES}) {COPY}".encode()) as copy:
            for rows in _blocks(ready):
                copy.write(rows.data)
        between = time.perf_counter()
        for index in INDEXES:
            connection.execute(_created(index, "postgresql+psycopg").encode())
        return between - started, time.perf_counter() - between


_ALONE: Final[Mapping[str, Callable[[str, Path], tuple[float, float]]]] = {
    "SQLite": _sqlite_alone,
    "PostgreSQL": _postgresql_alone,
}


def _created(index: Index, driver: str) -> str:
    return str(CreateIndex(index).compile(dialect=make_url(f"{driver}://").get_dialect()()))


def _drop_indexes(execute: Callable[[str], Any]) -> None:
    for index in INDEXES:
        execute(f"DROP INDEX {index.name}")


def _table(numbers: Sequence[Mapping[str, Any]]) -> str:
    heading = ["", "learners", "own: rows", "own: indexes", "own: together", "ours", "generated"]
    rows = [
        [
            one["database"],
            f"{one['learners']:,}",
            *(f"{one[name]:.1f}" for name in SECONDS),
            *(f"{one[f'ratio_{name}']:.2f}" for name in COMPARED),
        ]
        for one in numbers
    ]
    return markdown([*heading, "ours to own", "generated to own"], rows)
