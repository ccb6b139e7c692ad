"""The journal of a world: which requests came, and what they got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from lrs_soap.testing.control import DEFAULT_WORLD, Control
from lrs_soap.testing.errors import JournalTimeoutError

_POLL_SECONDS = 0.05
_TOLD = 10
MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its answer. request, answer: the messages, passwords blotted out. why: it came out so.

    scenario: the one that interfered. said: all that the control API says of it, headers among it.
    """

    number: int
    at: datetime
    service: str
    operation: str
    organisation: str
    user_agent: str
    outcome: str
    status: int
    scenario: str
    request: str = field(repr=False)
    answer: str = field(repr=False)
    why: str = field(repr=False)
    said: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Entry":
        """Return what the control API says of a request."""
        names = ("service", "operation", "organisation", "user_agent", "outcome", "scenario")
        return cls(
            number=said["number"],
            at=datetime.fromisoformat(said["at"]),
            status=said["status"],
            request=_body(said["request"]),
            answer=_body(said["answer"]),
            why=" ".join(said["explanation"]["sentences"]),
            said=said,
            **{name: said[name] or "" for name in names},
        )

    def __str__(self) -> str:
        what = f"{self.operation or '(no operation)'} by {self.organisation or 'nobody known'}"
        scenario = f" (scenario {self.scenario})" if self.scenario else ""
        status = f", HTTP {self.status}" if self.status else ""
        return f"{self.number}. {self.at:%H:%M:%S} {what}: {self.outcome or 'no outcome'}{status}{scenario}"


class Journal:
    """The journal of a world.

    Criteria are service, operation, organisation, outcome, status, user_agent, text, since, scenario and after (the
    number of an entry).
    """

    def __init__(self, control: Control, world: str = DEFAULT_WORLD) -> None:
        self._control = control
        self._world = world

    def entries(self, *, limit: int = MOST_ENTRIES, messages: bool = True, **criteria: Any) -> tuple[Entry, ...]:
        """Return the entries that agree with all criteria, in the order they came; so many at most.

        messages: False leaves them out, which is faster.
        """
        said = self._control.get("journal", world=self._world, limit=limit, messages=messages, **criteria)
        return tuple(map(Entry.of, said["entries"]))

    def entry(self, number: int) -> Entry:
        """Return an entry by its number."""
        return Entry.of(self._control.get(f"journal/{number}", world=self._world))

    def count(self, **criteria: Any) -> int:
        """Return how many entries agree with all criteria but `after`."""
        return int(self._control.get("journal/count", world=self._world, **criteria)["count"])

    def wait(self, n: int = 1, *, timeout: float = 5, **criteria: Any) -> tuple[Entry, ...]:
        """Wait until n entries or more agree with all criteria, and return them. Raises JournalTimeoutError."""
        limit = monotonic() + timeout
        while len(self.entries(limit=n, messages=False, **criteria)) < n:
            if monotonic() > limit:
                raise self._timeout(n, timeout, criteria)
            # Asked for again and again, since a process of the server that waits answers nobody else meanwhile.
            sleep(_POLL_SECONDS)
        return self.entries(**criteria)

    def export(self, path: str | Path, **criteria: Any) -> Path:
        """Write a ZIP file with the messages, and return its path."""
        target = Path(path)
        target.write_bytes(self._control.content("journal/export", world=self._world, **criteria))
        return target

    def clear(self) -> None:
        """Forget all entries."""
        self._control.delete("journal", world=self._world)

    def _timeout(self, n: int, seconds: float, criteria: Mapping[str, Any]) -> JournalTimeoutError:
        found, came = self.entries(**criteria), self.entries(messages=False)
        wanted = "".join(f", {name} {value}" for name, value in criteria.items())
        lines = "".join(f"\n  {entry}" for entry in came[-_TOLD:]) or " none"
        text = f"{n} requests were to come within {seconds:g} seconds{wanted}; {len(found)} did. All that came:{lines}"
        return JournalTimeoutError(text, found)


def _body(message: Mapping[str, Any] | None) -> str:
    return "" if message is None else str(message["body"])
