"""Records for a batch from a CSV or JSON file: all of them, or everything that is wrong with the file.

CSV has a heading row, its columns in any order; JSON is a list of objects. Names are those of the contract; letter case
and underscores do not count, so that what these clients print as JSON can be read again.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar, get_args, get_type_hints

MOST_PROBLEMS = 50
LONGEST_VALUE = 60
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_UTF_8 = range(0xDC80, 0xDD00)

Record = TypeVar("Record")


class RecordsError(ValueError):
    """A file cannot be used; the text lists what is wrong, one problem a line with file, line and column."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value has to look like, and how to say that."""

    pattern: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Layout(Generic[Record]):
    """What a file holds: records of a `kind`, called `noun` in messages.

    headings: the contract's name of each field. also: other names of some fields. passed_over: headings that may be
    there and are not looked at. counted: the heading under which the first row may say how many rows there are.
    """

    kind: type[Record]
    noun: str
    headings: Mapping[str, str]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    passed_over: frozenset[str] = frozenset()
    counted: str | None = None

    @cached_property
    def mandatory(self) -> tuple[str, ...]:
        """The fields that every record needs."""
        return tuple(each.name for each in fields(self.kind) if each.default is MISSING)  # type: ignore[arg-type]

    @cached_property
    def kinds(self) -> dict[str, tuple[type, ...]]:
        """The types of value that each field holds."""
        return {name: get_args(hint) or (hint,) for name, hint in get_type_hints(self.kind).items()}

    @cached_property
    def names(self) -> dict[str, str | None]:
        """The field of each name, letter case and underscores aside; none for those passed over."""
        known: dict[str, str | None] = dict.fromkeys(map(_plain, self.passed_over))
        known |= {_plain(name): field_name for name, field_name in self.also.items()}
        return known | {_plain(heading): field_name for field_name, heading in self.headings.items()}

    def unknown(self, name: str) -> str | None:
        """Return what to say of a name that is none of the layout's."""
        if _plain(name) in self.names:
            return None
        near = get_close_matches(name, self.headings.values(), 1)
        return f"there is no such field; did you mean {near[0]}?" if near else "there is no such field"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row or object: where it stands, and its values by name as the file writes it."""

    place: str
    values: Mapping[str, object]


class _Problems:
    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, *parts: str) -> None:
        self._found.append(": ".join(filter(None, parts)))

    def stop(self, *parts: str) -> NoReturn:
        self.add(*parts)
        self.raise_any()
        raise AssertionError

    def raise_any(self) -> None:
        if more := self._found[MOST_PROBLEMS:]:
            self._found[MOST_PROBLEMS:] = [f"… and {len(more)} more problems"]
        if self._found:
            raise RecordsError("\n".join(self._found))


def read_records(path: Path, layout: Layout[Record]) -> list[Record]:
    """Return the records of a file, one at least. Raises RecordsError."""
    problems = _Problems()
    try:
        # Bytes that are not UTF-8 become characters that the check of each value finds, with line and column.
        text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
    except OSError as error:
        problems.stop(str(path), f"cannot be read: {error.strerror}")
    entries = _objects if path.suffix.casefold() == ".json" else _rows
    records = [_record(entry, layout, problems) for entry in entries(str(path), text, layout, problems)]
    problems.raise_any()
    if not records:
        problems.stop(str(path), f"there is no {layout.noun} in it")
    return [record for record in records if record is not None]


def _rows(path: str, text: str, layout: Layout[Any], problems: _Problems) -> Iterator[_Entry]:
    rows = _filled_rows(path, text, problems)
    line, heading = next(rows, (1, []))
    _check_heading(f"{path}:{line}", heading, layout, problems)
    count, said, first = 0, "", path
    for line, values in rows:
        count += 1
        entry = _Entry(f"{path}:{line}", dict(zip(heading, values, strict=False)))
        if len(values) != len(heading):
            told = f"the row has {len(values)} values, the heading {len(heading)}; check commas and quotes"
            problems.add(entry.place, told)
        else:
            yield entry
        if count == 1 and layout.counted:
            said, first = str(entry.values.get(layout.counted, "")), entry.place
    if said and said != str(count):
        problems.add(first, layout.counted or "", f"{_quoted(said)}, but there are {count} rows")


def _filled_rows(path: str, text: str, problems: _Problems) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that are not empty, each with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for values in reader:
            if any(values):
                yield line, values
            line = reader.line_num + 1
    except csv.Error as error:
        told = f"this is not CSV: {error}; check the quotes of this row, and double those within a value"
        problems.stop(f"{path}:{line}", told)


def _check_heading(place: str, heading: list[str], layout: Layout[Any], problems: _Problems) -> None:
    plain = list(map(_plain, heading))
    for number, name in enumerate(heading, 1):
        if not name:
            problems.add(place, f"column {number} has no heading")
        elif told := layout.unknown(name):
            problems.add(place, name, told)
        elif plain.index(_plain(name)) != number - 1:
            problems.add(place, name, "the heading stands there twice")
    given = {layout.names.get(name) for name in plain}
    for missing in (name for name in layout.mandatory if name not in given):
        problems.add(place, layout.headings[missing], "the heading is missing")
    problems.raise_any()


def _objects(path: str, text: str, layout: Layout[Any], problems: _Problems) -> Iterator[_Entry]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        problems.stop(f"{path}:{error.lineno}", f"this is not JSON: {error.msg} at column {error.colno}")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        problems.stop(path, f"it should be a list of objects, one for each {layout.noun}")
    for number, values in enumerate(found, 1):
        place = f"{path}: {layout.noun} {number}"
        for name in values:
            if told := layout.unknown(name):
                problems.add(place, name, told)
        yield _Entry(place, values)


def _record(entry: _Entry, layout: Layout[Record], problems: _Problems) -> Record | None:
    """Return a record, or none when something is wrong with it, which is noted."""
    values: dict[str, Any] = {}
    stated = set()
    for name, raw in entry.values.items():
        field_name = layout.names.get(_plain(name))
        if field_name is None or raw is None or raw == "":
            continue
        stated.add(field_name)
        try:
            values[field_name] = _value(raw, layout.kinds[field_name], layout.rules.get(field_name))
        except ValueError as error:
            problems.add(entry.place, name, str(error))
    missing = [name for name in layout.mandatory if name not in stated]
    for name in missing:
        problems.add(entry.place, layout.headings[name], "it is mandatory")
    return None if missing or len(values) < len(stated) else layout.kind(**values)


def _value(raw: object, kinds: tuple[type, ...], rule: Rule | None) -> object:
    """Return a value as its field holds it. Raises ValueError, which says what it should be."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise ValueError(f"{_quoted(raw)} should be a text")
    text = str(raw)
    if found := NOT_XML.search(text):
        if ord(found[0]) in NOT_UTF_8:
            raise ValueError("it holds bytes that are not UTF-8; save the file as UTF-8")
        raise ValueError(f"it holds a character that XML cannot carry: {_quoted(found[0])}")
    if rule and not re.fullmatch(rule.pattern, text):
        raise ValueError(f"{_quoted(text)} should be {rule.told}")
    if datetime in kinds and len(text) > len("2006-03-14"):
        return _moment(text)
    if date in kinds:
        return _day(text)
    return int(text) if int in kinds else text


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError(f"{_quoted(text)} should be a date as YYYY-MM-DD, such as 2006-03-14")
    return day


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        told = "should be a date as YYYY-MM-DD, or a date and time as YYYY-MM-DDTHH:MM:SS"
        raise ValueError(f"{_quoted(text)} {told}") from None


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 2] + "…'"
