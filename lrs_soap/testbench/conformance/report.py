"""What is told of clients: each rule and each step of the script, with what became of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from lrs_soap.testbench.conformance.catalogue import Rule, Severity, Step, rules, script
from lrs_soap.testbench.conformance.verdict import Client, Tally, Verdicts


class Outcome(StrEnum):
    """What became of a rule."""

    BROKEN = "broken"
    KEPT = "kept"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """How often a client kept and broke a rule.

    example: what was sent the first time it was broken; operation, at: calling which one, and when.
    """

    rule: Rule
    kept: int
    broken: int
    example: str = ""
    operation: str = ""
    at: datetime | None = None

    @property
    def place(self) -> str:
        """Where the example is from, for people."""
        return f"{self.operation}, {self.at:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def outcome(self) -> Outcome:
        """What became of the rule, all in all."""
        if self.broken:
            return Outcome.BROKEN
        return Outcome.KEPT if self.kept else Outcome.NOT_JUDGED


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """How often a client showed a step."""

    step: Step
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientReport:
    """What is told of one client. operations: how often each was answered with which code."""

    organisation: str
    user_agent: str
    first: datetime
    last: datetime
    requests: int
    operations: Mapping[str, Mapping[str, int]]
    rules: tuple[RuleOutcome, ...]
    steps: tuple[StepOutcome, ...]

    @property
    def name(self) -> str:
        """The client's name for people."""
        return f"{self.organisation or 'no organisation'}, {self.user_agent or 'no User-Agent'}"

    @property
    def calls(self) -> str:
        """How many requests it made, and when, for people."""
        counted = "1 request" if self.requests == 1 else f"{self.requests} requests"
        return f"{counted} from {self.first:%Y-%m-%d %H:%M:%S} to {self.last:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def broken(self) -> tuple[RuleOutcome, ...]:
        """The rules broken, the gravest first."""
        order = tuple(Severity)
        found = (one for one in self.rules if one.broken)
        return tuple(sorted(found, key=lambda one: order.index(one.rule.severity)))

    @property
    def missing(self) -> tuple[StepOutcome, ...]:
        """The steps not shown yet."""
        return tuple(one for one in self.steps if not one.times)


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of the clients of a world, of all worlds when it is None."""

    made_at: datetime
    world: str | None
    clients: tuple[ClientReport, ...]

    @property
    def broken(self) -> Mapping[Severity, int]:
        """The number of rules broken by severity, each counted once for each client."""
        counted = Counter(one.rule.severity for client in self.clients for one in client.broken)
        return {severity: counted[severity] for severity in Severity}


def report(verdicts: Verdicts, world: str | None = None) -> Report:
    """Return the report on clients as they are known now, ordered by name."""
    clients = sorted(map(_client, verdicts), key=lambda one: (one.organisation, one.user_agent))
    return Report(datetime.now(UTC), world, tuple(clients))


def _client(client: Client) -> ClientReport:
    return ClientReport(
        organisation=client.organisation,
        user_agent=client.user_agent,
        first=datetime.fromtimestamp(client.first, UTC),
        last=datetime.fromtimestamp(client.last, UTC),
        requests=client.requests,
        operations={name: dict(sorted(codes.items())) for name, codes in sorted(client.operations.items())},
        rules=tuple(_rule(rule, client.rules.get(number, Tally())) for number, rule in rules().items()),
        steps=tuple(StepOutcome(step, client.steps.get(step.number, 0)) for step in script()),
    )


def _rule(rule: Rule, tally: Tally) -> RuleOutcome:
    if tally.example is None:
        return RuleOutcome(rule=rule, kept=tally.kept, broken=tally.broken)
    at, operation, sent = tally.example
    moment = datetime.fromtimestamp(at, UTC)
    return RuleOutcome(rule=rule, kept=tally.kept, broken=tally.broken, example=sent, operation=operation, at=moment)
