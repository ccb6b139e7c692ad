"""What a history consists of: what clients asked and were told, and when; in files one JSON document a line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from lrs_soap.domain.codes import ResponseCode, VerificationCode

UNKNOWN = "unknown"
DETAILS = ("GivenName", "FamilyName", "DateOfBirth", "Gender", "LastKnownPostCode")
TAG = "EmailAddress"
MEMBERS = (*DETAILS, TAG, "SchoolAtAge16", "PreferredGivenName", "Notes")

Values = Mapping[str, str]


class Kind(StrEnum):
    """What a client does. The census is what the database holds in the end, read past the service."""

    REGISTER = "register"
    FIND = "find by ULN"
    FIND_R9 = "find by ULN, R9"
    SEARCH = "find by details"
    UPDATE = "update"
    UPDATE_SUBSET = "update of a subset"
    VERIFY = "verify"
    CENSUS = "census"


class Trouble(StrEnum):
    """What is done to the server."""

    KILL = "worker killed"
    STOP = "server stopped and started"
    CRASH = "server killed whole and started"


WRITES = frozenset({Kind.REGISTER, Kind.UPDATE, Kind.UPDATE_SUBSET})
UPDATES = frozenset({Kind.UPDATE, Kind.UPDATE_SUBSET})
# Whoever finds or updates knows from an answer that the learner is there, and each update changes something.
EXPECTED: Mapping[Kind, frozenset[str]] = {
    Kind.REGISTER: frozenset({ResponseCode.REGISTERED, ResponseCode.NOT_REGISTERED}),
    Kind.FIND: frozenset({ResponseCode.EXACT_MATCH, ResponseCode.NO_MATCH}),
    Kind.FIND_R9: frozenset({ResponseCode.EXACT_MATCH, ResponseCode.NO_MATCH}),
    Kind.SEARCH: frozenset({ResponseCode.EXACT_MATCH, ResponseCode.NO_MATCH, ResponseCode.POSSIBLE_MATCHES}),
    Kind.UPDATE: frozenset(
        {ResponseCode.UPDATED, ResponseCode.RECORD_CHANGED, ResponseCode.NOT_REGISTERED, ResponseCode.NO_SUCH_ULN}
    ),
    Kind.UPDATE_SUBSET: frozenset({ResponseCode.UPDATED, ResponseCode.RECORD_CHANGED, ResponseCode.NO_SUCH_ULN}),
    Kind.VERIFY: frozenset({VerificationCode.VERIFIED, VerificationCode.NO_MATCH, VerificationCode.ULN_NOT_FOUND}),
    Kind.CENSUS: frozenset({ResponseCode.EXACT_MATCH}),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A learner as an answer showed it; an absent member has no value."""

    uln: str
    version: int
    values: Values


@dataclass(frozen=True, slots=True)
class Operation:
    """One request and what came of it.

    began, ended: nanoseconds of one clock, before sending and after the answer or the break. outcome: the code
    answered, or UNKNOWN when the connection broke. uln: asked for or allocated. version: the one an update is based
    on. values: what was sent. seen: the learners shown.
    """

    number: int
    client: int
    kind: Kind
    began: int
    ended: int
    outcome: str
    uln: str | None = None
    version: int | None = None
    values: Values = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether there was an answer."""
        return self.outcome != UNKNOWN

    @property
    def details(self) -> tuple[str, ...]:
        """The five details sent; empty texts for those that were not."""
        return details_of(self.values)

    def __str__(self) -> str:
        about = f" {self.uln}" if self.uln else ""
        at = f" at version {self.version}" if self.version else ""
        return f"{self.kind}{about}{at} ({self.outcome}; operation {self.number} of client {self.client})"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something done to the server, at a moment of the operations' clock."""

    at: int
    what: Trouble


@dataclass(slots=True)
class History:
    """All that happened, in any order."""

    operations: list[Operation] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Give the lines of its file."""
        for operation in self.operations:
            yield json.dumps({"operation": asdict(operation)})
        for disturbance in self.disturbances:
            yield json.dumps({"disturbance": asdict(disturbance)})

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Self:
        """Return what the lines of a file tell."""
        history = cls()
        for line in lines:
            match json.loads(line):
                case {"operation": told}:
                    history.operations.append(_operation(told))
                case {"disturbance": told}:
                    history.disturbances.append(Disturbance(told["at"], Trouble(told["what"])))
        return history

    def save(self, file: Path) -> None:
        """Write it into a file."""
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(f"{line}\n" for line in self.lines())


def details_of(values: Values) -> tuple[str, ...]:
    """Return the five details among values."""
    return tuple(values.get(name, "") for name in DETAILS)


def _operation(told: dict[str, Any]) -> Operation:
    seen = tuple(Seen(**each) for each in told["seen"])
    return Operation(**told | {"kind": Kind(told["kind"]), "seen": seen})
