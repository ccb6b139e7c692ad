"""Connections that came to nothing: no request, and yet something that a client did, with an entry of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from lrs_soap.services.observing import Observation
from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal.explanation import Explanation
from lrs_soap.testbench.worlds import DEFAULT

if TYPE_CHECKING:
    from lrs_soap.testbench.journal.entries import Entry

OUTCOME: Final = "TLS-"
"""What the outcomes of all of them begin with."""
MOST_A_MINUTE: Final = 60
"""So many are written down by a process; more would drive out what else is in the journal."""
LONGEST_DETAIL: Final = 500


class Refusal(Protocol):
    """A connection that came to nothing, as whoever refused it tells of it."""

    @property
    def at(self) -> datetime:
        """The machine's time."""
        ...

    @property
    def remote(self) -> str:
        """The caller's address."""
        ...

    @property
    def code(self) -> str:
        """The reason in a word, such as EXPIRED."""
        ...

    @property
    def reason(self) -> str:
        """The reason in plain words."""
        ...

    @property
    def advice(self) -> str:
        """What to do about it."""
        ...

    @property
    def detail(self) -> str:
        """What the system said."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """What is noted of a connection that came to nothing. left_out: how many before it were not written down."""

    reason: str
    advice: str
    detail: str
    left_out: int

    def facts(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {
            "reason": self.reason,
            "advice": self.advice,
            "detail": self.detail[:LONGEST_DETAIL],
            "left_out": self.left_out,
        }


class Handshakes:
    """Hands refused connections to a journal as it takes them, in the default world; some of a flood of them."""

    def __init__(self, record: Callable[[Exchange], object]) -> None:
        self._record = record
        self._minute = 0
        self._noted = 0
        self._left_out = 0

    def note(self, refusal: Refusal) -> None:
        """Take one in."""
        minute = int(refusal.at.timestamp() // 60)
        if minute != self._minute:
            self._minute, self._noted = minute, 0
        if self._noted == MOST_A_MINUTE:
            self._left_out += 1
            return
        self._record(_exchange(refusal, self._left_out))
        self._noted, self._left_out = self._noted + 1, 0


def _exchange(refusal: Refusal, left_out: int) -> Exchange:
    """Return an exchange in which nothing came and nothing went."""
    noted = Observation(
        outcome=f"{OUTCOME}{refusal.code.replace('_', '-')}",
        evidence=Refused(str(refusal.reason), refusal.advice, refusal.detail, left_out),
    )
    return Exchange(
        at=refusal.at,
        duration=0.0,
        world=DEFAULT,
        remote=refusal.remote,
        method="",
        path="",
        query="",
        headers=(),
        body=b"",
        status=0,
        answer_headers=(),
        answer=b"",
        observation=noted,
    )


def explain(entry: "Entry") -> Explanation:
    """Return the explanation of a connection that came to nothing."""
    facts = entry.facts["handshake"]
    sentences = [f"There was no connection: {facts['reason']}.", facts["advice"], f"The system said: {facts['detail']}"]
    if facts["left_out"]:
        sentences.append(f"Before it, {facts['left_out']} more came to nothing than are written down here.")
    return Explanation("handshake", "TLS", tuple(sentences), facts)
