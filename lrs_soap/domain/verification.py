"""Verifying that a ULN belongs to a person, and retrieving what ULNs stand for.

Rules: "verification", "failure flags", "retrieving ULNs".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lrs_soap.domain import linking, names
from lrs_soap.domain.codes import ResponseCode, VerificationCode
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.matching import Level
from lrs_soap.domain.ports import Learners

_GIVEN_NAME_FLAGS = ("VRF1", "VRF2", "VRF3")
_FAMILY_NAME_FLAGS = ("VRF4", "VRF5", "VRF6")
_DATE_OF_BIRTH_FLAG = "VRF7"
_GENDER_FLAG = "VRF8"
_CODES = {
    (Level.AGREES, False): VerificationCode.VERIFIED,
    (Level.AGREES, True): VerificationCode.VERIFIED_LINKED,
    (Level.SIMILAR, False): VerificationCode.SIMILAR,
    (Level.SIMILAR, True): VerificationCode.SIMILAR_LINKED,
}
_WORST_FIRST = (Level.DIFFERS, Level.SIMILAR, Level.AGREES)


@dataclass(frozen=True, slots=True)
class LearnerToVerify:
    """A ULN and the identity it should belong to."""

    uln: str
    given_name: str
    family_name: str
    date_of_birth: date | None = None
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification came to. learner: the stored identity, None on WSVRC005 and WSVRC006.

    flags: one per comparison that failed, none on success.
    """

    code: VerificationCode
    learner: Learner | None
    flags: tuple[str, ...]

    @property
    def ulns(self) -> tuple[str, ...]:
        """The ULN whose identity is shown, for the audit trail."""
        return (self.learner.uln,) if self.learner else ()


@dataclass(frozen=True, slots=True)
class RetrievedUln:
    """What a ULN stands for. learner: the live record; master_uln: its ULN when that is another one."""

    uln: str
    master_uln: str | None
    code: ResponseCode
    learner: Learner | None


@dataclass(frozen=True, slots=True)
class _Check:
    level: Level
    flags: tuple[str, ...]


def verify(wanted: LearnerToVerify, learners: Learners) -> Verification:
    """Verify an identity against the record of a ULN; of a linked one, against its master too: the better counts."""
    record = learners.get(wanted.uln)
    master = linking.standing_for(record, learners) if record else None
    if record is None or master is None:
        return Verification(VerificationCode.ULN_NOT_FOUND, None, ())
    check = max((_check(wanted, record), _check(wanted, master)), key=lambda check: _WORST_FIRST.index(check.level))
    code = _CODES.get((check.level, record.is_linked), VerificationCode.NO_MATCH)
    return Verification(code, None if code is VerificationCode.NO_MATCH else master, check.flags)


def retrieve(ulns: Sequence[str], learners: Learners) -> tuple[RetrievedUln, ...]:
    """Return what each ULN stands for, in the order asked: WSRC0004, WSRC0022 for a linked one, otherwise WSRC0001."""
    records = learners.many(ulns)
    return tuple(_retrieved(uln, records.get(uln), learners) for uln in ulns)


def _retrieved(uln: str, record: Learner | None, learners: Learners) -> RetrievedUln:
    master = linking.standing_for(record, learners) if record else None
    if master is None:
        return RetrievedUln(uln, None, ResponseCode.NO_MATCH, None)
    if master.uln == uln:
        return RetrievedUln(uln, None, ResponseCode.EXACT_MATCH, master)
    return RetrievedUln(uln, master.uln, ResponseCode.LINKED_LEARNER, master)


def _check(wanted: LearnerToVerify, record: Learner) -> _Check:
    """Compare all that is given with one record: its level is that of the worst comparison."""
    given, family = _name_level(wanted.given_name, record), _name_level(wanted.family_name, record)
    birth = _value_level(wanted.date_of_birth, record.date_of_birth)
    gender = _value_level(wanted.gender, record.gender)
    compared = (
        (given, _GIVEN_NAME_FLAGS),
        (family, _FAMILY_NAME_FLAGS),
        (birth, (_DATE_OF_BIRTH_FLAG,)),
        (gender, (_GENDER_FLAG,)),
    )
    flags = tuple(flag for level, flags in compared if level is not Level.AGREES for flag in flags)
    return _Check(min((level for level, _ in compared), key=_WORST_FIRST.index), flags)


def _name_level(name: str, record: Learner) -> Level:
    stored = tuple(filter(None, (record.given_name, record.family_name, record.previous_family_name)))
    if any(names.agree(name, other) for other in stored):
        return Level.AGREES
    return Level.SIMILAR if any(names.similar(name, other) for other in stored) else Level.DIFFERS


def _value_level(wanted: date | str | None, stored: date | str) -> Level:
    return Level.AGREES if not wanted or wanted == stored else Level.DIFFERS
