"""What was measured of one operation in one place, and tables of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Measured(NamedTuple):
    """How fast one operation was.

    rate: answers per second. p50, p99: percentiles of the latency, in milliseconds. others: answers that did not say
    what they should.
    """

    operation: str
    database: str
    workers: int
    learners: int
    rate: float
    p50: float
    p99: float
    answers: int
    others: int


def markdown(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; all but the first column are numbers, and stand to the right.

    >>> print(markdown(["", "ms"], [["find", 1.5]]))
    | | ms |
    |---|---:|
    | find | 1.5 |
    """
    lines = [heading, ["---", *["---:"] * (len(heading) - 1)]]
    written = [_row(heading), f"|{'|'.join(lines[1])}|", *map(_row, rows)]
    return "\n".join(written)


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |".replace("|  |", "| |")


def by_operation(measured: Sequence[Measured]) -> Iterator[str]:
    """Give a table for each database and number of workers: operations in rows, sizes of registers in columns."""
    for database in _distinct(measured, lambda one: one.database):
        for workers in _distinct(measured, lambda one: one.workers):
            some = [one for one in measured if (one.database, one.workers) == (database, workers)]
            if some:
                yield f"### {database}, {told(workers, 'worker')}\n\n{_table(some)}\n"


def told(count: int, what: str) -> str:
    """Return so many of something in words.

    >>> told(1, "worker"), told(2, "worker")
    ('1 worker', '2 workers')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


def growth(measured: Sequence[Measured]) -> float:
    """Return how many times as high the p50 is in the largest register as in the smallest, of one operation."""
    ordered = sorted(measured, key=lambda one: one.learners)
    return ordered[-1].p50 / ordered[0].p50


def _table(measured: Sequence[Measured]) -> str:
    sizes = sorted(_distinct(measured, lambda one: one.learners))
    heading = ["", *(f"{size:,}: {what}" for size in sizes for what in ("per second", "p50 ms", "p99 ms"))]
    rows = []
    for operation in _distinct(measured, lambda one: one.operation):
        some = sorted((one for one in measured if one.operation == operation), key=lambda one: one.learners)
        numbers = [text for one in some for text in (f"{one.rate:,.0f}", f"{one.p50:.2f}", f"{one.p99:.2f}")]
        rows.append([operation, *numbers, f"{growth(some):.2f}", f"{sum(one.others for one in some):,}"])
    return markdown([*heading, "p50, largest to smallest", "other answers"], rows)


def _distinct(measured: Sequence[Measured], what: Callable[[Measured], T]) -> list[T]:
    return list(dict.fromkeys(map(what, measured)))


def as_json(measured: Iterable[Measured]) -> list[dict[str, Any]]:
    """Return all numbers as JSON has them."""
    return [one._asdict() for one in measured]
