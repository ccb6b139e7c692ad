"""Updating a learner.

Rules: "update checks", "version number", "former family name", "ability to share cannot be withdrawn to not seen".
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from lrs_soap.domain import linking, names, uln
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.codes import AbilityToShare, ErrorCode, ResponseCode
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import Learners, Stored
from lrs_soap.domain.registration import LearnerToRegister, tier_level

UPDATABLE = frozenset({field.name for field in fields(LearnerToRegister)} | {"telephone_number"})
MANDATORY = frozenset(
    {
        "given_name",
        "family_name",
        "date_of_birth",
        "gender",
        "last_known_post_code",
        "verification_type",
        "ability_to_share",
    }
)
_REFUSALS = {
    Stored.VERSION_CHANGED: ResponseCode.RECORD_CHANGED,
    Stored.DETAILS_TAKEN: ResponseCode.NOT_REGISTERED,
}


@dataclass(frozen=True, slots=True)
class LearnerUpdate:
    """What is to change of a learner, by attribute name of Learner.

    An attribute that is absent stays as it is. None or an empty text clears an optional one; a mandatory one stays.
    version: the VersionNumber that the caller read.
    """

    uln: str
    version: int
    changes: Mapping[str, str | date | None]


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """What an update came to. uln: the record meant, of a linked learner the master; None when there is no such ULN."""

    code: ResponseCode | ErrorCode
    uln: str | None

    @property
    def ulns(self) -> tuple[str, ...]:
        """The ULN of the record meant, for the audit trail."""
        return (self.uln,) if self.uln else ()


def update(wanted: LearnerUpdate, by: Actor, *, learners: Learners, now: datetime) -> UpdateResult:
    """Update a learner or, of a linked one, its master.

    The checks in order: WSEC0136 the ULN is none, WSRC0019 no such ULN, WSRC0013 version differs, WSRC0014 ability to
    share, WSRC0021 another live learner has the five details, WSRC0020 nothing differs; then WSRC0006. Raises
    ValueError for an attribute that is not for callers to change.
    """
    if not uln.is_valid(wanted.uln):
        return UpdateResult(ErrorCode.INVALID_ULN, None)
    record = learners.get(wanted.uln)
    stored = linking.standing_for(record, learners) if record else None
    if stored is None:
        return UpdateResult(ResponseCode.NO_SUCH_ULN, None)
    changed = _changed(stored, wanted.changes)
    refusal = _refusal(stored, changed, wanted.version, learners)
    return UpdateResult(refusal or _store(stored, changed, by, learners, now), stored.uln)


def _refusal(stored: Learner, changed: Learner, version: int, learners: Learners) -> ResponseCode | None:
    if version != stored.version:
        return ResponseCode.RECORD_CHANGED
    if _unsees_the_notice(stored, changed):
        return ResponseCode.SHARING_NOT_CHANGEABLE
    if _repeats_another(stored, changed, learners):
        return ResponseCode.NOT_REGISTERED
    return ResponseCode.NOTHING_TO_UPDATE if changed == stored else None


def _unsees_the_notice(stored: Learner, changed: Learner) -> bool:
    not_seen = AbilityToShare.NOTICE_NOT_SEEN
    return changed.ability_to_share == not_seen and stored.ability_to_share != not_seen


def _repeats_another(stored: Learner, changed: Learner, learners: Learners) -> bool:
    if changed.details == stored.details:
        return False
    return any(other.is_live and other.uln != stored.uln for other in learners.exact(changed.details))


def _store(stored: Learner, changed: Learner, by: Actor, learners: Learners, now: datetime) -> ResponseCode:
    dated = replace(
        changed,
        version=stored.version + 1,
        updated_at=now,
        updated_by=by.organisation,
        updated_via=by.channel,
    )
    return _REFUSALS.get(learners.replace(dated, stored.version), ResponseCode.UPDATED)


def _changed(stored: Learner, changes: Mapping[str, str | date | None]) -> Learner:
    """Return the record as the request wants it, with what follows from it, not yet dated."""
    if unknown := changes.keys() - UPDATABLE:
        msg = f"not for callers to change: {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    values: dict[str, Any] = {name: value or None for name, value in changes.items()}
    effective = {name: value for name, value in values.items() if value is not None or name not in MANDATORY}
    return _with_consequences(stored, replace(stored, **effective), effective)


def _with_consequences(stored: Learner, changed: Learner, effective: Mapping[str, Any]) -> Learner:
    if changed.verification_type != stored.verification_type:
        changed = replace(changed, tier_level=tier_level(changed.verification_type))
    renamed = names.key(changed.family_name) != names.key(stored.family_name)
    if renamed and not effective.get("previous_family_name"):
        changed = replace(changed, previous_family_name=stored.family_name)
    return changed
