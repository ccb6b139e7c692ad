"""Organisations: who may call the register, and what they were granted.

Rule: "who may call".
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lrs_soap.domain.codes import Service

if TYPE_CHECKING:
    from lrs_soap.domain.ports import Organisations


class OrganisationStatus(StrEnum):
    """Whether an organisation is in business with the register."""

    ACTIVE = "Active"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A school, college, provider or awarding organisation.

    ukprn: 8 letters or digits; reference: 6 letters or digits; password_hash: never the password itself.
    awarding: whether it is set up to report achievements, which it also has to be granted.
    """

    ukprn: str
    reference: str
    name: str
    status: str = OrganisationStatus.ACTIVE
    password_hash: str
    grants: frozenset[str] = frozenset()
    awarding: bool = False

    @property
    def is_active(self) -> bool:
        """Whether the organisation may call at all."""
        return self.status == OrganisationStatus.ACTIVE

    def may_use(self, service: Service) -> bool:
        """Tell whether the organisation was granted a service."""
        return service.value in self.grants


def find_organisation(organisations: "Organisations", ukprn: str, reference: str) -> Organisation | None:
    """Return the organisation that the identifiers given name: one of them, or both when they name the same."""
    if ukprn:
        found = organisations.by_ukprn(ukprn)
        agrees = found is not None and (not reference or found.reference.upper() == reference.upper())
        return found if agrees else None
    return organisations.by_reference(reference) if reference else None
