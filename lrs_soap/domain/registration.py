"""Registering a learner: a new record with a ULN of its own.

Rules: "unique details", "find before registering", "tier level".
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lrs_soap.domain import tables, uln
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.codes import ResponseCode
from lrs_soap.domain.learner import Detailed, DetailsKey, Learner
from lrs_soap.domain.ports import AuditTrail, Learners, Stored

_TIER_LEVELS = tables.mapping("tier_levels", "tier_levels")
_LOWEST_TIER = "0"
_MOST_DRAWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerToRegister(Detailed):
    """What is told of a learner who is to be registered. An empty optional text counts as absent."""

    given_name: str
    family_name: str
    date_of_birth: date
    gender: str
    last_known_post_code: str
    verification_type: str
    ability_to_share: str
    title: str | None = None
    middle_other_name: str | None = None
    preferred_given_name: str | None = None
    previous_family_name: str | None = None
    family_name_at_age_16: str | None = None
    school_at_age_16: str | None = None
    last_known_address_line_1: str | None = None
    last_known_address_line_2: str | None = None
    last_known_address_town: str | None = None
    last_known_address_county_or_city: str | None = None
    date_of_address_capture: date | None = None
    place_of_birth: str | None = None
    email_address: str | None = None
    nationality: str | None = None
    scottish_candidate_number: str | None = None
    other_verification_description: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class RegistrationPolicy:
    """Whether an organisation must look for a learner before it registers one.

    find_window: how long a find counts. review_time: how long possible matches must be looked at first.
    """

    requires_find: bool = False
    find_window: timedelta = timedelta(minutes=120)
    review_time: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """WSRC0005 with the new ULN, or WSRC0021 without one."""

    code: ResponseCode
    uln: str | None

    @property
    def ulns(self) -> tuple[str, ...]:
        """The ULN allocated, for the audit trail."""
        return (self.uln,) if self.uln else ()


class NoFreeUln(RuntimeError):  # noqa: N818 - named as the cause, as in uln
    """Every ULN drawn was taken already; the source of randomness is to be looked into."""


def register(
    wanted: LearnerToRegister,
    by: Actor,
    *,
    learners: Learners,
    audit: AuditTrail,
    now: datetime,
    policy: RegistrationPolicy,
    randbelow: Callable[[int], int],
) -> RegisterResult:
    """Register a learner, unless a live one has the same five details or the policy forbids it.

    Raises NoFreeUln when no ULN drawn was free.
    """
    if not _searched_for(wanted.details, by, audit, now, policy):
        return RegisterResult(ResponseCode.NOT_REGISTERED, None)
    return enrol(wanted, by, learners=learners, now=now, randbelow=randbelow)


def enrol(
    wanted: LearnerToRegister, by: Actor, *, learners: Learners, now: datetime, randbelow: Callable[[int], int]
) -> RegisterResult:
    """Register a learner for whom was looked already, unless a live one has the same five details.

    Raises NoFreeUln when no ULN drawn was free.
    """
    for _ in range(_MOST_DRAWS):
        record = _new_record(wanted, uln.draw(randbelow), by, now)
        stored = learners.add(record)
        if stored is Stored.STORED:
            return RegisterResult(ResponseCode.REGISTERED, record.uln)
        if stored is not Stored.ULN_TAKEN:
            return RegisterResult(ResponseCode.NOT_REGISTERED, None)
    raise NoFreeUln


def tier_level(verification_type: str) -> str:
    """Return the tier level that a verification type earns."""
    return _TIER_LEVELS.get(verification_type, _LOWEST_TIER)


def _searched_for(details: DetailsKey, by: Actor, audit: AuditTrail, now: datetime, policy: RegistrationPolicy) -> bool:
    """Return whether the organisation looked for these details as the policy asks. Rule: "find before registering"."""
    if not policy.requires_find:
        return True
    finds = audit.finds(by.organisation, details, now - max(policy.find_window, policy.review_time))
    in_window = any(find.at >= now - policy.find_window for find in finds)
    return in_window and not any(
        find.outcome == ResponseCode.POSSIBLE_MATCHES and now - find.at < policy.review_time for find in finds
    )


def _new_record(wanted: LearnerToRegister, new_uln: str, by: Actor, now: datetime) -> Learner:
    told: dict[str, Any] = {name: value or None for name, value in asdict(wanted).items()}
    return Learner(
        uln=new_uln,
        tier_level=tier_level(wanted.verification_type),
        created_at=now,
        updated_at=now,
        registered_by=by.organisation,
        created_via=by.channel,
        updated_by=by.organisation,
        updated_via=by.channel,
        **told,
    )
