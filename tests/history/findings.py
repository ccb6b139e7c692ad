"""What a checker can say of a history."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """VALID: everything was proven. INVALID: something is wrong for sure. UNKNOWN: the history does not tell."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Rule(StrEnum):
    """What must hold."""

    EXPECTED = "only answers that such a request can have"
    ULN_ONCE = "no ULN twice, no learner twice"
    ALIKE = "no two live learners alike in all five details"
    ACKNOWLEDGED = "no acknowledged write is lost"
    OWN_WRITES = "clients read their own writes"
    RISING = "versions rise strictly, and nobody sees an older one after a newer one"
    WHOLE = "a write is there wholly or not at all"
    REASON = "a refusal has its reason"
    COMPLETE = "the history tells who wrote each version"


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of a rule, in words."""

    rule: Rule
    told: str


@dataclass(slots=True)
class Findings:
    """Breaches, and what could not be decided."""

    breaches: list[Finding] = field(default_factory=list)
    undecided: list[Finding] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """What they come to."""
        if self.breaches:
            return Verdict.INVALID
        return Verdict.UNKNOWN if self.undecided else Verdict.VALID

    def breach(self, rule: Rule, told: str) -> None:
        """Add a breach."""
        self.breaches.append(Finding(rule, told))

    def doubt(self, told: str) -> None:
        """Add what the history does not tell."""
        self.undecided.append(Finding(Rule.COMPLETE, told))
