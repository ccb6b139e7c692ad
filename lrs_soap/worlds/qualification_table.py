"""Qualifications and units from a table in CSV."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lrs_soap.batch_files.layout import COLUMNS as COLUMNS_OF_LEARNERS
from lrs_soap.domain.achievement import Qualification
from lrs_soap.domain.qualifications import GradesError, grades_of, reference_key
from lrs_soap.store import UnitOfWork
from lrs_soap.worlds import records
from lrs_soap.worlds.csv_rows import CsvFile, Row, not_utf_8
from lrs_soap.worlds.loading import Loaded
from lrs_soap.worlds.problems import Problems, quoted
from lrs_soap.worlds.schema import field_rules

COLUMNS = ("QualificationReference", "Title", "QualificationType", "Level", "Credits", "GradeSet", "Sensitive")
MANDATORY = ("QualificationReference", "Title", "QualificationType")


def is_like(heading: Sequence[str]) -> bool:
    """Tell whether a heading is more like that of qualifications than like that of learners, mistakes included."""
    given = {name.strip().casefold() for name in heading}

    def shared(columns: Iterable[str]) -> int:
        return len(given & {name.casefold() for name in columns})

    return shared(COLUMNS) > shared(COLUMNS_OF_LEARNERS)


def load(path: Path, work: UnitOfWork, show_progress: bool = False) -> Loaded:
    """Load a table of qualifications into a unit of work; each replaces the one that has its reference number.

    Raises OSError, and WorldError, upon which the unit of work must not be committed.
    """
    problems = Problems(str(path))
    rows = CsvFile(path, COLUMNS, problems).rows("reading", show_progress)
    stored = work.qualifications.put_many(_qualifications(rows, problems))
    problems.raise_any()
    return Loaded(qualifications=stored)


def _qualifications(rows: Iterable[Row], problems: Problems) -> Iterator[Qualification]:
    """Note what is wrong with each row, and give what the rows say as long as nothing is."""
    lines: dict[str, int] = {}
    for row in rows:
        grades = _grades(row, problems)
        _check_values(row, problems)
        _check_repeated(row, lines, problems)
        if not problems.found:
            yield records.qualification(row.values, grades)


def _grades(row: Row, problems: Problems) -> tuple[str, ...]:
    text = row.values.get("GradeSet", "")
    try:
        return grades_of(text)
    except GradesError as error:
        problems.add(row.line, "GradeSet", f"{quoted(text)} {error}")
        return ()


def _check_values(row: Row, problems: Problems) -> None:
    rules = field_rules("qualification")
    for name in MANDATORY:
        if name not in row.values:
            problems.add(row.line, name, f"missing; give {rules[name].description}")
    for name, value in row.values.items():
        if text := not_utf_8(value) or rules[name].breach(value):
            problems.add(row.line, name, text)


def _check_repeated(row: Row, lines: dict[str, int], problems: Problems) -> None:
    reference = row.values.get("QualificationReference", "")
    other = lines.setdefault(reference_key(reference), row.line) if reference else row.line
    if other != row.line:
        text = f"{reference} is also on line {other}, letter case, slashes and hyphens aside; leave one of the two out"
        problems.add(row.line, "QualificationReference", text)
