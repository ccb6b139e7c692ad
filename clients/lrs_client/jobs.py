"""Jobs: what a submission answers, and waiting until the service has done the work."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Protocol, TypeVar

from lrs_client.faults import LrsUnfinishedError

NOT_FINISHED = "WSRC0008"
FINISHED = frozenset({"WSRC0009", "WSRC0010"})
EVERY_SECONDS = 2.0
JOB_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a submission answers; there is a job with WSRC0007 alone."""

    code: str
    job_id: int | None = None


class Job(Protocol):
    """A job as the service tells it. status: Waiting, InProgress, Successful, Failed or Cancelled."""

    @property
    def job_id(self) -> int:
        """The number by which to ask for it."""

    @property
    def code(self) -> str:
        """WSRC0008 until the job is finished."""

    @property
    def status(self) -> str | None:
        """How far the job has come; none when there is no such job."""


Answer = TypeVar("Answer", bound=Job)


def wait_for(
    ask: Callable[[], Answer],
    every: float = EVERY_SECONDS,
    timeout: float = JOB_SECONDS,
    tell: Callable[[Answer], None] | None = None,
) -> Answer:
    """Ask every so many seconds until the answer is no longer WSRC0008, and return it.

    tell: is handed every answer before that. Raises LrsUnfinishedError after `timeout` seconds, or another LrsError;
    the service goes on with the job in either case.
    """
    deadline = monotonic() + timeout
    while (answer := ask()).code == NOT_FINISHED:
        if tell:
            tell(answer)
        left = deadline - monotonic()
        if left <= 0:
            raise LrsUnfinishedError(
                f"Job {answer.job_id} is still {answer.status} after {timeout:g} seconds; the service goes on with it."
            )
        sleep(min(every, left))
    return answer
