"""Many learners from a table: the CSV layout of batch registration files.

Rows are stored in chunks: those with a ULN first, and those without in a second reading, so that no ULN drawn can take
one that stands further down.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lrs_soap.batch_files.layout import COLUMNS, ELEMENTS, FILE_COLUMNS, FILE_VERSION
from lrs_soap.domain.issuing import draw_free
from lrs_soap.domain.learner import DetailsKey, Learner
from lrs_soap.store import UnitOfWork
from lrs_soap.worlds import records
from lrs_soap.worlds.csv_rows import CsvFile, Row, not_utf_8
from lrs_soap.worlds.loading import Loaded, Means
from lrs_soap.worlds.problems import Problems, quoted
from lrs_soap.worlds.schema import field_rules

MANDATORY = ("GivenName", "FamilyName", "LastKnownPostCode", "DateOfBirth", "Gender")
CHUNK = 1000
_NOT_THE_LEARNERS = frozenset({*FILE_COLUMNS, "MISIdentifier"})
_TWIN = "live learner {uln}, in the register or further up, is alike in all five details; leave this row out"


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
    """Load a table of learners into a unit of work. Raises OSError or WorldError, and then it must not be committed."""
    table = _Table(path, work, means, Problems(str(path)))
    _store_rows(table, (row for row in _checked(table, _read(table, "reading")) if "ULN" in row.values))
    table.problems.raise_any()
    if table.without_uln:
        _store_rows(table, (row for row in _read(table, "giving ULNs") if "ULN" not in row.values))
    table.problems.raise_any()
    return Loaded(learners=table.stored)


def _read(table: _Table, doing: str) -> Iterator[Row]:
    return CsvFile(table.path, COLUMNS, table.problems).rows(doing, table.means.show_progress)


def _checked(table: _Table, rows: Iterable[Row]) -> Iterator[Row]:
    """Note what is wrong with the values of each row, and pass on the rows that are right."""
    count, said = 0, ""
    for row in rows:
        count += 1
        if count == 1:
            said = row.values.get("LearnerRecordCount", "")
            _check_file_values(table, row)
        table.without_uln += "ULN" not in row.values
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
        if text := not_utf_8(value) or _breach(name, value):
            wrong[name] = text
    for name, text in wrong.items():
        table.problems.add(row.line, name, text)
    return not wrong


def _breach(name: str, value: str) -> str | None:
    return None if name in _NOT_THE_LEARNERS else field_rules("learner")[ELEMENTS.get(name, name)].breach(value)


def _store_rows(table: _Table, rows: Iterator[Row]) -> None:
    while chunk := list(islice(rows, CHUNK)):
        missing = sum("ULN" not in row.values for row in chunk)
        free = iter(draw_free(missing, table.work.learners.many, table.means.randbelow))
        learners = {row.line: _learner(table, row, row.values.get("ULN") or next(free)) for row in chunk}
        _check_chunk(table, learners)
        if not table.problems.found:
            table.work.learners.add_many(learners.values())
            table.stored += len(learners)


def _learner(table: _Table, row: Row, number: str) -> Learner:
    values = {ELEMENTS.get(name, name): value for name, value in row.values.items()}
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
