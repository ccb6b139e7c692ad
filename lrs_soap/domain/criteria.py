"""What a caller knows of a learner and searches with."""

from dataclasses import dataclass
from datetime import date

from lrs_soap.domain import postcode
from lrs_soap.domain.learner import Detailed


@dataclass(frozen=True, slots=True)
class FindByUln:
    """A ULN and the names it should belong to."""

    uln: str
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class FindByDemographics(Detailed):
    """The five details, and four more that may tell learners apart."""

    family_name: str
    given_name: str
    date_of_birth: date
    gender: str
    last_known_post_code: str
    previous_family_name: str | None = None
    school_at_age_16: str | None = None
    place_of_birth: str | None = None
    email_address: str | None = None

    @property
    def post_code_key(self) -> str:
        """The postcode as it is compared."""
        return postcode.key(self.last_known_post_code)
