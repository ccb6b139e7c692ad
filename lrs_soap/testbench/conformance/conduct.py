"""Rules on what a client does over time, and the history they are judged by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from lrs_soap.domain.codes import ErrorCode, Operation, ResponseCode, UserType
from lrs_soap.testbench.conformance.catalogue import rules
from lrs_soap.testbench.conformance.checks import KEPT, Said
from lrs_soap.testbench.conformance.facts import OUTPUTS, SUBMISSIONS, Facts

MOST_REMEMBERED: Final = 2_000
CHANGES: Final = frozenset({Operation.UPDATE_LEARNER, Operation.UPDATE_SUBSET})
ASKS_BY_ULN: Final = frozenset({Operation.LEARNER_BY_ULN, Operation.VERIFY_LEARNER, Operation.GET_LEARNING_EVENTS})

Memory = dict[str, list[Any]]
"""What was last known of something, with the moment first: the oldest are forgotten."""


@dataclass(slots=True)
class History:
    """What a client has done and been told.

    finds: by the digest of five details, the code. sharing: by ULN, the ability to share last told. read: ULNs whose
    record is known as it is. masters: by ULN that a master stands for, the operations that told so. withheld: ULNs of
    which the record was refused. jobs: by kind and number, the code last answered. batches: by digest, the job.
    refused: digests of refused messages.
    """

    finds: Memory = field(default_factory=dict)
    sharing: Memory = field(default_factory=dict)
    read: Memory = field(default_factory=dict)
    masters: Memory = field(default_factory=dict)
    withheld: Memory = field(default_factory=dict)
    jobs: Memory = field(default_factory=dict)
    batches: Memory = field(default_factory=dict)
    refused: Memory = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the history as JSON has it."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Self:
        """Return a history that was stored."""
        return cls(**known)

    def merge(self, other: "History") -> None:
        """Take in what another history knows; the newer of two memories counts."""
        for part in fields(self):
            mine: Memory = getattr(self, part.name)
            both = sorted([*mine.items(), *getattr(other, part.name).items()], key=lambda entry: float(entry[1][0]))
            mine.clear()
            for key, memory in both:
                _remember(mine, key, memory)

    def remember(self, facts: Facts, at: float) -> None:
        """Take in one exchange."""
        if facts.refused:
            _remember(self.refused, facts.refused, [at])
            return
        for uln, sharing in facts.told:
            _remember(self.sharing, uln, [at, sharing])
            _remember(self.read, uln, [at])
        for uln in facts.linked:
            told = self.masters.get(uln, [at])[1:]
            _remember(self.masters, uln, [at, *dict.fromkeys([*told, facts.published])])
        if facts.operation == Operation.LEARNER_BY_DEMOGRAPHICS:
            _remember(self.finds, facts.details, [at, facts.code])
        self._remember_changes(facts, at)
        self._remember_jobs(facts, at)
        if facts.code == ErrorCode.NOT_SHARED:
            _remember(self.withheld, facts.uln, [at])

    def _remember_changes(self, facts: Facts, at: float) -> None:
        if facts.code == ResponseCode.UPDATED:
            self.read.pop(facts.uln, None)
        elif facts.code == ResponseCode.REGISTERED:
            _remember(self.read, facts.uln, [at])
        else:
            return
        if facts.sharing:
            _remember(self.sharing, facts.uln, [at, facts.sharing])

    def _remember_jobs(self, facts: Facts, at: float) -> None:
        if facts.operation in OUTPUTS:
            _remember(self.jobs, facts.job, [at, facts.code])
        elif facts.operation in SUBMISSIONS and facts.code == ResponseCode.BATCH_ACCEPTED:
            _remember(self.batches, facts.batch, [at, facts.job])


def _remember(memory: Memory, key: str, value: list[Any]) -> None:
    memory.pop(key, None)
    memory[key] = value
    if len(memory) > MOST_REMEMBERED:
        del memory[next(iter(memory))]


ConductCheck = Callable[[Facts, History, float], Said]
"""Judges an exchange, by a client's history before it, at a moment in seconds."""


