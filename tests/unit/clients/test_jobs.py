"""Waiting for jobs: as long as wanted, and no longer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lrs_client import jobs
from lrs_client.faults import LrsUnfinishedError
from lrs_client.get_achievement_job import wait_for_achievement_job
from lrs_client.get_batch_output import wait_for_batch
from lrs_client.get_verify_batch_output import wait_for_verify_batch
from tests.unit.clients.published import (
    Published,
    achievement_answer,
    batch_output,
    connected,
    elements,
    verify_output,
)


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(jobs, "monotonic", clock.monotonic)
    monkeypatch.setattr(jobs, "sleep", clock.sleep)
    return clock


def job_status(status: str) -> str:
    return elements({"JobStatus": status} if status else {})


WAITS: list[tuple[Callable[..., Any], Callable[[str, str], str]]] = [
    (wait_for_batch, lambda code, status: batch_output(code, job_status(status))),
    (wait_for_verify_batch, lambda code, status: verify_output(code, job_status(status))),
    (
        wait_for_achievement_job,
        lambda code, status: achievement_answer(
            "GetAchievementBatchJob", {"ResponseCode": code} | ({"Status": status} if status else {})
        ),
    ),
]


@pytest.mark.parametrize(("wait", "answer"), WAITS)
@pytest.mark.parametrize(("code", "status"), [("WSRC0009", "Successful"), ("WSRC0010", "Failed")])
def test_a_job_is_waited_for(clock: Clock, wait: Any, answer: Any, code: str, status: str) -> None:
    published = Published(answer("WSRC0008", "Waiting"), answer("WSRC0008", "InProgress"), answer(code, status))
    told: list[Any] = []
    with connected(published) as connection:
        found = wait(connection, 12, every=3, timeout=60, tell=told.append)
    assert (found.job_id, found.code, found.status) == (12, code, status)
    assert [each.status for each in told] == ["Waiting", "InProgress"]
    assert clock.now == 6


@pytest.mark.parametrize(("wait", "answer"), WAITS)
def test_a_job_is_not_waited_for_longer_than_wanted(clock: Clock, wait: Any, answer: Any) -> None:
    published = Published(*[answer("WSRC0008", "InProgress")] * 3)
    with connected(published) as connection, pytest.raises(LrsUnfinishedError) as caught:
        wait(connection, 12, 3, 4.5)
    assert str(caught.value) == "Job 12 is still InProgress after 4.5 seconds; the service goes on with it."
    assert clock.now == 4.5


@pytest.mark.parametrize(("wait", "answer"), WAITS)
def test_a_job_that_is_not_there_is_not_waited_for(clock: Clock, wait: Any, answer: Any) -> None:
    with connected(Published(answer("WSRC0018", ""))) as connection:
        found = wait(connection, 12)
    assert (found.code, found.status, clock.now) == ("WSRC0018", None, 0)
