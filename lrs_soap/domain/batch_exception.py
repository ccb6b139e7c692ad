"""One record of a registration batch that a person has to deal with."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lrs_soap.domain.jobs import Values


class ExceptionStatus(StrEnum):
    """Whether somebody still has to deal with an exception."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Resolution(StrEnum):
    """How an exception ended."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REGISTERED = "registered"
    DISCARDED = "discarded"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchException:
    """A record with one of the return codes RC006 to RC013.

    exception_id: 0 until it is stored. organisation: UKPRN. values: the record's, as corrected since. candidates: ULNs
    of learners that it may be. reason: why, in words. uln: what it came to. ended_by: the user who ended it.
    """

    exception_id: int = 0
    job_id: int
    position: int
    organisation: str
    submitted_at: datetime
    code: str
    values: Values
    candidates: tuple[str, ...] = ()
    reason: str | None = None
    status: ExceptionStatus = ExceptionStatus.OPEN
    resolution: Resolution | None = None
    uln: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to deal with it."""
        return self.status is ExceptionStatus.OPEN
