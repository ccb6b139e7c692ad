"""Output files: the layout of what was handed in, with the ULN filled in and a ReturnCode at the end."""

import csv
import io
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lrs_soap.batch_files import Form, output_name, output_pieces
from lrs_soap.batch_files.layout import COLUMNS, ELEMENTS
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.jobs import Job, JobKind, JobRecord, JobStatus, Result, Source
from tests.factories import uln_of
from tests.unit.batch_files.making import CSV_NAME, XML_NAME, check_of, write

SUBMITTED = datetime(2026, 3, 2, 10, 15, tzinfo=SERVICE_ZONE)
SIGNS = {"spreadsheet-date", "scientific-notation", "leading-zeros"}
RECORD = {"GivenName": "Zoë", "FamilyNameAtAge16": "Berg", "Notes": 'a,"b"\nc'}


def job(records: int, **values: Any) -> Job:
    known: dict[str, Any] = {
        "job_id": 7,
        "kind": JobKind.REGISTRATION,
        "status": JobStatus.SUCCESSFUL,
        "organisation": "TEST0101",
        "user_name": "jo",
        "mode": "FUL",
        "source": Source.FILE,
        "file_name": CSV_NAME,
        "email": None,
        "record_count": records,
        "done": records,
        "submitted_at": SUBMITTED,
        "started_at": SUBMITTED,
        "finished_at": SUBMITTED,
        "reason": None,
    }
    return Job(**known | values)


def written(form: Form, *records: JobRecord, **values: Any) -> str:
    return b"".join(output_pieces(job(len(records), **values), records, form)).decode()


def test_csv() -> None:
    found, failed = Result("RC001", "9276308686"), Result("RC010")
    text = written(Form.CSV, JobRecord(1, RECORD, found), JobRecord(2, {"ULN": "12", "TelephoneNumber": "1"}, failed))
    heading, first, second = csv.reader(io.StringIO(text, newline=""))
    assert heading == [*COLUMNS, "ReturnCode"]
    filled = {name: value for name, value in zip(heading, first, strict=True) if value}
    assert filled == {
        "FileVersion": "2A",
        "FileName": CSV_NAME,
        "UKPRN": "TEST0101",
        "LearnerRecordCount": "2",
        "ULN": "9276308686",
        "GivenName": "Zoë",
        "FamilyNameAt16": "Berg",
        "Notes": 'a,"b"\nc',
        "ReturnCode": "RC001",
    }
    assert {name: value for name, value in zip(heading, second, strict=True) if value} == {
        "ULN": "12",
        "ReturnCode": "RC010",
    }


def test_xml() -> None:
    text = written(Form.XML, JobRecord(1, RECORD, Result("RC001", "9276308686")), JobRecord(2, {"ULN": "12"}))
    root = etree.fromstring(text.encode())
    assert [(child.tag, child.text) for child in list(root)[:4]] == [
        ("FileVersion", "2A"),
        ("FileName", XML_NAME),
        ("UKPRN", "TEST0101"),
        ("LearnerRecordCount", "2"),
    ]
    learners = [[(child.tag, child.text) for child in learner] for learner in list(root)[4:]]
    assert learners == [
        [
            ("ULN", "9276308686"),
            ("GivenName", "Zoë"),
            ("FamilyNameAt16", "Berg"),
            ("Notes", 'a,"b"\nc'),
            ("ReturnCode", "RC001"),
        ],
        [("ULN", "12")],
    ]


@pytest.mark.parametrize("file_name", [None, "learners of March.csv"])
def test_a_job_without_a_batch_file_gets_a_name_of_its_own(file_name: str | None) -> None:
    assert output_name(job(1, file_name=file_name), Form.XML) == XML_NAME


values = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], include_characters="\n\r\t"), max_size=20
)
records = st.lists(st.dictionaries(st.sampled_from(list(ELEMENTS.values())), values), min_size=1, max_size=6)


def without_blanks(record: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in record.items() if value.strip()}


def without_return_codes(text: str, form: Form) -> str:
    if form is Form.XML:
        root = etree.fromstring(text.encode())
        for code in root.findall("Learner/ReturnCode"):
            code.getparent().remove(code)  # type: ignore[union-attr]
        return etree.tostring(root, encoding="unicode")
    cut = io.StringIO()
    csv.writer(cut, lineterminator="\r\n").writerows(row[:-1] for row in csv.reader(io.StringIO(text, newline="")))
    return cut.getvalue()


@settings(max_examples=60, deadline=None)
@given(records, st.sampled_from(Form))
def test_an_output_file_without_its_return_codes_reads_back_the_same(stated: list[dict[str, str]], form: Form) -> None:
    done = [JobRecord(place, record, Result("RC001", uln_of(place))) for place, record in enumerate(stated, 1)]
    text = without_return_codes(written(form, *done), form)
    with TemporaryDirectory() as directory:
        check, given, _ = check_of(write(Path(directory) / output_name(job(1), form), text))
    expected = [without_blanks(record) | {"ULN": uln_of(place)} for place, record in enumerate(stated, 1)]
    spoilt = any(problem.rule in SIGNS for problem in check.problems.found)
    assert spoilt or list(map(dict, given)) == expected
