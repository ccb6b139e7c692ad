"""A server killed anywhere between taking a request in and answering: what it wrote is wholly there, or wholly not.

The client is a real one, and what it was answered counts: that is never missing afterwards.
"""

import http.client
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from lrs_soap.domain.codes import ResponseCode
from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.schema import job_record
from tests import factories
from tests.crash.checking import Snapshot, damage, snapshot
from tests.crash.dying import DIED, SURVIVED
from tests.crash.scenario import AWARDING, LEARNERS, registrations, reports, verifications
from tests.serving import Server, started, started_server
from tests.wire import requests
from tests.wire.conftest import fill
from tests.wire.soap import MODEL, Reply, post

AO_USER = {"OrgPassword": factories.PASSWORD, "OrganisationRef": AWARDING.reference, "UserName": "ao.user"}
SUBMISSIONS: dict[str, tuple[str, Callable[[], str]]] = {
    "registration": ("LearnerService", lambda: requests.submit_batch(*list(registrations())[:20])),
    "verification": ("LearnerService", lambda: requests.submit_verify_batch(*list(verifications())[:20])),
    "achievements": ("ExternalService", lambda: requests.submit_achievements(*list(reports())[:20], user=AO_USER)),
}
MOST_POINTS = 60
FEWEST_KILLS = 10
FATE_SECONDS = 60
KNOWN = LEARNERS[0]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tmp_path / "plan"


@pytest.fixture
def server(database_url: str, plan: Path) -> Iterator[Server]:
    """A server with one process for requests, which dies as planned, and none for batches."""
    fill(database_url, LEARNERS, organisations=[factories.organisation(), AWARDING])
    command = [sys.executable, "-m", "tests.crash.dying", str(plan), "serve", "--workers", "1"]
    with started(
        [*command, "--port", "0", "--no-batch-worker", "--no-control-api", "--database", database_url]
    ) as server:
        yield server


def answered(server: Server, service: str, message: str) -> Reply | None:
    """Send a message and return its answer, or None when the server died over it."""
    try:
        return post(server.address, service, message)
    except (ConnectionError, http.client.HTTPException):
        return None


def killed(plan: Path) -> bool:
    """Wait until a request has come to its end, whichever, and return whether its process was killed."""
    ends = {plan.with_suffix(DIED): True, plan.with_suffix(SURVIVED): False}
    deadline = time.monotonic() + FATE_SECONDS
    while not (come := [end for end in ends if end.exists()]):
        assert time.monotonic() < deadline, "the request has no end"
        time.sleep(0.01)
    (end,) = come
    end.unlink()
    return ends[end]


def points(plan: Path) -> Iterator[int]:
    """Plan a kill at each point, one after the other."""
    for point in range(1, MOST_POINTS):
        plan.write_text(str(point))
        yield point
    raise AssertionError("the server dies at every point")


def jobs(url: str) -> dict[int, int]:
    """Return the records of each job, by its number, after checking that each is whole and in the audit trail."""
    held = snapshot(url)
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        counted = select(job_record.c.job_id, func.count()).group_by(job_record.c.job_id)
        records: dict[int, int] = dict(connection.execute(counted).all())
    engine.dispose()
    assert {row[0]: row[3] for row in held.jobs} == records
    assert len(held.audit) == len(records)
    return records


@pytest.mark.parametrize("kind", SUBMISSIONS)
def test_a_job_is_wholly_there_or_wholly_not(
    kind: str, server: Server, plan: Path, database_url: str, record_property: Callable[[str, object], None]
) -> None:
    service, message = SUBMISSIONS[kind]
    before: dict[int, int] = {}
    left = kills = 0
    for _point in points(plan):
        reply = answered(server, service, message())
        died = killed(plan)
        after = jobs(database_url)
        assert set(after.values()) <= {20}
        assert len(after) - len(before) in ((0, 1) if reply is None else (1,))
        if reply is not None:
            (number,) = (element.text for element in reply.body.iter("JobID", f"{{{MODEL}}}JobId"))
            assert int(number or 0) in after.keys() - before.keys()
        if not died:
            break
        kills += 1
        left += len(after) - len(before)
        before = after
    assert reply is not None
    database = database_url.partition(":")[0]
    record_property("counted", f"server on {database}, {kind}: {kills} kills, {left} whole jobs they left")
    # At the last points all was committed, and the answer had still to leave.
    assert left > 0
    assert kills >= FEWEST_KILLS


@dataclass
class Registering:
    """Registers somebody new at each point."""

    operation = "registerSingleLearner"
    service = "LearnerService"
    code = ResponseCode.REGISTERED
    # Whoever sends it again has the five details of somebody who is in the register.
    again = ResponseCode.NOT_REGISTERED
    told: dict[str, str] = field(default_factory=dict)
    name = ""

    def message(self, point: int, _before: Snapshot) -> str:
        """Return the message to be sent at a point."""
        self.name = f"Family{'abcdefghij'[point // 10]}{'klmnopqrst'[point % 10]}"
        return requests.register(FamilyName=self.name)

    def change(self, _before: Snapshot) -> tuple[str, list[Any], list[Any]]:
        """Return whom it is about, and their rows before and afterwards."""
        who = f"Maeve {self.name}"
        return who, [], [(who, 1, None, "LS2 9AB", None, None)]

    def note(self, reply: Reply) -> None:
        """Keep the ULN of an acknowledged registration."""
        uln = reply.find("ULN")
        assert uln is not None
        assert uln not in self.told
        self.told[uln] = self.name

    def check(self, address: str) -> None:
        """Find everybody whose registration was acknowledged, at a server started afresh."""
        assert self.told
        for uln, name in self.told.items():
            reply = post(address, "LearnerService", requests.by_uln(uln, family_name=name))
            assert reply.code == ResponseCode.EXACT_MATCH
            assert reply.find("Learner/FamilyName") == name


