"""One HTTP request and what it got: what the journal keeps, and what a client is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lrs_soap.services.observing import Observation

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer.

    at: the machine's time when the request came. duration: seconds. path: as sent, with the prefix of a world. body:
    the message as sent, empty when it was refused before it was read. answer: the body sent back, before a scenario
    cut it. scenario: the name of the one that interfered. observation: what the service noted while it answered; little
    when the request never reached an operation.
    """

    at: datetime
    duration: float
    world: str
    remote: str
    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    status: int
    answer_headers: Headers
    answer: bytes
    scenario: str | None = None
    observation: Observation = field(default_factory=Observation)

    def header(self, name: str) -> str:
        """Return a header of the request, letter case aside; empty when there is none."""
        wanted = name.lower()
        return next((value for known, value in self.headers if known.lower() == wanted), "")


def request_headers(environ: Mapping[str, Any]) -> Headers:
    """Return the headers of a request, as WSGI hands them on."""
    named = [
        (name.removeprefix("HTTP_").replace("_", "-").title(), str(value))
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    ]
    return tuple((name, value) for name, value in named if value)
