"""Which entries of the journal somebody wants to see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from html import unescape
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_

from lrs_soap.testbench.journal.tables import entry

_EQUAL: Final = ("world", "service", "operation", "organisation", "status", "scenario")
_ANY_CASE: Final = frozenset({"service", "operation", "organisation"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What an entry must be; what is None does not matter.

    service, operation, organisation: letter case aside. outcome: the code answered; `WSEC*` for all that begin so.
    user_agent: part of it, letter case aside. text: stands in the request or the answer, letter case aside.
    since: the request came then or later.
    """

    world: str | None = None
    service: str | None = None
    operation: str | None = None
    organisation: str | None = None
    outcome: str | None = None
    status: int | None = None
    user_agent: str | None = None
    text: str | None = None
    since: datetime | None = None
    scenario: str | None = None

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> "Criteria":
        """Return the criteria that texts by name stand for. Raises ValueError, which says what is wrong."""
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise ValueError(f"'{name[:50]}' is no criterion; there are {', '.join(sorted(known))}")
        given: dict[str, Any] = dict(values)
        if "status" in given:
            given["status"] = _status(given["status"])
        if "since" in given:
            given["since"] = _moment(given["since"])
        return cls(**given)

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """Give what the criteria mean in SQL."""
        for name in _EQUAL:
            wanted = getattr(self, name)
            if wanted is not None:
                column = entry.c[name]
                yield func.lower(column) == wanted.lower() if name in _ANY_CASE else column == wanted
        if self.outcome is not None:
            yield (
                entry.c.outcome.startswith(self.outcome[:-1], autoescape=True)
                if self.outcome.endswith("*")
                else entry.c.outcome == self.outcome
            )
        if self.user_agent is not None:
            yield entry.c.user_agent.icontains(self.user_agent, autoescape=True)
        if self.since is not None:
            yield entry.c.at >= self.since.timestamp()
        if self.text is not None:
            bodies = (entry.c.request_body, entry.c.answer_body)
            yield or_(*(func.holds(body, self.text) for body in bodies))


def holds(body: bytes, text: str) -> bool:
    """Tell whether a message holds a text, letter case and XML's way of writing characters aside."""
    wanted, message = text.casefold(), body.decode(errors="replace").casefold()
    return wanted in message or ("&" in message and wanted in unescape(message))


def _status(text: str) -> int:
    if not text.isdecimal() or not 100 <= int(text) <= 599:
        raise ValueError(f"'{text[:50]}' is no HTTP status; give one such as 200")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text[:50]}' is no moment; give one such as 2026-03-02T10:15:04+00:00") from None
