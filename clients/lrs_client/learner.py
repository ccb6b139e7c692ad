"""A learner as LearnerService tells it, and as it takes one to register."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from lrs_client.wire import given, read


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerToRegister:
    """What a registration may say. gender, verification_type and ability_to_share are codes, see `meanings`."""

    given_name: str
    family_name: str
    date_of_birth: date
    gender: str
    last_known_post_code: str
    verification_type: str = "0"
    ability_to_share: str = "0"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner(LearnerToRegister):
    """A learner of the register, all 32 fields. What the register does not know is None.

    master_substituted: Y when this is the master of the learner that was asked for. linked_ulns: the ULNs this master
    stands for. version_number: to be sent back with an update.
    """

    uln: str
    created_date: date | None = None
    last_updated_date: date | None = None
    master_substituted: str | None = None
    tier_level: str | None = None
    learner_status: str | None = None
    linked_ulns: tuple[str, ...] = ()
    version_number: int


def read_learner(source: Any) -> Learner:
    """Make a learner of what Zeep read."""
    values = given(source)
    linked = tuple((values.get("LinkedULNs") or {}).get("ULN") or ())
    return read(Learner, values, linked_ulns=linked)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAnswer:
    """What a find answers: a code, such as WSRC0004, and the learners found, best first."""

    code: str
    learners: tuple[Learner, ...] = ()


def read_find(source: Any) -> FindAnswer:
    """Make the answer of a find of what Zeep read."""
    return FindAnswer(code=source.ResponseCode, learners=tuple(map(read_learner, source.Learner or ())))
