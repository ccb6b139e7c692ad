"""A server killed anywhere between taking in a batch and answering: the job is wholly there, or wholly not."""

import http.client
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.schema import audit, job, job_record
from tests import factories
from tests.crash.scenario import AWARDING, LEARNERS, registrations, reports, verifications
from tests.serving import Server, started
from tests.wire import requests
from tests.wire.conftest import fill
from tests.wire.soap import MODEL, post

AO_USER = {"OrgPassword": factories.PASSWORD, "OrganisationRef": AWARDING.reference, "UserName": "ao.user"}
SUBMISSIONS: dict[str, tuple[str, Callable[[], str]]] = {
    "registration": ("LearnerService", lambda: requests.submit_batch(*list(registrations())[:20])),
    "verification": ("LearnerService", lambda: requests.submit_verify_batch(*list(verifications())[:20])),
    "achievements": ("ExternalService", lambda: requests.submit_achievements(*list(reports())[:20], user=AO_USER)),
}
MOST_POINTS = 60


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tmp_path / "plan"


@pytest.fixture
def server(database_url: str, plan: Path) -> Iterator[Server]:
    """A server with one process for requests, which dies as planned, and none for batches."""
    fill(database_url, LEARNERS, organisations=[factories.organisation(), AWARDING])
    command = [sys.executable, "-m", "tests.crash.dying_server", str(plan), "serve", "--workers", "1"]
    with started(
        [*command, "--port", "0", "--no-batch-worker", "--no-control-api", "--database", database_url]
    ) as server:
        yield server


def jobs(url: str) -> dict[int, int]:
    """Return the records of each job, by its number, after checking that each is whole and in the audit trail."""
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        told = {row.job_id: row.record_count for row in connection.execute(select(job))}
        counted = select(job_record.c.job_id, func.count()).group_by(job_record.c.job_id)
        held: dict[int, int] = dict(connection.execute(counted).all())
        entries = connection.execute(select(func.count()).select_from(audit)).scalar_one()
    engine.dispose()
    assert told == held
    assert entries == len(told)
    return held


def answered(server: Server, kind: str) -> int | None:
    """Submit a batch and return its number, or None when the server died over it."""
    service, message = SUBMISSIONS[kind]
    try:
        reply = post(server.address, service, message())
    except (ConnectionError, http.client.HTTPException):
        return None
    (number,) = (element.text for element in reply.body.iter("JobID", f"{{{MODEL}}}JobId"))
    return int(number or 0)


@pytest.mark.parametrize("kind", SUBMISSIONS)
def test_a_job_is_wholly_there_or_wholly_not(
    kind: str, server: Server, plan: Path, database_url: str, record_property: Callable[[str, object], None]
) -> None:
    before: dict[int, int] = {}
    left = 0
    for point in range(1, MOST_POINTS):
        plan.write_text(str(point))
        number = answered(server, kind)
        after = jobs(database_url)
        assert set(after.values()) <= {20}
        assert len(after) - len(before) in ((0, 1) if number is None else (1,))
        if number is not None:
            break
        left += len(after) - len(before)
        before = after
    else:
        raise AssertionError("the server dies at every point")
    assert number in after
    database = database_url.partition(":")[0]
    record_property("counted", f"server on {database}, {kind}: {point - 1} kills, {left} whole jobs nobody was told of")
    # At the last point all was committed, and the answer had still to leave.
    assert left > 0
    assert point > 10
