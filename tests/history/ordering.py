"""Whether all answers about one learner can be put into one order that agrees with real time.

Places: version n is written at 2n and read at 2n + 1; at 1 there is no such learner yet. Each operation has the places
that its answer allows, and may come no earlier than what had ended when it began. Taking the lowest place for each, in
the order of their beginnings, succeeds exactly if anything does.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lrs_soap.domain.codes import ResponseCode, VerificationCode
from tests.history.findings import Findings, Rule
from tests.history.index import About
from tests.history.operations import UPDATES, WRITES, Operation
from tests.history.versions import Chain

BEFORE = 1


@dataclass(frozen=True, slots=True)
class Placing:
    """An operation and the places it may have, ascending. writes: it is what wrote the version there."""

    operation: Operation
    places: tuple[int, ...]
    writes: bool = False


@dataclass(frozen=True, slots=True, order=True)
class _Ended:
    at: int
    place: int
    number: int
    operation: Operation


def check_order(about: About, chain: Chain, findings: Findings) -> None:
    """Tell which answers about a learner contradict what had been before."""
    under_way: list[_Ended] = []
    floor: _Ended | None = None
    for placing in sorted(placings(about, chain), key=lambda placing: placing.operation.began):
        operation = placing.operation
        while under_way and under_way[0].at < operation.began:
            ended = heapq.heappop(under_way)
            floor = ended if floor is None or ended.place > floor.place else floor
        lowest = floor.place if floor else 0
        place = next((place for place in placing.places if place >= lowest), None)
        if place is None:
            _tell(placing, floor, about, findings)
        elif operation.is_known:
            heapq.heappush(under_way, _Ended(operation.ended, place, operation.number, operation))


def placings(about: About, chain: Chain) -> Iterator[Placing]:
    """Give the operations whose answer, or whose effect that was seen, says something of the order."""
    for number, version in enumerate(chain, 1):
        yield Placing(version.writer, (2 * number,), writes=True)
    for operation, seen in about.shown:
        if seen.version <= len(chain):
            yield Placing(operation, (2 * seen.version + 1,))
    for operation in (*about.updates, *about.plain):
        places = _places(operation, chain)
        if places is not None:
            yield Placing(operation, tuple(places))


def _places(operation: Operation, chain: Chain) -> Iterable[int] | None:
    """Return where an answer that shows no learner can have been given; None when it says nothing of that."""
    based = operation.version or 0
    match operation.outcome:
        case ResponseCode.RECORD_CHANGED:
            return [2 * number + 1 for number in range(1, len(chain) + 1) if number != based]
        case ResponseCode.NOT_REGISTERED:
            return [2 * based + 1]
        case ResponseCode.NO_MATCH | ResponseCode.NO_SUCH_ULN | VerificationCode.ULN_NOT_FOUND:
            return [BEFORE]
        case VerificationCode.VERIFIED | VerificationCode.NO_MATCH as code:
            wanted = operation.values["Gender"]
            agree = [version.values["Gender"] == wanted for version in chain]
            return [2 * n + 1 for n, agrees in enumerate(agree, 1) if agrees == (code == VerificationCode.VERIFIED)]
    return None


def _tell(placing: Placing, floor: _Ended | None, about: About, findings: Findings) -> None:
    operation = placing.operation
    if floor is None or not placing.places:
        findings.breach(_groundless(operation), f"{operation}: nothing known of {about.uln} allows that")
        return
    newest, before = placing.places[-1] // 2, floor.operation
    told = (
        f"{operation}: is about version {newest} of {about.uln} at most, after version {floor.place // 2} by {before}"
    )
    findings.breach(_broken(placing, before), told)


def _groundless(operation: Operation) -> Rule:
    return Rule.REASON if operation.kind in UPDATES else Rule.RISING


def _broken(placing: Placing, before: Operation) -> Rule:
    if placing.writes or before.kind not in WRITES:
        return Rule.RISING
    return Rule.OWN_WRITES if placing.operation.client == before.client else Rule.ACKNOWLEDGED
