"""Jobs: work that an organisation hands in as a whole, and that is done record by record in the background.

Rules: "jobs", "job status", "results keep the order of submission".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lrs_soap.domain.actor import Actor

Values = Mapping[str, str]
"""What a record says, by the contract's element name; absent and empty elements are left out."""


class JobKind(StrEnum):
    """What the records of a job are for."""

    REGISTRATION = "registration"
    VERIFICATION = "verification"
    ACHIEVEMENTS = "achievements"


class JobStatus(StrEnum):
    """How far a job has come, as the contract names it."""

    WAITING = "Waiting"
    IN_PROGRESS = "InProgress"
    SUCCESSFUL = "Successful"
    FAILED = "Failed"
    CANCELLED = "Cancelled"


class Source(StrEnum):
    """How a job came in; some rules differ by it."""

    WEB_SERVICE = "web service"
    FILE = "file"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What is handed in along with the records.

    mode: FUL or CHK of a registration batch, Final or Provisional of achievements, empty of a verification batch.
    """

    kind: JobKind
    by: Actor
    at: datetime
    mode: str = ""
    source: Source = Source.WEB_SERVICE
    file_name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one record came to.

    code: a ReturnCode, a VerificationCode, or the outcome of an achievement. uln: the one that the record came to.
    facts: what else an answer tells, as JSON can hold it: `candidates` and `reason` of an exception, the stored
    identity and `FailureFlag` of a verification, `errors` of an achievement.
    """

    code: str
    uln: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One record of a job. position: counts from 1. result: None until it has been dealt with."""

    position: int
    values: Values
    result: Result | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands. organisation: UKPRN. reason: why it failed."""

    job_id: int
    kind: JobKind
    status: JobStatus
    organisation: str
    user_name: str
    mode: str
    source: Source
    file_name: str | None
    email: str | None
    record_count: int
    done: int
    submitted_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    reason: str | None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self.status not in (JobStatus.WAITING, JobStatus.IN_PROGRESS)
