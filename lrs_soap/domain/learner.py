"""The learner: one record of the register, and the five details that tell learners apart.

Rules: "unique details", "names and postcodes are compared as normalised".
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from lrs_soap.domain import names, postcode
from lrs_soap.domain.codes import Channel, LearnerStatus


@dataclass(frozen=True, slots=True)
class DetailsKey:
    """The five details as they are compared; no two live learners share them all."""

    family_key: str
    given_key: str
    date_of_birth: date
    gender: str
    post_code_key: str


def details_key(family_name: str, given_name: str, date_of_birth: date, gender: str, post_code: str) -> DetailsKey:
    """Return the five details as they are compared."""
    return DetailsKey(names.key(family_name), names.key(given_name), date_of_birth, gender, postcode.key(post_code))


class Detailed:
    """Whatever states the five details of a learner: a record, a find, a registration."""

    __slots__ = ()

    family_name: str
    given_name: str
    date_of_birth: date
    gender: str
    last_known_post_code: str

    @property
    def details(self) -> DetailsKey:
        """The five details as they are compared."""
        return details_key(
            self.family_name, self.given_name, self.date_of_birth, self.gender, self.last_known_post_code
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner(Detailed):
    """One record of the register. Text that is absent is None, never an empty string.

    registered_by, updated_by: UKPRN of the organisation. master_uln: of a linked record, the record that stands for it.
    linked_ulns: of a master, the records it stands for, ascending.
    """

    uln: str
    version: int = 1
    status: str = LearnerStatus.LIVE
    given_name: str
    family_name: str
    date_of_birth: date
    gender: str
    last_known_post_code: str
    verification_type: str = "0"
    ability_to_share: str = "0"
    tier_level: str = "0"
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
    telephone_number: str | None = None
    nationality: str | None = None
    scottish_candidate_number: str | None = None
    other_verification_description: str | None = None
    notes: str | None = None
    master_uln: str | None = None
    created_at: datetime
    updated_at: datetime
    registered_by: str | None = None
    created_via: str = Channel.WEB_SERVICES
    updated_by: str | None = None
    updated_via: str = Channel.WEB_SERVICES
    linked_ulns: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether the record stands for a learner by itself."""
        return self.status == LearnerStatus.LIVE

    @property
    def is_linked(self) -> bool:
        """Whether another record, the master, stands for this learner."""
        return self.status == LearnerStatus.LINKED

    @property
    def is_deleted(self) -> bool:
        """Whether the record is kept only so that its ULN is never issued again."""
        return self.status == LearnerStatus.DELETED


class Identity(NamedTuple):
    """What learners are compared by, of a record that is live or linked; the fields are those of `Learner`.

    A search compares up to fifty learners for each of its ways, and shows ten at most: only those are fetched whole.
    """

    uln: str
    status: str
    master_uln: str | None
    given_name: str
    family_name: str
    date_of_birth: date
    gender: str
    last_known_post_code: str
    preferred_given_name: str | None = None
    middle_other_name: str | None = None
    previous_family_name: str | None = None
    family_name_at_age_16: str | None = None
    place_of_birth: str | None = None
    school_at_age_16: str | None = None
    email_address: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether the record stands for a learner by itself."""
        return self.status == LearnerStatus.LIVE