@dataclass
class Updating:
    """Changes the same learner's family name at each point, at the version that is there."""

    operation = "updateSingleLearner"
    service = "LearnerService"
    code = ResponseCode.UPDATED
    # Whoever sends it again has read a version that is there no longer.
    again = ResponseCode.RECORD_CHANGED
    last: tuple[Any, ...] = ()

    def message(self, point: int, before: Snapshot) -> str:
        """Return the message to be sent at a point."""
        old = self.row(before)
        self.last = self.changed(point, old)
        return self.request(old[1], self.last)

    def row(self, held: Snapshot) -> tuple[Any, ...]:
        """Return the learner's row."""
        (row,) = (row for row in held.learners if row[0].startswith(f"{KNOWN.given_name} "))
        return row

    def changed(self, point: int, old: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the learner's row after the request of a point."""
        name = f"Family{'abcdefghij'[point // 10]}{'klmnopqrst'[point % 10]}"
        former = old[0].removeprefix(f"{KNOWN.given_name} ")
        return (f"{KNOWN.given_name} {name}", old[1] + 1, former, *old[3:])

    def request(self, version: int, new: tuple[Any, ...]) -> str:
        """Return the message that changes the learner, read at a version."""
        return requests.update(
            KNOWN.uln,
            version,
            GivenName=KNOWN.given_name,
            FamilyName=new[0].removeprefix(f"{KNOWN.given_name} "),
            DateOfBirth=KNOWN.date_of_birth.isoformat(),
            Gender=KNOWN.gender,
            LastKnownPostCode=KNOWN.last_known_post_code,
        )

    def change(self, before: Snapshot) -> tuple[str, list[Any], list[Any]]:
        """Return whom it is about, and their rows before and afterwards."""
        return self.last[0], [self.row(before)], [self.last]

    def note(self, reply: Reply) -> None:
        """Nothing is told beyond the code."""

    def check(self, address: str) -> None:
        """Find the learner as last changed, at a server started afresh."""
        family = self.last[0].removeprefix(f"{KNOWN.given_name} ")
        reply = post(address, "LearnerService", requests.by_uln(KNOWN.uln, KNOWN.given_name, family))
        found = [reply.find(f"Learner/{name}") for name in ("VersionNumber", "FamilyName", "EmailAddress")]
        assert found == [str(self.last[1]), family, self.last[4]]


class UpdatingSubset(Updating):
    """Changes the same learner's e-mail address at each point, at the version that is there."""

    operation = "UpdateLearnerSubsetFields"
    service = "LearnerServiceR9"

    def changed(self, point: int, old: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the learner's row after the request of a point."""
        return (old[0], old[1] + 1, *old[2:4], f"at.{point}@example.org", old[5])

    def request(self, version: int, new: tuple[Any, ...]) -> str:
        """Return the message that changes the learner, read at a version."""
        return requests.update_subset(KNOWN.uln, version, emailAddress=new[4])


Write = Registering | Updating


def made(write: Write, before: Snapshot, after: Snapshot) -> bool:
    """Return whether a write has been made, after checking that it has been wholly, or wholly not."""
    changes = after.changes(before)
    if not changes:
        return False
    _who, gone, come = write.change(before)
    assert changes["learners"] == (Counter(gone), Counter(come))
    _none, entries = changes["audit"]
    assert [row[:2] for row in entries.elements()] == [(write.operation, str(write.code))]
    return True


@pytest.mark.parametrize("kind", [Registering, Updating, UpdatingSubset], ids=lambda kind: kind.operation)
def test_a_write_is_wholly_there_or_wholly_not(
    kind: type[Write], server: Server, plan: Path, database_url: str, record_property: Callable[[str, object], None]
) -> None:
    write = kind()
    unanswered = acknowledged = 0
    for point in points(plan):
        before = snapshot(database_url)
        message = write.message(point, before)
        reply = answered(server, write.service, message)
        died = killed(plan)
        there = made(write, before, snapshot(database_url))
        assert damage(database_url) == []
        if reply is not None:
            assert (reply.code, there) == (write.code, True)
            write.note(reply)
        if not died:
            break
        unanswered += there and reply is None
        acknowledged += reply is not None
        # The process that took its place knows what became of it.
        again = answered(server, write.service, message)
        assert again is not None
        assert again.code == (write.again if there else write.code)
        if not there:
            write.note(again)
        assert damage(database_url) == []
    assert reply is not None
    with started_server(database_url, "--no-batch-worker") as fresh:
        write.check(fresh.address)
    record_property(
        "counted",
        f"server on {database_url.partition(':')[0]}, {write.operation}: {point - 1} kills, {unanswered} whole writes "
        f"nobody was told of, {acknowledged} acknowledged and kept",
    )
    # Between commit and answer, and once the answer had left.
    assert unanswered > 0
    assert acknowledged > 0
    assert point > FEWEST_KILLS
