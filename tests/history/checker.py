"""Proves from a history what must hold, or shows what contradicts it: a function of the history and nothing else."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain as joined

from tests.history.findings import Findings, Rule, Verdict
from tests.history.index import Index, indexed
from tests.history.operations import EXPECTED, TAG, UNKNOWN, WRITES, History, Kind, Operation, Trouble
from tests.history.ordering import check_order
from tests.history.owning import by_details, check_owners, ownings
from tests.history.versions import Chain, chain_of


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a history, and its numbers.

    answers: operations by kind and outcome. indeterminate_writes: those without an answer, of which found_done took
    effect all the same.
    """

    findings: Findings
    answers: Counter[tuple[Kind, str]]
    troubles: Counter[Trouble]
    learners: int
    versions: int
    indeterminate_writes: int
    found_done: int

    @property
    def verdict(self) -> Verdict:
        """What it comes to."""
        return self.findings.verdict

    @property
    def kills(self) -> int:
        """How many workers were killed one at a time."""
        return self.troubles[Trouble.KILL]

    @property
    def indeterminate(self) -> int:
        """How many operations had no answer."""
        return sum(number for (_, outcome), number in self.answers.items() if outcome == UNKNOWN)


def check(history: History) -> Report:
    """Check a history."""
    findings = Findings()
    index = indexed(history.operations)
    _check_answers(history, findings)
    chains = {uln: chain_of(about, index, findings) for uln, about in index.learners.items()}
    for uln, chain in chains.items():
        if chain:
            check_order(index.about(uln), chain, findings)
    _check_made_once(chains, findings)
    _check_census(index, findings)
    owners = by_details(joined.from_iterable(ownings(index.about(uln), chain) for uln, chain in chains.items()))
    check_owners(owners, index, findings)
    return _report(history, findings, chains)


def _report(history: History, findings: Findings, chains: dict[str, Chain]) -> Report:
    writers = [version.writer for chain in chains.values() for version in chain]
    asked = [operation for operation in history.operations if operation.kind is not Kind.CENSUS]
    return Report(
        findings,
        Counter((operation.kind, operation.outcome) for operation in asked),
        Counter(disturbance.what for disturbance in history.disturbances),
        len(chains),
        len(writers),
        sum(not operation.is_known and operation.kind in WRITES for operation in asked),
        sum(not writer.is_known for writer in writers),
    )


def _check_answers(history: History, findings: Findings) -> None:
    for operation in history.operations:
        if operation.is_known and operation.outcome not in EXPECTED[operation.kind]:
            findings.breach(Rule.EXPECTED, str(operation))


def _check_made_once(chains: dict[str, Chain], findings: Findings) -> None:
    made: dict[str, str] = {}
    for uln, chain in chains.items():
        for version in chain[:1]:
            other = made.setdefault(version.writer.values[TAG], uln)
            if other != uln:
                findings.breach(Rule.ULN_ONCE, f"{other} and {uln} come from one request: {version.writer}")


def _check_census(index: Index, findings: Findings) -> None:
    if index.census is None:
        findings.doubt("there is no census")
        return
    held = Counter(seen.uln for seen in index.census.seen)
    for uln, times in held.items():
        if times > 1:
            findings.breach(Rule.ULN_ONCE, f"the census has {uln} {times} times")
    for uln, about in index.learners.items():
        known: list[Operation] = [*about.registrations, *(operation for operation, _ in about.shown)]
        if known and uln not in held:
            findings.breach(Rule.ACKNOWLEDGED, f"the census has no {uln}, known by {known[0]}")
