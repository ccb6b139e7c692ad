"""A population as a file: a table of learners, a batch file, or JSON lines that hold everything of a record."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final

from lrs_soap.batch_files.layout import COLUMN_OF, COLUMNS, FILE_COLUMNS, FILE_VERSION, MOST_LEARNERS, ROOT
from lrs_soap.batch_files.naming import WrongNameError, parse_name
from lrs_soap.batch_files.writing import xml_element, xml_learner
from lrs_soap.domain import elements
from lrs_soap.generating.person import Values
from lrs_soap.generating.population import BLOCK, Population
from lrs_soap.generating.producing import processes_for, produced

Progress = Callable[[int], Any]

# The fields of a world, besides those that messages have too.
_MORE: Final = {
    "ULN": "uln",
    "VersionNumber": "version",
    "LearnerStatus": "status",
    "MasterULN": "master_uln",
    "TelephoneNumber": "telephone_number",
    "TierLevel": "tier_level",
    "RegisteredByUKPRN": "registered_by",
}
_ALL: Final = {**_MORE, **elements.TEXTS, **elements.DATES}
_MOMENTS: Final = {"CreatedDate": "created_at", "LastUpdatedDate": "updated_at"}
_COLUMN_FIELDS: Final = {
    COLUMN_OF[element]: name
    for element, name in {"ULN": "uln", **elements.TEXTS, **elements.DATES}.items()
    if element in COLUMN_OF
}


class FileForm(StrEnum):
    """What a file is written in, as its name ends."""

    CSV = ".csv"
    XML = ".xml"
    JSON_LINES = ".jsonl"

    @property
    def takes_live_alone(self) -> bool:
        """Whether it has no place for the status of a record."""
        return self is not FileForm.JSON_LINES


class FileError(ValueError):
    """Learners cannot be written into a file of this name; the text says why, and what to do."""


def form_of(path: Path, learners: int) -> FileForm:
    """Return what a file for so many learners is written in, by its name. Raises FileError."""
    try:
        form = FileForm(path.suffix.lower())
    except ValueError:
        raise FileError(f"a file of learners ends in {', '.join(FileForm)}, and {path.name} does not") from None
    if form is FileForm.XML:
        if learners > MOST_LEARNERS:
            raise FileError(f"a batch file holds at most {MOST_LEARNERS:,} learners; for more, write .csv or .jsonl")
        try:
            parse_name(path.name)
        except WrongNameError as error:
            raise FileError(f"{path.name}: {error}") from None
    return form


@dataclass(frozen=True, slots=True)
class PieceMaker:
    """Makes the piece of a file that holds a block of a population. about: what its first row tells of the file."""

    population: Population
    form: FileForm
    about: Mapping[str, str]
    with_ulns: bool

    def __call__(self, number: int) -> tuple[bytes, int]:
        """Return the piece, and how many learners it holds."""
        block = self.population.fields(number)[: self.population.count - number * BLOCK]
        if self.form is FileForm.JSON_LINES:
            return _json_lines(map(_world_fields, block)), len(block)
        values = (_columns(one, self.with_ulns) for one in block)
        if self.form is FileForm.CSV:
            return _csv_rows(values, {} if number else self.about), len(block)
        return b"".join(map(xml_learner, values)), len(block)


def write_population(
    file: IO[bytes], name: str, population: Population, form: FileForm, *, with_ulns: bool, progress: Progress
) -> None:
    """Write the learners of a population into a file that will have this name; progress is told how many were written.

    The first row of a table and the head of a batch file tell what batch files do: their name and sender if the file is
    named like one.
    """
    about = _about(name, population.count)
    make = PieceMaker(population, form, about, with_ulns)
    file.writelines(_head(form, about))
    with produced(make, processes_for(population)) as pieces:
        for piece, learners in pieces(0, population.blocks):
            file.write(piece)
            progress(learners)
    if form is FileForm.XML:
        file.write(f"</{ROOT}>\n".encode())


def _about(name: str, learners: int) -> dict[str, str]:
    try:
        file_name, ukprn = name, parse_name(name).ukprn
    except WrongNameError:
        file_name = ukprn = ""
    return dict(zip(FILE_COLUMNS, (FILE_VERSION, file_name, ukprn, str(learners)), strict=True))


def _head(form: FileForm, about: Mapping[str, str]) -> Iterator[bytes]:
    if form is FileForm.CSV:
        yield _csv_text([COLUMNS])
    elif form is FileForm.XML:
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{ROOT}>\n'.encode()
        for name, value in about.items():
            yield xml_element(name, value)


def _columns(values: Values, with_uln: bool) -> dict[str, str]:
    columns = {column: str(values[name]) for column, name in _COLUMN_FIELDS.items() if name in values}
    if not with_uln:
        del columns["ULN"]
    return columns


def _csv_rows(learners: Iterable[dict[str, str]], about: Mapping[str, str]) -> bytes:
    first = about
    rows = []
    for values in learners:
        rows.append([{**first, **values}.get(column, "") for column in COLUMNS])
        first = {}
    return _csv_text(rows)


def _csv_text(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _world_fields(values: Values) -> dict[str, str]:
    texts = {field: str(values[name]) for field, name in _ALL.items() if name in values}
    return texts | {field: values[name].strftime("%Y-%m-%d %H:%M:%S") for field, name in _MOMENTS.items()}


def _json_lines(learners: Iterable[dict[str, str]]) -> bytes:
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in learners).encode()
