"""Checking batch files while they are read.

A problem of the file refuses it as a whole; one of a record is answered with a return code, as its job would be.

Rules: "batch files", "mandatory values of a batch record", "the same learner twice".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from lrs_soap.batch_files.csv_reading import is_not_utf_8
from lrs_soap.batch_files.layout import COLUMN_OF, ELEMENTS, FILE_VERSION, MOST_LEARNERS
from lrs_soap.batch_files.naming import WrongNameError, form_of, parse_name
from lrs_soap.batch_files.problems import FileRefusedError, Problem, Problems, UnreadableError, quoted
from lrs_soap.batch_files.reading import read
from lrs_soap.batch_files.rows import Cell, Reading, Row
from lrs_soap.batch_files.signs import signs
from lrs_soap.domain import formats
from lrs_soap.domain.batch import code_of, identity, missing_values
from lrs_soap.domain.codes import ReturnCode
from lrs_soap.domain.field_rules import FOUND_BY, Breach, says_nothing
from lrs_soap.domain.jobs import Source, Values
from lrs_soap.domain.learner import DetailsKey

_WITH_A_ULN: Final = "a learner with a ULN needs both names"
_WITHOUT: Final = "a learner without a ULN needs both names, date of birth, gender and postcode"
_NOT_UTF_8: Final = "holds bytes that are not UTF-8; save the file as UTF-8, without a byte order mark"


class _Stated:
    """The ULNs and details that records have stated, each with the place and line of the first."""

    def __init__(self) -> None:
        self._ulns: dict[str, tuple[int, int]] = {}
        self._details: dict[DetailsKey, tuple[int, int]] = {}

    def earlier(self, place: int, line: int, values: Values) -> tuple[str, int] | None:
        """Note what a record states; return the column and line by which one before it states the same learner."""
        number, details = identity(values)
        here = (place, line)
        by_uln = self._ulns.setdefault(number, here) if number else here
        by_details = self._details.setdefault(details, here) if details else here
        if by_uln != here:
            return "ULN", by_uln[1]
        return None if by_details == here else ("FamilyName", by_details[1])


@dataclass(slots=True)
class Check:
    """One batch file, checked while its records are read.

    today: the day on which ages are reckoned. ukprn: who hands the file in, None when that is not known. rejected: how
    many of the learners read so far have a problem.
    """

    path: Path
    today: date
    ukprn: str | None = None
    show_progress: bool = False
    problems: Problems = field(default_factory=Problems)
    rejected: int = 0
    _reading: Reading = field(init=False)
    _stated: _Stated = field(init=False, default_factory=_Stated)

    def __post_init__(self) -> None:
        self._reading = Reading(self.problems)

    @property
    def learners(self) -> int:
        """How many learners have been read."""
        return self._reading.rows

    def records(self) -> Iterator[Values]:
        """Give the records of the file one by one, as long as there is nothing to refuse the file for.

        Raises FileRefusedError, at the latest when all have been given, and OSError.
        """
        sender = self._check_name()
        try:
            for row in self._rows():
                values = self._check_row(row)
                if not self.problems.of_file:
                    yield values
            self._check_count()
        except UnreadableError:
            pass
        self._check_about(sender)
        if self.problems.of_file:
            raise FileRefusedError

    def _rows(self) -> Iterator[Row]:
        form = form_of(self.path)
        if form is None:
            raise UnreadableError
        for row in read(self.path, form, self._reading, show_progress=self.show_progress):
            if self.learners > MOST_LEARNERS:
                text = f"the file holds more than {MOST_LEARNERS:,} learners; part it in several files"
                self.problems.refuse(row.line, "", "too-many-learners", text)
                raise UnreadableError
            yield row

    def _check_name(self) -> str | None:
        """Return the UKPRN that the file is to state."""
        try:
            named = parse_name(self.path.name).ukprn
        except WrongNameError as error:
            self.problems.refuse(0, "", "name", str(error))
            return self.ukprn
        if self.ukprn is not None and named.upper() != self.ukprn.upper():
            text = f"the name says that UKPRN {named} sends the file, but it is handed in for {self.ukprn}"
            self.problems.refuse(0, "", "name", text)
        return named

    def _check_about(self, sender: str | None) -> None:
        """Check what the file says of itself, as far as that could be made out."""
        about = self._reading.about
        if about is None:
            return
        version, name, ukprn = (about.get(column, Cell(0, "")) for column in ("FileVersion", "FileName", "UKPRN"))
        if version.value != FILE_VERSION:
            self._refuse_cell(version, "FileVersion", "version", f"should be {FILE_VERSION}")
        if name.value and name.value != self.path.name:
            self._refuse_cell(name, "FileName", "name", f"should be the file's own name, {self.path.name}")
        spoilt = list(signs({"UKPRN": ukprn.value}))
        for sign in spoilt:
            self.problems.refuse(ukprn.line, *sign)
        if not spoilt and (not ukprn.value or ukprn.value.upper() != (sender or ukprn.value).upper()):
            self._refuse_cell(
                ukprn, "UKPRN", "sender", f"should be {sender or 'that of the organisation that sends it'}"
            )

    def _check_count(self) -> None:
        """Check the number of learners of a file read to its end."""
        if not self.learners:
            self.problems.refuse(0, "", "no-learners", "there is no learner in the file")
        elif self._reading.about is not None:
            said = self._reading.about.get("LearnerRecordCount", Cell(0, ""))
            if said.value != str(self.learners):
                self._refuse_cell(said, "LearnerRecordCount", "count", f"should be {self.learners}, the number of rows")

    def _refuse_cell(self, cell: Cell, column: str, rule: str, text: str) -> None:
        self.problems.refuse(cell.line, column, rule, f"{quoted(cell.value) if cell.value else 'missing:'} {text}")

    def _check_row(self, row: Row) -> Values:
        """Return what a row states, after noting what is wrong with it."""
        values = {ELEMENTS[column]: value for column, value in row.values.items()}
        if row.whole:
            spoilt = self._spoilt(row)
            found = [wrong for wrong in self._wrong(row.line, values) if wrong.column not in spoilt]
            for wrong in found:
                self.problems.add(wrong)
            self.rejected += any(wrong.code for wrong in found)
        return values

    def _spoilt(self, row: Row) -> set[str]:
        """Return the columns of a row that a program has spoilt, after noting them."""
        spoilt = {column: ("not-utf-8", _NOT_UTF_8) for column, value in row.values.items() if is_not_utf_8(value)}
        spoilt |= {sign.column: (sign.rule, sign.text) for sign in signs(row.values)}
        for column, (rule, text) in spoilt.items():
            self.problems.refuse(row.line, column, rule, text)
        return set(spoilt)

    def _wrong(self, line: int, values: Values) -> Iterator[Problem]:
        """Give what is wrong with a record; the code of the first is what its job would answer."""
        yield from _missing(line, values)
        for breach in formats.breaches(values, self.today):
            # Nothing could answer such a record, so no job may hold it.
            code = None if breach.rule == "not-for-xml" else code_of(breach, values, Source.FILE)
            yield _problem(line, breach, code)
        for name in FOUND_BY:
            if silent := says_nothing(name, values.get(name)):
                yield _problem(line, silent, ReturnCode.INSUFFICIENT_DATA)
        if earlier := self._stated.earlier(self.learners, line, values):
            column, other = earlier
            text = f"the same learner stands on line {other}; leave one of the two out"
            yield Problem(line, column, "repeated-learner", text, ReturnCode.REPEATED)


def _missing(line: int, values: Values) -> Iterator[Problem]:
    advice = _WITH_A_ULN if values.get("ULN") else _WITHOUT
    for name in missing_values(values):
        yield Problem(line, COLUMN_OF[name], "mandatory-empty", f"missing: {advice}", ReturnCode.VALUE_MISSING)


def _problem(line: int, breach: Breach, code: ReturnCode | None) -> Problem:
    text = breach.text.removeprefix(f"{breach.rule}: {breach.field}: ")
    return Problem(line, COLUMN_OF[breach.field], breach.rule, text, code)
