"""Many learners from a table: the CSV layout of batch registration files.

The file is read row by row and stored in chunks, so its size is limited by the disk alone. Rows with a ULN are stored
first and rows without in a second reading, so that no ULN drawn can take one that stands further down.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from tqdm import tqdm

from lrs_soap.domain.issuing import draw_free
from lrs_soap.domain.learner import DetailsKey, Learner
from lrs_soap.store import UnitOfWork
from lrs_soap.worlds import records
from lrs_soap.worlds.loading import Loaded, Means
from lrs_soap.worlds.problems import Problem, Problems, WorldError, quoted
from lrs_soap.worlds.schema import field_rules

FILE_VERSION = "2A"
FILE_COLUMNS = ("FileVersion", "FileName", "UKPRN", "LearnerRecordCount")
COLUMNS = (
    *FILE_COLUMNS,
    "ULN",
    "MISIdentifier",
    "Title",
    "GivenName",
    "PreferredGivenName",
    "MiddleOtherName",
    "FamilyName",
    "PreviousFamilyName",
    "FamilyNameAt16",
    "SchoolAtAge16",
    "LastKnownAddressLine1",
    "LastKnownAddressLine2",
    "LastKnownAddressTown",
    "LastKnownAddressCountyorCity",
    "LastKnownPostCode",
    "DateOfAddressCapture",
    "DateOfBirth",
    "PlaceOfBirth",
    "EmailAddress",
    "Gender",
    "Nationality",
    "ScottishCandidateNumber",
    "AbilityToShare",
    "VerificationType",
    "OtherVerificationDescription",
    "Notes",
)
MANDATORY = ("GivenName", "FamilyName", "LastKnownPostCode", "DateOfBirth", "Gender")
CHUNK = 1000
# Columns that the contract's messages name differently.
_ELEMENTS = {
    "FamilyNameAt16": "FamilyNameAtAge16",
    "LastKnownAddressCountyorCity": "LastKnownAddressCountyOrCity",
}
_NOT_THE_LEARNERS = frozenset({*FILE_COLUMNS, "MISIdentifier"})
_NOT_UTF_8 = range(0xDC80, 0xDD00)
_TWIN = "live learner {uln}, in the register or further up, is alike in all five details; leave this row out"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, and its filled values by column."""

    line: int
    values: dict[str, str]

    @property
    def uln(self) -> str | None:
        """The ULN given."""
        return self.values.get("ULN")


@dataclass(slots=True)
class _Table:
    path: Path
    work: UnitOfWork
    means: Means
    problems: Problems
    ukprn: str | None = None
    stored: int = 0
    without_uln: int = 0


def load(path: Path, work: UnitOfWork, means: Means) -> Loaded:
    """Load a table of learners into a unit of work. Raises WorldError, upon which it must not be committed."""
    table = _Table(path, work, means, Problems(str(path)))
    try:
        _store_rows(table, (row for row in _checked(table, _read(table, "reading")) if row.uln))
        table.problems.raise_any()
        if table.without_uln:
            _store_rows(table, (row for row in _read(table, "giving ULNs") if not row.uln))
    except OSError as error:
        raise WorldError([Problem(str(path), 0, "", f"cannot be read: {error.strerror}")]) from None
    table.problems.raise_any()
    return Loaded(learners=table.stored)


def _read(table: _Table, doing: str) -> Iterator[Row]:
    """Give the rows of the file, with a progress bar when wanted."""
    # Bytes that are not UTF-8 become characters that the checks find, with line and column.
    with (
        table.path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as file,
    ):
        size = table.path.stat().st_size
        quiet = not table.means.show_progress
        with tqdm(total=size, desc=doing, unit="B", unit_scale=True, disable=quiet, leave=False) as bar:
            for row in _rows(table, file):
                bar.update(raw.tell() - bar.n)
                yield row


def _rows(table: _Table, file: IO[str]) -> Iterator[Row]:
    reader = csv.reader(file, strict=True)
    line = 1
    try:
        _check_heading(table, next(reader, []))
        line = reader.line_num + 1
        for values in reader:
            if values:
                yield _row(table, line, values)
            line = reader.line_num + 1
    except csv.Error as error:
        text = f"this is not CSV: {error}; check the quotes of this row, and double those within a value"
        raise WorldError([Problem(str(table.path), line, "", text)]) from None


