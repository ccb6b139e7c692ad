"""The verdict on the clients of a world: what they called, which rules they broke, and what is not tested yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lrs_soap.testing.control import DEFAULT_WORLD, Control

ERROR = "error"
ALL_WORLDS = "*"
_BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that the service itself forgives, and how often a client kept and broke it.

    severity: error, warning or hint. outcome: kept, broken or not judged. example: of the first time it was broken.
    """

    number: str
    title: str
    severity: str
    outcome: str
    kept: int
    broken: int
    example: str
    said: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Rule":
        """Return what the control API says of a rule."""
        counts = {"kept": said["kept"], "broken": said["broken"], "example": said["example"] or ""}
        return cls(said["number"], said["title"], said["severity"], said["outcome"], **counts, said=said)


@dataclass(frozen=True, slots=True)
class Client:
    """What is to be said of one client, which is an organisation and a user agent.

    operations: how often each was answered with which code. script: the steps of a compatibility test.
    """

    organisation: str
    user_agent: str
    requests: int
    operations: Mapping[str, Mapping[str, int]]
    rules: tuple[Rule, ...]
    script: tuple[Mapping[str, Any], ...] = field(repr=False)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Client":
        """Return what the control API says of a client."""
        plain = {name: said[name] for name in ("organisation", "user_agent", "requests", "operations")}
        return cls(**plain, rules=tuple(map(Rule.of, said["rules"])), script=tuple(said["script"]))

    @property
    def broken(self) -> tuple[Rule, ...]:
        """The rules that it broke."""
        return tuple(rule for rule in self.rules if rule.outcome == _BROKEN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of all clients."""

    clients: tuple[Client, ...]

    @property
    def broken(self) -> tuple[Rule, ...]:
        """All rules that were broken, client by client."""
        return tuple(rule for client in self.clients for rule in client.broken)

    @property
    def errors(self) -> tuple[Rule, ...]:
        """Those of them that are errors."""
        return tuple(rule for rule in self.broken if rule.severity == ERROR)


class Conformance:
    """The verdict on the clients of a world, or of all worlds."""

    def __init__(self, control: Control, world: str = DEFAULT_WORLD) -> None:
        self._control = control
        self._world = world

    def verdict(self) -> Verdict:
        """Return it as it stands."""
        said = self._control.get("conformance", world=self._world, format="json")
        return Verdict(tuple(map(Client.of, said["clients"])))

    def report(self, form: str = "text") -> str:
        """Return it to be read: as text, html, junit or json."""
        return self._control.content("conformance", world=self._world, format=form).decode()
