"""Batch files for tests: rows of learners, and the files that hold them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from lxml import etree

from lrs_soap.batch_files import Check, FileRefusedError
from lrs_soap.batch_files.layout import COLUMNS, LEARNER, LEARNER_COLUMNS, ROOT
from lrs_soap.domain.jobs import Values

TODAY = date(2026, 3, 2)
CSV_NAME = "LRB_TEST0101_020320261015.CSV"
XML_NAME = "LRB_TEST0101_020320261015.XML"
ABOUT = {"FileVersion": "2A", "UKPRN": "TEST0101"}


def learner(number: int = 0, **values: str) -> dict[str, str]:
    """Return the values of a learner by column; a number tells learners apart by family name."""
    name = "Okafor" + "".join(chr(ord("a") + int(digit)) for digit in str(number))
    five = {"GivenName": "Maeve", "FamilyName": name, "DateOfBirth": "2004-02-29", "Gender": "2"}
    return five | {"LastKnownPostCode": "LS2 9AB", "VerificationType": "1", "AbilityToShare": "1"} | values


def about(rows: Sequence[Mapping[str, str]], given: Mapping[str, str] | None) -> dict[str, str]:
    return {**ABOUT, "LearnerRecordCount": str(len(rows)), **(given or {})}


def csv_file(
    *rows: Mapping[str, str], of_file: Mapping[str, str] | None = None, heading: Iterable[str] = COLUMNS
) -> str:
    """Return a CSV file with these rows, the first of which tells of the file too."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heading)
    first = about(rows, of_file)
    for row in rows:
        writer.writerow([{**first, **row}.get(column, "") for column in COLUMNS])
        first = {}
    return text.getvalue()


def xml_file(*rows: Mapping[str, str], of_file: Mapping[str, str] | None = None) -> str:
    """Return an XML file with these learners, one element a line."""
    root = etree.Element(ROOT)
    for name, value in about(rows, of_file).items():
        etree.SubElement(root, name).text = value
    for row in rows:
        element = etree.SubElement(root, LEARNER)
        for column in LEARNER_COLUMNS:
            if column in row:
                etree.SubElement(element, column).text = row[column]
    return etree.tostring(root, pretty_print=True, encoding="unicode")


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def check_of(path: Path, ukprn: str | None = None) -> tuple[Check, list[Values], bool]:
    """Check a file: return the check, the records it gave, and whether the file was refused."""
    check = Check(path, TODAY, ukprn)
    given: list[Values] = []
    try:
        given.extend(check.records())
    except FileRefusedError:
        return check, given, True
    return check, given, False
