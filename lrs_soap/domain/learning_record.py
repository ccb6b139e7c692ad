"""The Personal Learning Record: the learning events of a learner, who may see them, and who looked.

Rules: "learning record checks", "order of events", "brief events", "sensitive qualifications", "viewing the audit".
"""

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any

from lrs_soap.domain import linking, uln
from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.codes import AbilityToShare, ErrorCode, Operation, ResponseCode, UserType
from lrs_soap.domain.finding import names_level
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.domain.matching import Level
from lrs_soap.domain.ports import AuditTrail, Learners, LearningEvents

__all__ = [
    "AuditPage",
    "LearningEvent",
    "LearningRecordRequest",
    "LearningRecordResult",
    "NotViewable",
    "PlrAuditRequest",
    "learning_record",
    "view_audit",
]

PAGE_SIZE = 20
BRIEF_DETAILS = frozenset(
    {
        "event_id",
        "uln",
        "award_date",
        "credits",
        "source",
        "level",
        "subject",
        "grade",
        "subject_code",
        "provider_ukprn",
        "sensitive",
    }
)


@dataclass(frozen=True, slots=True)
class LearningRecordRequest:
    """Whose record is asked for, on whose behalf, and how much of it.

    brief: leave out all but the event's number, award date, credits, source, level, subject, grade, subject code and
    provider.
    """

    uln: str
    given_name: str
    family_name: str
    date_of_birth: date | None = None
    gender: str | None = None
    user_type: UserType = UserType.ORGANISATION
    brief: bool = False


@dataclass(frozen=True, slots=True)
class LearningRecordResult:
    """What a request for a record came to. found_uln: the live record's, None unless the learner was verified."""

    code: str
    found_uln: str | None
    events: tuple[LearningEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class PlrAuditRequest:
    """Whose record's audit is asked for. page: counts from 1; anything below is the first."""

    uln: str
    given_name: str
    family_name: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of who looked at a record, newest first. total: entries on all pages."""

    page: int
    page_size: int
    page_count: int
    total: int
    entries: tuple[AuditEntry, ...]


class NotViewable(Exception):  # noqa: N818 - named as the cause, as in uln
    """The audit of this record is not shown. code: WSEC0136 or WSEC0208."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.value)
        self.code = code


def learning_record(wanted: LearningRecordRequest, learners: Learners, events: LearningEvents) -> LearningRecordResult:
    """Return the learning events of a learner.

    WSEC0136 when the ULN is none, WSEC0208 when the learner cannot be verified, WSEC0206 when the learner does not
    share (the learner, LNR, always sees the record); otherwise WSRC0004, or WSRC0022 for a linked record.
    """
    if not uln.is_valid(wanted.uln):
        return LearningRecordResult(ErrorCode.INVALID_ULN, None)
    record = learners.get(uln.compact(wanted.uln))
    master = _verified_master(wanted, record, learners)
    if record is None or master is None:
        return LearningRecordResult(ErrorCode.NOT_VERIFIED, None)
    if not _may_see(wanted.user_type, master):
        return LearningRecordResult(ErrorCode.NOT_SHARED, master.uln)
    code = ResponseCode.LINKED_LEARNER if record.is_linked else ResponseCode.EXACT_MATCH
    return LearningRecordResult(code, master.uln, _events_shown(wanted, master, learners, events))


def view_audit(wanted: PlrAuditRequest, learners: Learners, audit: AuditTrail) -> AuditPage:
    """Return one page of who looked at a learner's record.

    Raises NotViewable with WSEC0136 when the ULN is none, with WSEC0208 when the learner cannot be verified.
    """
    if not uln.is_valid(wanted.uln):
        raise NotViewable(ErrorCode.INVALID_ULN)
    record = learners.get(uln.compact(wanted.uln))
    identity = LearningRecordRequest(wanted.uln, wanted.given_name, wanted.family_name)
    master = _verified_master(identity, record, learners)
    if master is None:
        raise NotViewable(ErrorCode.NOT_VERIFIED)
    return _page_of_views(max(wanted.page, 1), linking.ulns_of_person(master, learners), audit)


def in_brief(event: LearningEvent) -> LearningEvent:
    """Return an event with no more than what brief events show. Rule: "brief events"."""
    shown: dict[str, Any] = {field.name: None for field in fields(event) if field.default is not MISSING}
    return LearningEvent(**shown | {name: getattr(event, name) for name in BRIEF_DETAILS})


def _page_of_views(page: int, ulns: Sequence[str], audit: AuditTrail) -> AuditPage:
    total, entries = audit.views(ulns, Operation.GET_LEARNING_EVENTS, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    return AuditPage(page, PAGE_SIZE, -(-total // PAGE_SIZE), total, tuple(entries))


def _verified_master(wanted: LearningRecordRequest, record: Learner | None, learners: Learners) -> Learner | None:
    """Return the live record when all that is given agrees with the record asked for or with the live one."""
    master = linking.standing_for(record, learners) if record else None
    if record is None or master is None:
        return None
    return master if any(_is_same_person(wanted, known) for known in (record, master)) else None


def _is_same_person(wanted: LearningRecordRequest, known: Learner) -> bool:
    return (
        names_level(wanted.given_name, wanted.family_name, known) is Level.AGREES
        and (not wanted.date_of_birth or wanted.date_of_birth == known.date_of_birth)
        and (not wanted.gender or wanted.gender == known.gender)
    )


def _may_see(user_type: UserType, master: Learner) -> bool:
    return user_type == UserType.LEARNER or master.ability_to_share == AbilityToShare.SEEN_AND_SHARES


def _events_shown(
    wanted: LearningRecordRequest, master: Learner, learners: Learners, events: LearningEvents
) -> tuple[LearningEvent, ...]:
    every = events.of(linking.ulns_of_person(master, learners))
    shown = [event for event in every if wanted.user_type == UserType.LEARNER or not event.sensitive]
    return tuple(in_brief(event) if wanted.brief else event for event in shown)
