"""Batches: how far they are, and working them off at once."""

from datetime import datetime

from pydantic import BaseModel, Field

from lrs_soap.domain.jobs import JobKind, JobStatus, Source
from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.routes import OfWorld, Resource

jobs = Resource("jobs", "Batches of a world, which are worked off in the background, or when it is said.")


class JobShown(BaseModel, from_attributes=True):
    """A batch as it stands."""

    job_id: int = Field(description="Its number in the world.")
    kind: JobKind = Field(description="What is in it.")
    status: JobStatus = Field(description="How far it is.")
    organisation: str = Field(description="UKPRN.")
    user_name: str = Field(description="Who handed it in.")
    mode: str = Field(description="FUL or CHK of registrations, Final or Provisional of achievements, else empty.")
    source: Source = Field(description="How it was handed in.")
    file_name: str | None = Field(description="Of a batch file.")
    record_count: int = Field(description="How many records it holds.")
    done: int = Field(description="How many of them have been dealt with.")
    submitted_at: datetime = Field(description="By the world's clock.")
    started_at: datetime | None = Field(description="By the world's clock.")
    finished_at: datetime | None = Field(description="By the world's clock.")
    reason: str | None = Field(description="Why it failed.")


class JobsShown(BaseModel):
    """The newest batches, newest first; waiting: how many of all are not finished."""

    jobs: list[JobShown] = Field(description="The newest hundred.")
    waiting: int = Field(description="How many of all are not finished.")


class JobsWorked(BaseModel):
    """How many batches were worked on."""

    jobs: int = Field(description="How many were worked on.")


@jobs.endpoint("GET", "/jobs")
def list_jobs(deps: ApiDeps, query: OfWorld) -> JobsShown:
    """List the newest hundred batches of a world."""
    with deps.worlds.get(query.world).store.reading() as work:
        return JobsShown(jobs=[JobShown.model_validate(job) for job in work.jobs.of(None)], waiting=work.jobs.waiting())


@jobs.endpoint("POST", "/jobs/work")
def work_off(deps: ApiDeps, query: OfWorld) -> JobsWorked:
    """Work off the batches that wait, before this is answered; what somebody else is working on is left to them."""
    return JobsWorked(jobs=deps.work(deps.worlds.get(query.world)))
