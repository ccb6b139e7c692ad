"""One entry of the journal: a request, its answer, and why it came out so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import RowMapping

from lrs_soap.testbench.journal.explaining import explain
from lrs_soap.testbench.journal.explanation import Explanation
from lrs_soap.testbench.journal.noting import changed
from lrs_soap.testbench.journal.personal import blot_values, personal_values, values_in_facts, without_personal

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the journal keeps of an exchange. Passwords are blotted out.

    number: higher for what was written later, never given again. at: when the request came. element: the qualified
    name of the body's element. organisation: the UKPRN admitted; when none was, what the request says of itself.
    request, answer: the messages in UTF-8; encoding: what the request was sent in when that was something else. status:
    of HTTP; 0 when there was no answer at all.
    facts: what was noted of how the answer came about.
    """

    number: int
    at: datetime
    world: str
    service: str
    operation: str
    element: str
    organisation: str
    user_name: str
    user_agent: str
    remote: str
    method: str
    path: str
    query: str
    status: int
    outcome: str
    duration_ms: float
    scenario: str | None
    encoding: str
    request_headers: Headers
    request: bytes
    answer_headers: Headers
    answer: bytes
    facts: Mapping[str, Any]

    @cached_property
    def explanation(self) -> Explanation:
        """Why the exchange came out as it did."""
        return explain(self)

    @property
    def request_text(self) -> str:
        """The request as text."""
        return self.request.decode(errors="replace")

    @property
    def answer_text(self) -> str:
        """The answer as text."""
        return self.answer.decode(errors="replace")

    @property
    def request_as_sent(self) -> bytes:
        """The request in the encoding it was sent in, so that its XML declaration is true."""
        return self.request_text.encode(self.encoding, "replace") if self.encoding else self.request

    def header(self, name: str) -> str:
        """Return a header of the request, letter case aside; empty when there is none."""
        wanted = name.lower()
        return next((value for known, value in self.request_headers if known.lower() == wanted), "")

    def without_personal(self) -> "Entry":
        """Return the entry with names, birth dates, addresses and all else about persons blotted out."""
        values = personal_values(self.request_text) | personal_values(self.answer_text) | values_in_facts(self.facts)
        return replace(
            self,
            user_name=blot_values(self.user_name, {self.user_name}),
            query=blot_values(self.query, values),
            request=without_personal(self.request_text, values).encode(),
            answer=without_personal(self.answer_text, values).encode(),
            facts=changed(self.facts, lambda text: blot_values(text, values)),
        )

    def to_json(self, *, blot_personal: bool = False, messages: bool = True) -> dict[str, Any]:
        """Return the entry as JSON knows it.

        blot_personal: without what is about persons. messages: False leaves out headers and bodies.
        """
        if blot_personal:
            return self.without_personal().to_json(messages=messages)
        answer = {name: getattr(self, name) for name in _PLAIN} | {
            "at": self.at.isoformat(),
            "explanation": self.explanation.to_json(),
        }
        if messages:
            answer["request"] = {"headers": _pairs(self.request_headers), "body": self.request_text}
            answer["answer"] = {"headers": _pairs(self.answer_headers), "body": self.answer_text}
        return answer


_PLAIN = (
    "number world service operation element organisation user_name user_agent remote method path query status outcome "
    "duration_ms scenario encoding"
).split()


def entry_of(row: RowMapping) -> Entry:
    """Return the entry of a row."""
    values = {name: row[name] for name in _PLAIN}
    return Entry(
        **values,
        at=datetime.fromtimestamp(row["at"], UTC),
        request_headers=_headers(row["request_headers"]),
        request=row["request_body"],
        answer_headers=_headers(row["answer_headers"]),
        answer=row["answer_body"],
        facts=json.loads(row["facts"]) if row["facts"] else {},
    )


def _headers(text: str) -> Headers:
    lines = (line.partition(": ") for line in text.split("\n") if line)
    return tuple((name, value) for name, _, value in lines)


def _pairs(headers: Headers) -> list[list[str]]:
    return [list(pair) for pair in headers]
