"""Rows of a CSV file, read in a stream, each with the line it starts on.

The file is read row by row, so its size is limited by the disk alone.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tqdm import tqdm

from lrs_soap.batch_files.csv_reading import is_not_utf_8
from lrs_soap.worlds.problems import Problem, Problems, WorldError


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, and its filled values by column."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file whose heading must be these columns. problems: of its rows, as far as they have been noted."""

    path: Path
    columns: Sequence[str]
    problems: Problems

    def rows(self, doing: str, show_progress: bool) -> Iterator[Row]:
        """Give the rows, with a progress bar when wanted. Raises WorldError and OSError."""
        with _opened(self.path) as (raw, file):
            size = self.path.stat().st_size
            with tqdm(total=size, desc=doing, unit="B", unit_scale=True, disable=not show_progress, leave=False) as bar:
                for row in self._rows(file):
                    bar.update(raw.tell() - bar.n)
                    yield row

    def _rows(self, file: IO[str]) -> Iterator[Row]:
        reader = csv.reader(file, strict=True)
        line = 1
        try:
            self._check_heading(next(reader, []))
            line = reader.line_num + 1
            for values in reader:
                if values:
                    yield self._row(line, values)
                line = reader.line_num + 1
        except csv.Error as error:
            text = f"this is not CSV: {error}; check the quotes of this row, and double those within a value"
            raise self._error(line, "", text) from None

    def _check_heading(self, heading: list[str]) -> None:
        if heading == list(self.columns):
            return
        pairs = zip(heading, self.columns, strict=False)
        wrong = next((place for place, (given, wanted) in enumerate(pairs) if given != wanted), None)
        if wrong is None:
            wanted = f"it must have these {len(self.columns)}: {', '.join(self.columns)}"
            raise self._error(1, "", f"the heading has {len(heading)} columns; {wanted}")
        text = f"column {wrong + 1} of the heading should be {self.columns[wrong]}; names, order and letter case count"
        raise self._error(1, heading[wrong], text)

    def _row(self, line: int, values: list[str]) -> Row:
        if len(values) != len(self.columns):
            text = f"the row has {len(values)} values, the heading {len(self.columns)}; check commas and quotes"
            raise self._error(line, "", text)
        return Row(line, {name: value for name, value in zip(self.columns, values, strict=True) if value})

    def _error(self, line: int, field: str, text: str) -> WorldError:
        return WorldError([*self.problems.found, Problem(str(self.path), line, field, text)], self.problems.more)


def heading_of(path: Path) -> list[str]:
    """Return the first row of a file, or nothing when it has none that can be read. Raises OSError."""
    with _opened(path) as (_, file):
        try:
            return next(csv.reader(file, strict=True), [])
        except csv.Error:
            return []


def not_utf_8(value: str) -> str | None:
    """Return what to say of a value that holds bytes that are not UTF-8, or None."""
    if is_not_utf_8(value):
        return "holds bytes that are not UTF-8; save the file as UTF-8"
    return None


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], IO[str]]]:
    # Bytes that are not UTF-8 become characters that the checks find, with line and column.
    with (
        path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as file,
    ):
        yield raw, file
