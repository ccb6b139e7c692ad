"""The verdict on the client of a whole test run, written to a file at its end."""

from pathlib import Path

from lrs_soap.testing.errors import TestBenchError
from lrs_soap.testing.server import RunningServer

_FORMS = {".html": "html", ".xml": "junit", ".json": "json"}


def write_verdict(server: RunningServer, path: Path) -> str:
    """Write the verdict in the form that the file's name asks for; return what to say of it, never raise."""
    try:
        path.write_text(server.conformance.report(_FORMS.get(path.suffix, "text")), encoding="utf-8")
    except (TestBenchError, OSError) as error:
        return f"The verdict on the client could not be written: {error}"
    return f"The verdict on the client: {path}"
