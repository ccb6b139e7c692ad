"""The forms in which a report is handed out: text, HTML, JUnit's XML and JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lrs_soap.testbench.conformance.formats.data import as_json
from lrs_soap.testbench.conformance.formats.junit import as_junit
from lrs_soap.testbench.conformance.formats.page import as_html
from lrs_soap.testbench.conformance.formats.text import as_text
from lrs_soap.testbench.conformance.report import Report

__all__ = ["FORMATS", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    """A form of reports, with the media type under which it is sent."""

    media_type: str
    write: Callable[[Report], bytes]


FORMATS: Final[Mapping[str, Format]] = {
    "text": Format("text/plain; charset=utf-8", as_text),
    "html": Format("text/html; charset=utf-8", as_html),
    "junit": Format("application/xml; charset=utf-8", as_junit),
    "json": Format("application/json", as_json),
}
