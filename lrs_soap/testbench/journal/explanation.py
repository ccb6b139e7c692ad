"""What is said of an exchange: in sentences for people, and in parts for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an exchange came out as it did.

    kind: find, verification, fault, refusal, handshake or answer. rule: what decided. details: what the sentences are
    made of.
    """

    kind: str = "answer"
    rule: str = ""
    sentences: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the explanation as JSON knows it."""
        return {
            "kind": self.kind,
            "rule": self.rule,
            "sentences": list(self.sentences),
            "details": dict(self.details),
        }


def listed(texts: "tuple[str, ...] | list[str]", last: str = "and") -> str:
    """Return texts as a sentence lists them."""
    return f" {last} ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))
