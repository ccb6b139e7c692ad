"""Writing what a registration job came to: in the layout of batch files, the ULN filled in and a ReturnCode added.

Rule: "output files".
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from lxml import etree

from lrs_soap.batch_files.layout import COLUMN_OF, COLUMNS, ELEMENTS, FILE_VERSION, LEARNER, RETURN_CODE, ROOT
from lrs_soap.batch_files.naming import FileName, Form, WrongNameError, parse_name
from lrs_soap.domain.jobs import Job, JobRecord

_OUTPUT_COLUMNS: Final = (*COLUMNS, RETURN_CODE)


def output_pieces(job: Job, records: Iterable[JobRecord], form: Form) -> Iterator[bytes]:
    """Give the output file of a registration job piece by piece."""
    return _WRITERS[form](_about(job, form), map(_learner, records))


def output_name(job: Job, form: Form) -> str:
    """Return the name of a job's output file: that of the file that was handed in, else one of the job's own moment."""
    try:
        given = parse_name(job.file_name or "")
        named = FileName(given.ukprn, given.moment, form)
    except WrongNameError:
        named = FileName(job.organisation, job.submitted_at, form)
    return str(named)


def _about(job: Job, form: Form) -> dict[str, str]:
    return {
        "FileVersion": FILE_VERSION,
        "FileName": output_name(job, form),
        "UKPRN": job.organisation,
        "LearnerRecordCount": str(job.record_count),
    }


def _learner(record: JobRecord) -> dict[str, str]:
    """Return a record by column, with what it came to."""
    values = {COLUMN_OF[element]: value for element, value in record.values.items() if element in COLUMN_OF}
    if record.result is not None:
        values[RETURN_CODE] = record.result.code
        values["ULN"] = record.result.uln or values.get("ULN", "")
    return values


def _csv(about: Mapping[str, str], learners: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    yield _csv_row(_OUTPUT_COLUMNS)
    first: Mapping[str, str] = about
    for learner in learners:
        values = {**first, **learner}
        yield _csv_row(values.get(column, "") for column in _OUTPUT_COLUMNS)
        first = {}


def _csv_row(values: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue().encode()


def _xml(about: Mapping[str, str], learners: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{ROOT}>\n'.encode()
    for name, value in about.items():
        yield xml_element(name, value)
    for learner in learners:
        yield xml_learner(learner)
    yield f"</{ROOT}>\n".encode()


def xml_learner(values: Mapping[str, str]) -> bytes:
    """Return a learner, by column, as an element."""
    learner = etree.Element(LEARNER)
    for column in (*ELEMENTS, RETURN_CODE):
        if value := values.get(column):
            etree.SubElement(learner, column).text = value
    return bytes(etree.tostring(learner, encoding="UTF-8", pretty_print=True))


def xml_element(name: str, text: str) -> bytes:
    """Return an element that holds a text."""
    element = etree.Element(name)
    element.text = text
    return bytes(etree.tostring(element, encoding="UTF-8", pretty_print=True))


_WRITERS: Final[Mapping[Form, Callable[[Mapping[str, str], Iterable[Mapping[str, str]]], Iterator[bytes]]]] = {
    Form.CSV: _csv,
    Form.XML: _xml,
}
