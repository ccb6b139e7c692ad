"""What is known of the clients of a world: what they exercised, kept, broke and showed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from lrs_soap.testbench.conformance.conduct import History
from lrs_soap.testbench.conformance.judging import Judgement, judge, judge_conduct
from lrs_soap.testbench.exchange import Exchange

MOST_CLIENTS: Final = 500


class Example(NamedTuple):
    """A time a rule was broken: when, in seconds since 1970, calling which operation, and what was sent."""

    at: float
    operation: str
    sent: str


@dataclass(slots=True)
class Tally:
    """How often a rule was kept and broken. example: the first time it was broken."""

    kept: int = 0
    broken: int = 0
    example: Example | None = None

    def add(self, other: "Tally") -> None:
        """Take in another tally of the same rule."""
        self.kept += other.kept
        self.broken += other.broken
        if other.example is not None and (self.example is None or other.example.at < self.example.at):
            self.example = other.example

    @classmethod
    def from_json(cls, kept: int, broken: int, example: list[Any] | None) -> Self:
        """Return a tally that was stored."""
        return cls(kept, broken, Example(*example) if example else None)


@dataclass(slots=True, kw_only=True)
class Client:
    """One client: an organisation and the program that calls for it.

    known: whether the organisation was ever admitted. names: what it called itself. first, last: seconds since 1970.
    operations: how often each was answered with which code. steps: how often each was shown.
    """

    organisation: str
    user_agent: str
    known: bool = False
    names: list[str] = field(default_factory=list)
    first: float = 0.0
    last: float = 0.0
    requests: int = 0
    operations: dict[str, dict[str, int]] = field(default_factory=dict)
    rules: dict[str, Tally] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    history: History = field(default_factory=History)

    def take(self, judgement: Judgement) -> None:
        """Take in the next exchange."""
        self._note_caller(judgement)
        self.requests += 1
        codes = self.operations.setdefault(judgement.operation, {})
        for code in judgement.codes:
            codes[code] = codes.get(code, 0) + 1
        for step in judgement.shown:
            self.steps[step] = self.steps.get(step, 0) + 1
        kept, broken = judge_conduct(judgement.facts, self.history, judgement.at)
        for number in (*judgement.kept, *kept):
            self._tally(number).kept += 1
        for finding in (*judgement.broken, *broken):
            example = Example(judgement.at, judgement.operation, finding.example)
            self._tally(finding.rule).add(Tally(0, 1, example))
        self.history.remember(judgement.facts, judgement.at)

    def _note_caller(self, judgement: Judgement) -> None:
        self.known = self.known or bool(judgement.organisation)
        self.first = min(self.first or judgement.at, judgement.at)
        self.last = max(self.last, judgement.at)
        if judgement.organisation and judgement.claimed not in self.names:
            self.names.append(judgement.claimed)

    def _tally(self, number: str) -> Tally:
        tally = self.rules.get(number)
        if tally is None:
            tally = self.rules[number] = Tally()
        return tally

    def merge(self, other: "Client") -> None:
        """Take in what is known of the same client from elsewhere."""
        self.known = self.known or other.known
        self.names += [name for name in other.names if name not in self.names]
        self.first = min(self.first or other.first, other.first)
        self.last = max(self.last, other.last)
        self.requests += other.requests
        for operation, codes in other.operations.items():
            _add(self.operations.setdefault(operation, {}), codes)
        _add(self.steps, other.steps)
        for number, tally in other.rules.items():
            self._tally(number).add(tally)
        self.history.merge(other.history)

    def to_json(self) -> dict[str, Any]:
        """Return the client as JSON has it."""
        known = {name: getattr(self, name) for name in self.__slots__}
        rules = {number: [tally.kept, tally.broken, tally.example] for number, tally in self.rules.items()}
        return {**known, "rules": rules, "history": self.history.to_json()}

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Self:
        """Return a client that was stored."""
        rules = {number: Tally.from_json(*tally) for number, tally in known["rules"].items()}
        return cls(**{**known, "rules": rules, "history": History.from_json(known["history"])})


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


class Verdicts:
    """The clients of a world, told apart by organisation and user agent.

    A request of nobody the register knows counts for the client of the same user agent that called last before it.
    """

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], Client] = {}

    def __iter__(self) -> Iterator[Client]:
        return iter(self._clients.values())

    def judge(self, exchange: Exchange) -> None:
        """Judge an exchange and take it in."""
        judgement = judge(exchange)
        if judgement is not None:
            self.take(judgement)

    def take(self, judgement: Judgement) -> None:
        """Take in an exchange that was judged; those of one client in the order in which they happened."""
        key = judgement.organisation or self._meant(judgement), judgement.user_agent
        client = self._clients.pop(key, None) or Client(organisation=key[0], user_agent=key[1])
        # Whoever called last stands last, so that the one silent for longest can be forgotten.
        self._clients[key] = client
        client.take(judgement)
        if len(self._clients) > MOST_CLIENTS:
            del self._clients[next(iter(self._clients))]

    def _meant(self, judgement: Judgement) -> str:
        """Return for whom a request counts whose organisation was not admitted."""
        same_agent = [one for one in self if one.user_agent == judgement.user_agent and one.known]
        named = [one for one in same_agent if judgement.claimed in one.names]
        meant = (named or same_agent)[-1:]
        return meant[0].organisation if meant else judgement.claimed

    def merge(self, other: "Verdicts") -> None:
        """Take in what is known of clients elsewhere."""
        for key, client in other._clients.items():
            mine = self._clients.setdefault(key, Client(organisation=key[0], user_agent=key[1]))
            mine.merge(client)

    def to_json(self) -> list[Any]:
        """Return the clients as JSON has them."""
        return [client.to_json() for client in self]

    @classmethod
    def from_json(cls, known: list[Any]) -> Self:
        """Return what was stored."""
        verdicts = cls()
        for entry in known:
            client = Client.from_json(entry)
            verdicts._clients[client.organisation, client.user_agent] = client
        return verdicts
