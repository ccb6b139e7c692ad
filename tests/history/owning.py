"""Who had which five details, and when: for sure, and at most."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from lrs_soap.domain.codes import ResponseCode
from tests.history.findings import Findings, Rule
from tests.history.index import About, Index
from tests.history.operations import Operation, details_of
from tests.history.versions import Chain

Details = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owning:
    """A learner that had some details: surely between `sure_from` and `sure_to`, and never outside `from_` and `to`."""

    uln: str
    details: Details
    from_: float
    sure_from: float
    sure_to: float
    to: float


Owners = Mapping[Details, Sequence[Owning]]


def ownings(about: About, chain: Chain) -> Iterator[Owning]:
    """Give which details a learner had, one after the other."""
    numbered = enumerate(chain, 1)
    for details, versions in groupby(numbered, key=lambda each: details_of(each[1].values)):
        numbers = [number for number, _ in versions]
        writer = chain[numbers[0] - 1].writer
        after = chain[numbers[-1]].writer if numbers[-1] < len(chain) else None
        readers = [operation for operation, seen in about.shown if seen.version in numbers]
        yield Owning(
            about.uln,
            details,
            writer.began,
            min((_known_end(writer), *(reader.ended for reader in readers))),
            max((after.began if after else math.inf, *(reader.began for reader in readers))),
            _known_end(after) if after else math.inf,
        )


def by_details(all_ownings: Iterator[Owning]) -> Owners:
    """Return them by details."""
    owners: dict[Details, list[Owning]] = defaultdict(list)
    for owning in all_ownings:
        owners[owning.details].append(owning)
    return owners


def check_owners(owners: Owners, index: Index, findings: Findings) -> None:
    """Tell which learners were alike, which refusals had no reason, and which searches missed somebody."""
    for each in owners.values():
        _check_alike(each, findings)
    # Where something is left open, there may have been owners that are not known.
    for refusal in index.refusals if not findings.undecided else ():
        if not _has_reason(refusal, owners):
            findings.breach(Rule.REASON, f"{refusal}: nobody had these details")
    for search in index.searches:
        _check_search(search, owners, findings)


def _check_alike(owners: Sequence[Owning], findings: Findings) -> None:
    latest: Owning | None = None
    for owning in sorted(owners, key=lambda owning: owning.sure_from):
        if latest and owning.sure_from < latest.sure_to and owning.uln != latest.uln:
            findings.breach(Rule.ALIKE, f"{latest.uln} and {owning.uln} at once: {' '.join(owning.details)}")
        latest = owning if latest is None or owning.sure_to > latest.sure_to else latest


def _has_reason(refusal: Operation, owners: Owners) -> bool:
    """Return whether somebody else may have had the details that were refused."""
    return any(
        each.from_ <= refusal.ended and refusal.began <= each.to and each.uln != refusal.uln
        for each in owners.get(refusal.details, ())
    )


def _check_search(search: Operation, owners: Owners, findings: Findings) -> None:
    if search.outcome == ResponseCode.EXACT_MATCH:
        if [details_of(seen.values) for seen in search.seen] != [search.details]:
            findings.breach(Rule.WHOLE, f"{search}: shows other details than those searched for")
    elif search.is_known:
        for each in owners.get(search.details, ()):
            if each.sure_from < search.began and search.ended < each.sure_to:
                findings.breach(Rule.ACKNOWLEDGED, f"{search}: {each.uln} had these details all the time")


def _known_end(operation: Operation) -> float:
    return operation.ended if operation.is_known else math.inf
