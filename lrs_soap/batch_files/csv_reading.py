"""Reading batch files in CSV, row by row, and telling what a spreadsheet program has done to one.

Rule: "batch files".
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO, Final

from lrs_soap.batch_files.layout import COLUMNS, FILE_COLUMNS, LEARNER_COLUMNS, filled
from lrs_soap.batch_files.problems import Problems, UnreadableError, did_you_mean, quoted
from lrs_soap.batch_files.rows import Cell, Reading, Row
from lrs_soap.batch_files.signs import BY_A_SPREADSHEET

LONGEST_LINE: Final = 1 << 20
BYTE_ORDER_MARK: Final = "\ufeff"
# What a decoder makes of bytes that are not UTF-8, so that they are found with line and column.
NOT_UTF_8: Final = range(0xDC80, 0xDD00)
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs"}


def read_csv(raw: IO[bytes], reading: Reading) -> Iterator[Row]:
    """Give the rows of a file. Raises UnreadableError."""
    text = io.TextIOWrapper(raw, encoding="utf-8", errors="surrogateescape", newline="")
    reader = csv.reader(_lines(text, reading.problems), strict=True)
    line = 1
    try:
        _check_heading(next(reader, []), reading.problems)
        line = reader.line_num + 1
        for cells in reader:
            if cells and not _is_empty_row(line, cells, reading.problems):
                yield _row(line, cells, reading)
            line = reader.line_num + 1
    except csv.Error as error:
        advice = "check the quotes of this row, and double those within a value"
        reading.problems.refuse(line, "", "broken-row", f"this is not CSV: {error}; {advice}")
        raise UnreadableError from None
    finally:
        text.detach()


def is_not_utf_8(value: str) -> bool:
    """Tell whether a value holds what could not be decoded."""
    return any(ord(character) in NOT_UTF_8 for character in value)


def _lines(text: IO[str], problems: Problems) -> Iterator[str]:
    """Give the lines of a text; one of boundless length is not read to its end."""
    number = 1
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            problems.refuse(number, "", "broken-row", "this line does not end; a batch file has one row a line")
            raise UnreadableError
        if number == 1 and line.startswith(BYTE_ORDER_MARK):
            problems.refuse(1, "", "byte-order-mark", f"the file begins with a byte order mark. {BY_A_SPREADSHEET}")
            line = line.removeprefix(BYTE_ORDER_MARK)
        yield line
        number += 1


def _check_heading(heading: list[str], problems: Problems) -> None:
    """Note what is wrong with the heading. Raises UnreadableError when the columns are not certain."""
    names = heading[: len(COLUMNS)]
    if tuple(names) == COLUMNS and not any(heading[len(COLUMNS) :]):
        if len(heading) > len(COLUMNS):
            problems.refuse(1, "", "empty-columns", f"{_trailing(heading)}. {BY_A_SPREADSHEET}")
        return
    for column, rule, text in _wrong_with(heading):
        problems.refuse(1, column, rule, text)
    raise UnreadableError


def _wrong_with(heading: list[str]) -> Iterator[tuple[str, str, str]]:
    """Give what is wrong with a heading: column, rule and text."""
    if any(map(is_not_utf_8, heading)):
        yield "", "not-utf-8", "the heading holds bytes that are not UTF-8; save the file as UTF-8"
    elif separator := _other_separator(heading):
        told = f"the columns are separated by {_SEPARATORS[separator]} instead of commas"
        yield "", "separator", f"{told}. {BY_A_SPREADSHEET}"
    elif not _letters(COLUMNS).keys() & _letters(heading).keys():
        yield "", "heading", f"the file does not begin with the heading row, {COLUMNS[0]} to {COLUMNS[-1]}"
    else:
        found = [*_wrong_names(heading), *_missing_names(heading)] or list(_wrong_order(heading))
        yield from ((column, "heading", f"{text}. {BY_A_SPREADSHEET}") for column, text in found)


def _other_separator(heading: list[str]) -> str | None:
    known = set(COLUMNS)
    by_separator = {mark: known.intersection(mark.join(heading).split(mark)) for mark in _SEPARATORS}
    best = max(by_separator, key=lambda mark: len(by_separator[mark]))
    return best if len(by_separator[best]) > len(known.intersection(heading)) else None


def _letters(names: Iterable[str]) -> dict[str, str]:
    """Return names by what they are without letter case and blanks around."""
    return {name.strip().casefold(): name for name in names}


def _wrong_names(heading: list[str]) -> Iterator[tuple[str, str]]:
    by_letters = _letters(COLUMNS)
    for place, name in enumerate(heading):
        if name in COLUMNS:
            if name in heading[:place]:
                yield name, "stands in the heading twice; leave one out"
        elif same := by_letters.get(name.strip().casefold()):
            yield name, f"should be written {same}; letter case and blanks count"
        else:
            yield name, f"column {place + 1} is none of a batch file{did_you_mean(name, COLUMNS)}"


def _missing_names(heading: list[str]) -> Iterator[tuple[str, str]]:
    present = _letters(heading)
    for column in COLUMNS:
        if column.casefold() not in present:
            yield column, "this column is missing from the heading"


def _wrong_order(heading: list[str]) -> Iterator[tuple[str, str]]:
    for place, (name, wanted) in enumerate(zip(heading, COLUMNS, strict=True), 1):
        if name != wanted:
            yield name, f"column {place} should be {wanted}; the order of the columns counts"
            return


def _is_empty_row(line: int, cells: list[str], problems: Problems) -> bool:
    if any(cells):
        return False
    problems.refuse(line, "", "empty-row", f"the row holds nothing but commas. {BY_A_SPREADSHEET}")
    return True


def _row(line: int, cells: list[str], reading: Reading) -> Row:
    reading.rows += 1
    if _has_other_width(line, cells, reading.problems):
        return Row(line, {}, whole=False)
    of_file = filled(FILE_COLUMNS, cells[: len(FILE_COLUMNS)])
    if reading.rows == 1:
        reading.about = {column: Cell(line, of_file.get(column, "")) for column in FILE_COLUMNS}
    elif of_file:
        column, value = next(iter(of_file.items()))
        text = f"{quoted(value)} should stand in the first row alone; leave it empty here"
        reading.problems.refuse(line, column, "first-row-alone", text)
    return Row(line, filled(LEARNER_COLUMNS, cells[len(FILE_COLUMNS) : len(COLUMNS)]))


def _has_other_width(line: int, cells: list[str], problems: Problems) -> bool:
    """Note a row with more or fewer cells than the heading; tell whether it can still not be told which is which."""
    if len(cells) > len(COLUMNS) and not any(cells[len(COLUMNS) :]):
        problems.refuse(line, "", "empty-columns", f"{_trailing(cells)}. {BY_A_SPREADSHEET}")
        return False
    if len(cells) != len(COLUMNS):
        text = f"the row has {len(cells)} values, the heading {len(COLUMNS)}; check its commas and quotes"
        problems.refuse(line, "", "number-of-values", text)
        return True
    return False


def _trailing(cells: list[str]) -> str:
    return f"{len(cells) - len(COLUMNS)} empty columns follow the last one, {COLUMNS[-1]}"
