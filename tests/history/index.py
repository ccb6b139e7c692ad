"""A history sorted by what it is about."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from lrs_soap.domain.codes import ResponseCode
from tests.history.operations import TAG, UPDATES, Kind, Operation, Seen


@dataclass(slots=True)
class About:
    """All operations about one ULN. shown: by whom it was shown, and how; plain: those that ask about it by its ULN."""

    uln: str
    registrations: list[Operation] = field(default_factory=list)
    shown: list[tuple[Operation, Seen]] = field(default_factory=list)
    updates: list[Operation] = field(default_factory=list)
    plain: list[Operation] = field(default_factory=list)


@dataclass(slots=True)
class Index:
    """Operations by ULN, and those that are about details. unknown: registrations without an answer, by their tag."""

    learners: dict[str, About] = field(default_factory=dict)
    unknown: dict[str, Operation] = field(default_factory=dict)
    refusals: list[Operation] = field(default_factory=list)
    searches: list[Operation] = field(default_factory=list)
    census: Operation | None = None

    def about(self, uln: str) -> About:
        """Return the entry of a ULN."""
        return self.learners.setdefault(uln, About(uln))


def indexed(operations: Iterable[Operation]) -> Index:
    """Sort operations by what they are about."""
    index = Index()
    for operation in operations:
        _add(index, operation)
        for seen in operation.seen:
            index.about(seen.uln).shown.append((operation, seen))
    return index


def _add(index: Index, operation: Operation) -> None:
    if operation.outcome == ResponseCode.NOT_REGISTERED:
        index.refusals.append(operation)
    match operation.kind:
        case Kind.CENSUS:
            index.census = operation
        case Kind.SEARCH:
            index.searches.append(operation)
        case Kind.REGISTER:
            _add_registration(index, operation)
        case kind if operation.uln:
            entry = index.about(operation.uln)
            (entry.updates if kind in UPDATES else entry.plain).append(operation)


def _add_registration(index: Index, operation: Operation) -> None:
    if not operation.is_known:
        index.unknown[operation.values[TAG]] = operation
    elif operation.outcome == ResponseCode.REGISTERED and operation.uln:
        index.about(operation.uln).registrations.append(operation)


def by_version(updates: Iterable[Operation]) -> dict[int, list[Operation]]:
    """Return updates by the version that they are based on."""
    based: dict[int, list[Operation]] = defaultdict(list)
    for update in updates:
        based[update.version or 0].append(update)
    return based
