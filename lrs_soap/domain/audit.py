"""The audit trail: who did what with which learner, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime

from lrs_soap.domain.learner import DetailsKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit trail.

    criteria: what was asked for, by wire element name. ulns: those returned, registered or updated.
    details: the five details searched for, when the operation was a find by demographics.
    """

    at: datetime
    organisation: str
    user_name: str
    operation: str
    outcome: str
    ulns: tuple[str, ...] = ()
    criteria: dict[str, str] = field(default_factory=dict)
    details: DetailsKey | None = None


@dataclass(frozen=True, slots=True)
class RecentFind:
    """A find by demographics that an organisation made: when, and what came of it."""

    at: datetime
    outcome: str
