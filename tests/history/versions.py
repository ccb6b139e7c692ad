"""The versions of one learner, told from all that clients wrote and saw: who wrote which, and how each looks.

An update carries the version it is based on, so the order of the writes is known, and a history is linearizable exactly
if every answer can be given a place in that order which agrees with real time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lrs_soap.domain.codes import ResponseCode
from tests.history.findings import Findings, Rule
from tests.history.index import About, Index, by_version
from tests.history.operations import TAG, Operation, Seen, Values


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a learner: who wrote it, and what it says."""

    writer: Operation
    values: Values


Chain = Sequence[Version]


class UndecidedError(Exception):
    """Of several updates any may have written a version."""


def chain_of(about: About, index: Index, findings: Findings) -> Chain:
    """Return the versions of a learner from the first on, none when they are not known; tell what cannot be."""
    origin = _origin(about, index, findings)
    try:
        return _chain(about, origin, findings) if origin else ()
    except UndecidedError as undecided:
        findings.doubt(f"ULN {about.uln}: {undecided}")
        return ()


def _chain(about: About, origin: Operation, findings: Findings) -> Chain:
    chain = [Version(origin, origin.values)]
    based = by_version(about.updates)
    while (writer := _writer(about, based.get(len(chain), []), len(chain) + 1, findings)) is not None:
        chain.append(Version(writer, {**chain[-1].values, **writer.values}))
    _check_ends(about, len(chain), findings)
    _check_shown(about, chain, findings)
    return chain


def _origin(about: About, index: Index, findings: Findings) -> Operation | None:
    """Return the registration that made a learner."""
    if len(about.registrations) > 1:
        findings.breach(Rule.ULN_ONCE, f"ULN {about.uln}: {_list(about.registrations)}")
    if about.registrations:
        return about.registrations[0]
    tags = {seen.values.get(TAG, "") for _, seen in about.shown if seen.version == 1}
    found = [index.unknown[tag] for tag in tags if tag in index.unknown]
    if len(found) == 1:
        return found[0]
    if about.shown and not tags:
        findings.doubt(f"ULN {about.uln}: its first version was never seen, nor its registration acknowledged")
    elif about.shown:
        findings.breach(Rule.WHOLE, f"ULN {about.uln}: nobody registered what {about.shown[0][0]} shows")
    return None


def _writer(about: About, based: Sequence[Operation], version: int, findings: Findings) -> Operation | None:
    """Return who wrote a version, among the updates that are based on the one before; None when nobody did."""
    acknowledged = [update for update in based if update.outcome == ResponseCode.UPDATED]
    if len(acknowledged) > 1:
        findings.breach(Rule.ACKNOWLEDGED, f"ULN {about.uln} at version {version}: {_list(acknowledged)}")
    if acknowledged:
        return acknowledged[0]
    possible = [update for update in based if not update.is_known]
    tags = {seen.values.get(TAG) for _, seen in about.shown if seen.version == version}
    found = [update for update in possible if update.values[TAG] in tags]
    if found or tags or not possible or _last_seen(about) < version:
        return found[0] if found else None
    if len(possible) > 1:
        raise UndecidedError(f"version {version} comes from one of {_list(possible)}")
    return possible[0]


def _last_seen(about: About) -> int:
    """Return the newest version known to have been: seen, or written by an update that was acknowledged."""
    seen = (seen.version for _, seen in about.shown)
    written = (update.version + 1 for update in about.updates if update.version and _took_effect(update))
    return max((*seen, *written), default=0)


def _took_effect(update: Operation) -> bool:
    return update.outcome == ResponseCode.UPDATED


def _check_ends(about: About, last: int, findings: Findings) -> None:
    for update in about.updates:
        if _took_effect(update) and (update.version or 0) > last:
            findings.breach(Rule.ACKNOWLEDGED, f"{update}: nobody wrote the version it is based on")


def _check_shown(about: About, chain: Chain, findings: Findings) -> None:
    for operation, seen in about.shown:
        if seen.version > len(chain):
            findings.breach(Rule.WHOLE, f"{operation}: nobody wrote version {seen.version} of {seen.uln}")
        elif seen.values != chain[seen.version - 1].values:
            _tell_difference(operation, seen, chain[seen.version - 1], findings)


def _tell_difference(operation: Operation, seen: Seen, version: Version, findings: Findings) -> None:
    names = sorted(name for name in seen.values.keys() | version.values.keys() if _differ(name, seen, version))
    told = ", ".join(f"{name} {seen.values.get(name)!r} instead of {version.values.get(name)!r}" for name in names)
    findings.breach(Rule.WHOLE, f"{operation}: {seen.uln} at version {seen.version} has {told}")


def _differ(name: str, seen: Seen, version: Version) -> bool:
    return seen.values.get(name) != version.values.get(name)


def _list(operations: Sequence[Operation]) -> str:
    return "; ".join(map(str, operations))