def found_before(facts: Facts, history: History, at: float) -> Said:
    """Rule LRS-401."""
    if facts.operation != Operation.REGISTER_LEARNER or not facts.details:
        return None
    minutes = rules()["LRS-401"].values["minutes"]
    found = history.finds.get(facts.details)
    broken = found is None or at - found[0] > minutes * 60
    return f"registered without a find by the same five details in the {minutes} minutes before" if broken else KEPT


def looked_at(facts: Facts, history: History, at: float) -> Said:
    """Rule LRS-402."""
    found = history.finds.get(facts.details)
    if facts.operation != Operation.REGISTER_LEARNER or found is None or found[1] != ResponseCode.POSSIBLE_MATCHES:
        return None
    passed = at - found[0]
    broken = passed < rules()["LRS-402"].values["seconds"]
    return f"registered {passed:.1f} seconds after possible matches were found" if broken else KEPT


def shares(facts: Facts, history: History, _at: float) -> Said:
    """Rule LRS-403."""
    known = history.sharing.get(facts.uln)
    asked = facts.operation == Operation.GET_LEARNING_EVENTS and facts.user_type != UserType.LEARNER
    if not asked or known is None:
        return None
    return f"ULN {facts.uln}, whose AbilityToShare was last told as {known[1]}" if known[1] != "1" else KEPT


def not_in_the_learners_name(facts: Facts, history: History, _at: float) -> Said:
    """Rule LRS-404."""
    if facts.operation != Operation.GET_LEARNING_EVENTS or facts.user_type != UserType.LEARNER:
        return None
    return f"ULN {facts.uln} as LNR after WSEC0206" if facts.uln in history.withheld else KEPT


def patient(facts: Facts, history: History, at: float) -> Said:
    """Rule LRS-405."""
    asked = history.jobs.get(facts.job) if facts.operation in OUTPUTS else None
    if asked is None or asked[1] != ResponseCode.BATCH_NOT_FINISHED:
        return None
    passed = at - asked[0]
    broken = passed < rules()["LRS-405"].values["seconds"]
    return f"job {facts.job.split()[-1]} again after {passed:.1f} seconds" if broken else KEPT


def submitted_once(facts: Facts, history: History, at: float) -> Said:
    """Rule LRS-406."""
    if facts.operation not in SUBMISSIONS or facts.code != ResponseCode.BATCH_ACCEPTED:
        return None
    before = history.batches.get(facts.batch)
    if before is None or at - before[0] > rules()["LRS-406"].values["minutes"] * 60:
        return KEPT
    failed = history.jobs.get(before[1], [0.0, ""])[1] == ResponseCode.BATCH_FAILED
    return f"the records of job {before[1].split()[-1]} once more" if not failed else KEPT


def read_before(facts: Facts, history: History, _at: float) -> Said:
    """Rule LRS-407."""
    if facts.operation not in CHANGES or facts.code != ResponseCode.UPDATED:
        return None
    return f"ULN {facts.uln} updated without having been read since" if facts.uln not in history.read else KEPT


def not_repeated(facts: Facts, history: History, at: float) -> Said:
    """Rule LRS-408."""
    values = rules()["LRS-408"].values
    if not facts.refused or facts.code not in values["codes"]:
        return None
    before = history.refused.get(facts.refused)
    broken = before is not None and at - before[0] < values["seconds"]
    return f"the same message again, refused with {facts.code} as before" if broken else KEPT


def uses_master(facts: Facts, history: History, _at: float) -> Said:
    """Rule LRS-409."""
    if facts.operation not in CHANGES | ASKS_BY_ULN or not history.masters:
        return None
    told = history.masters.get(facts.uln, [])
    # Each operation may find out for itself; an update never tells.
    broken = facts.published in told or (bool(told) and facts.operation in CHANGES)
    return f"{facts.published} of ULN {facts.uln}, a linked one" if broken else KEPT


RULES: Final[Mapping[str, ConductCheck]] = {
    "LRS-401": found_before,
    "LRS-402": looked_at,
    "LRS-403": shares,
    "LRS-404": not_in_the_learners_name,
    "LRS-405": patient,
    "LRS-406": submitted_once,
    "LRS-407": read_before,
    "LRS-408": not_repeated,
    "LRS-409": uses_master,
}
