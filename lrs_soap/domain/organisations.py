"""Organisations: who may call the register, and what they were granted.

Rule: "who may call".
"""

from dataclasses import dataclass
from enum import StrEnum


class OrganisationStatus(StrEnum):
    """Whether an organisation is in business with the register."""

    ACTIVE = "Active"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A school, college, provider or awarding organisation.

    ukprn: 8 letters or digits; reference: 6 letters or digits; password_hash: never the password itself.
    """

    ukprn: str
    reference: str
    name: str
    status: str = OrganisationStatus.ACTIVE
    password_hash: str
    grants: frozenset[str] = frozenset()