def _check_heading(table: _Table, heading: list[str]) -> None:
    if tuple(heading) == COLUMNS:
        return
    pairs = zip(heading, COLUMNS, strict=False)
    wrong = next((place for place, (given, wanted) in enumerate(pairs) if given != wanted), None)
    if wrong is None:
        text = f"the heading has {len(heading)} columns; it must have these {len(COLUMNS)}: {', '.join(COLUMNS)}"
        raise WorldError([Problem(str(table.path), 1, "", text)])
    text = f"column {wrong + 1} of the heading should be {COLUMNS[wrong]}; names, order and letter case count"
    raise WorldError([Problem(str(table.path), 1, heading[wrong], text)])


def _row(table: _Table, line: int, values: list[str]) -> Row:
    if len(values) != len(COLUMNS):
        text = f"the row has {len(values)} values, the heading {len(COLUMNS)}; check commas and quotes"
        raise WorldError([*table.problems.found, Problem(str(table.path), line, "", text)])
    return Row(line, {name: value for name, value in zip(COLUMNS, values, strict=True) if value})


def _checked(table: _Table, rows: Iterable[Row]) -> Iterator[Row]:
    """Note what is wrong with the values of each row, and pass on the rows that are right."""
    count, said = 0, ""
    for row in rows:
        count += 1
        if count == 1:
            said = row.values.get("LearnerRecordCount", "")
            _check_file_values(table, row)
        table.without_uln += not row.uln
        if _check_values(table, row):
            yield row
    if said and said != str(count):
        text = f"{quoted(said)}, but there are {count} rows; correct the number, or leave it empty"
        table.problems.add(2, "LearnerRecordCount", text)


def _check_file_values(table: _Table, row: Row) -> None:
    version = row.values.get("FileVersion", "")
    if version != FILE_VERSION:
        table.problems.add(row.line, "FileVersion", f"{quoted(version)} should be {FILE_VERSION} in the first row")
    table.ukprn = row.values.get("UKPRN")
    if table.ukprn and (text := field_rules("organisation")["UKPRN"].breach(table.ukprn)):
        table.problems.add(row.line, "UKPRN", text)


def _check_values(table: _Table, row: Row) -> bool:
    rules = field_rules("learner")
    wrong = {name: f"missing; give {rules[name].description}" for name in MANDATORY if name not in row.values}
    for name, value in row.values.items():
        if any(ord(character) in _NOT_UTF_8 for character in value):
            wrong[name] = "holds bytes that are not UTF-8; save the file as UTF-8"
        elif name not in _NOT_THE_LEARNERS and (text := rules[_ELEMENTS.get(name, name)].breach(value)):
            wrong[name] = text
    for name, text in wrong.items():
        table.problems.add(row.line, name, text)
    return not wrong


def _store_rows(table: _Table, rows: Iterator[Row]) -> None:
    while chunk := list(islice(rows, CHUNK)):
        missing = sum(not row.uln for row in chunk)
        free = iter(draw_free(missing, table.work.learners.many, table.means.randbelow))
        learners = {row.line: _learner(table, row, row.uln or next(free)) for row in chunk}
        _check_chunk(table, learners)
        if not table.problems.found:
            table.work.learners.add_many(learners.values())
            table.stored += len(learners)


def _learner(table: _Table, row: Row, number: str) -> Learner:
    values = {_ELEMENTS.get(name, name): value for name, value in row.values.items()}
    if table.ukprn:
        values["RegisteredByUKPRN"] = table.ukprn
    return records.learner(values, number, table.means.now)


def _check_chunk(table: _Table, learners: dict[int, Learner]) -> None:
    """Note the learners of a chunk that repeat one in the register, in a chunk before or in this one."""
    stored = table.work.learners.many([learner.uln for learner in learners.values()])
    ulns: dict[str, int] = {}
    details: dict[DetailsKey, int] = {}
    for line, learner in learners.items():
        if learner.uln in stored:
            text = f"{learner.uln} is in the register or further up already; take another ULN, or leave it empty"
            table.problems.add(line, "ULN", text)
        elif (other := ulns.setdefault(learner.uln, line)) != line:
            table.problems.add(line, "ULN", f"{learner.uln} is also on line {other}; each learner needs its own")
        if (other := details.setdefault(learner.details, line)) != line:
            text = f"names, date of birth, gender and postcode are those of line {other}; leave one of the two out"
            table.problems.add(line, "FamilyName", text)
        elif twins := [twin.uln for twin in table.work.learners.exact(learner.details) if twin.is_live]:
            table.problems.add(line, "FamilyName", _TWIN.format(uln=twins[0]))
