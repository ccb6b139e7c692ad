"""Why an exchange came out as it did, made from what was noted when somebody wants to read it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from lrs_soap.testbench.journal import faults, finds, handshakes, refusals, verifications
from lrs_soap.testbench.journal.explanation import Explanation
from lrs_soap.testbench.journal.outcomes import OUTCOMES

if TYPE_CHECKING:
    from lrs_soap.testbench.journal.entries import Entry


def explain(entry: "Entry") -> Explanation:
    """Return the explanation of an entry."""
    explanation = _explain(entry)
    if entry.scenario is None:
        return explanation
    sentence = f"The scenario '{entry.scenario}' interfered."
    return replace(explanation, sentences=(sentence, *explanation.sentences))


def _explain(entry: "Entry") -> Explanation:
    if "fault" in entry.facts:
        return faults.explain(entry)
    if "find" in entry.facts:
        return finds.explain(entry)
    if "verification" in entry.facts:
        return verifications.explain(entry)
    if "handshake" in entry.facts:
        return handshakes.explain(entry)
    if entry.operation:
        sentence = OUTCOMES.get(entry.outcome, "")
        return Explanation(sentences=(f"{entry.outcome}: {sentence}",) if sentence else ())
    return refusals.explain(entry)
