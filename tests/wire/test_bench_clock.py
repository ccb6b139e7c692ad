"""A world's clock over the wire, with several workers: the service tells and reckons with its moments alone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from lrs_client.connection import Connection
from lrs_client.faults import LrsFault
from lrs_client.get_batch_output import BatchOutput, wait_for_batch
from lrs_client.get_learning_events import get_learning_events
from lrs_client.learner import LearnerToRegister
from lrs_client.learner_by_demographics import learner_by_demographics
from lrs_client.learner_by_uln import learner_by_uln
from lrs_client.register_learner import register_learner
from lrs_client.submit_batch import BatchLearner, submit_batch
from lrs_client.update_learner import update_learner
from lrs_client.view_audit import view_audit
from lrs_soap.cli import main
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.testing import RunningServer, World
from tests.wire.bench import AMELIA, WORKERS, connected, each_worker, said, served_bench

WEDNESDAY = datetime(2031, 3, 5, 12, tzinfo=SERVICE_ZONE)
FIND_MINUTES = 30
REVIEW_SECONDS = 20
SETTINGS = {
    "LRS_SOAP_OPERATING_HOURS": "Mon-Fri 07:00-19:00",
    "LRS_SOAP_REGISTER_REQUIRES_FIND": "true",
    "LRS_SOAP_FIND_WINDOW": str(FIND_MINUTES),
    "LRS_SOAP_REVIEW_TIME": str(REVIEW_SECONDS),
    "LRS_SOAP_READ_AUDIT_DELAY": "0",
    "LRS_SOAP_BATCH_POLL": "0.05",
}
TEGAN: dict[str, Any] = {
    "given_name": "Tegan",
    "family_name": "Abernathy",
    "date_of_birth": date(2015, 5, 6),
    "gender": "2",
    "last_known_post_code": "AB1 2DE",
}
IDRIS: dict[str, Any] = {
    "given_name": "Idris",
    "family_name": "Pryce",
    "date_of_birth": date(2014, 12, 1),
    "gender": "1",
    "last_known_post_code": "ZE1 0AA",
}
SHARES = {"verification_type": "1", "ability_to_share": "1"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('register') / 'register.db'}"


@pytest.fixture(scope="module")
def bench(database: str) -> Iterator[RunningServer]:
    with served_bench(env=SETTINGS, database=database) as bench:
        yield bench


@pytest.fixture
def world(bench: RunningServer) -> Iterator[World]:
    with bench.world() as world:
        world.clock.freeze(WEDNESDAY)
        yield world


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    with connected(world) as connection:
        yield connection


def local(moment: datetime) -> datetime:
    """Return a moment as the service writes it: by the clock on the wall, in whole seconds."""
    return moment.astimezone(SERVICE_ZONE).replace(tzinfo=None, microsecond=0)


def looked_for(connection: Connection, details: dict[str, Any]) -> str:
    return said(learner_by_demographics(connection, **details))


def registered(connection: Connection, details: dict[str, Any]) -> str:
    return said(register_learner(connection, LearnerToRegister(**details)))


def raised_at(connection: Connection) -> datetime:
    """Return the moment of a refusal, whatever its reason."""
    with pytest.raises(LrsFault) as caught:
        learner_by_uln(connection, uln="1234567890", given_name="Ada", family_name="Quill")
    moment = caught.value.raised_at
    assert moment is not None
    return moment


def finished(connection: Connection, *learners: BatchLearner) -> BatchOutput:
    """Return the output of a batch that was submitted and waited for."""
    job = submit_batch(connection, learners).job_id
    assert job is not None
    return wait_for_batch(connection, job, every=0.05)


def test_dates_of_learners_are_those_of_the_clock(bench: RunningServer, world: World, connection: Connection) -> None:
    assert looked_for(connection, TEGAN) == "WSRC0001"
    uln = register_learner(connection, LearnerToRegister(**TEGAN)).uln
    assert uln is not None

    def found() -> Any:
        (learner,) = learner_by_uln(connection, uln=uln, given_name="Tegan", family_name="Abernathy").learners
        return learner

    for learner in each_worker(bench.url, found):
        assert (learner.created_date, learner.last_updated_date) == (WEDNESDAY.date(), WEDNESDAY.date())
    later = world.clock.advance(days=2).now
    assert update_learner(connection, found(), {"notes": "Moved"}).code == "WSRC0006"
    for learner in each_worker(bench.url, found):
        assert (learner.created_date, learner.last_updated_date) == (WEDNESDAY.date(), later.date())
    kept = world.learners.get(uln).record
    assert (kept["CreatedDate"], kept["LastUpdatedDate"]) == ("2031-03-05 12:00:00", "2031-03-07 12:00:00")


def test_the_audit_tells_the_time_of_the_clock(bench: RunningServer, world: World) -> None:
    moments = []
    with connected(world, "LearnerServiceR9") as connection:
        for hours in (0, 1, 2):
            moments.append(local(world.clock.advance(hours=hours).now))
            each_worker(bench.url, lambda: get_learning_events(connection, **AMELIA))
        entries = view_audit(connection, **AMELIA).entries
    expected = [moment for moment in reversed(moments) for _ in range(WORKERS)]
    assert [local(entry.date_time) for entry in entries if entry.user == "test.user"] == expected


def test_refusals_tell_the_time_of_the_clock_to_whichever_worker(
    bench: RunningServer, world: World, connection: Connection
) -> None:
    for days in (0, 1, -30):
        now = world.clock.advance(days=days).now
        world.clock.freeze(now)
        assert {local(moment) for moment in each_worker(bench.url, lambda: raised_at(connection))} == {local(now)}


def test_a_clock_with_an_offset_goes_on_from_there(bench: RunningServer, world: World, connection: Connection) -> None:
    ahead = WEDNESDAY - datetime.now(SERVICE_ZONE)
    world.clock.offset(ahead)
    before = datetime.now(SERVICE_ZONE)
    moments = each_worker(bench.url, lambda: raised_at(connection))
    after = datetime.now(SERVICE_ZONE)
    for moment in moments:
        assert local(before + ahead) <= local(moment) <= local(after + ahead)
    world.clock.advance(days=1)
    assert local(raised_at(connection)) >= local(before + ahead + timedelta(days=1))
    world.clock.real()
    assert local(before) <= local(raised_at(connection)) <= local(datetime.now(SERVICE_ZONE))


def test_the_service_is_open_by_the_clock(bench: RunningServer, world: World, connection: Connection) -> None:
    def code() -> str:
        try:
            return said(learner_by_uln(connection, **AMELIA))
        except LrsFault as fault:
            return fault.code

    hours = {0: "WSRC0004", 6.98: "WSRC0004", 7: "WSEC0004", 18: "WSEC0004", 19: "WSRC0004", 24 * 3: "WSEC0004"}
    for later, expected in hours.items():
        world.clock.freeze(WEDNESDAY)
        world.clock.advance(hours=later)
        assert set(each_worker(bench.url, code)) == {expected}


@pytest.mark.parametrize(("age", "is_oldest"), [(13, False), (110, True)])
def test_ages_are_reckoned_on_the_day_of_the_clock(
    world: World, connection: Connection, age: int, is_oldest: bool
) -> None:
    born = date(WEDNESDAY.year - age - is_oldest, WEDNESDAY.month, WEDNESDAY.day)
    inside, outside = (-1, 1) if is_oldest else (0, -1)
    details = TEGAN | {"date_of_birth": born}
    world.clock.advance(days=inside)
    assert looked_for(connection, details) == "WSRC0001"
    world.clock.advance(days=outside)
    with pytest.raises(LrsFault, match="outside the permitted age") as caught:
        registered(connection, details)
    assert caught.value.code == "WSEC0001"
    world.clock.advance(days=-outside)
    assert registered(connection, details) == "WSRC0005"


def test_a_find_counts_for_so_long_by_the_clock(world: World, connection: Connection) -> None:
    for details, minutes, code in ((TEGAN, FIND_MINUTES - 1, "WSRC0005"), (IDRIS, FIND_MINUTES + 1, "WSRC0021")):
        assert looked_for(connection, details) == "WSRC0001"
        world.clock.advance(minutes=minutes)
        assert registered(connection, details) == code


def test_possible_matches_are_looked_at_for_so_long_by_the_clock(world: World, connection: Connection) -> None:
    learner = world.learner()
    details = {
        "given_name": learner["GivenName"],
        "family_name": learner["FamilyName"],
        "date_of_birth": date.fromisoformat(learner["DateOfBirth"]),
        "gender": learner["Gender"],
        "last_known_post_code": "ZE1 0AA",
    }
    assert looked_for(connection, details) == "WSRC0003"
    world.clock.advance(seconds=REVIEW_SECONDS - 1)
    assert registered(connection, details) == "WSRC0021"
    world.clock.advance(seconds=2)
    assert registered(connection, details) == "WSRC0005"


def test_batches_tell_the_time_of_the_clock(world: World, connection: Connection) -> None:
    for days, details in enumerate((TEGAN, IDRIS)):
        now = local(world.clock.advance(days=days).now)
        output = finished(connection, BatchLearner(**details, **SHARES))
        assert (output.code, [learner.return_code for learner in output.learners]) == ("WSRC0009", ["RC001"])
        assert (output.job_started_date_time, output.job_finished_date_time) == (now, now)
        (job, *_) = world.jobs()
        told = {local(datetime.fromisoformat(job[name])) for name in ("submitted_at", "started_at", "finished_at")}
        assert told == {now}


def test_a_record_of_a_batch_may_wait_for_45_days_of_the_clock(bench: RunningServer, database: str) -> None:
    world = bench.default_world
    world.clock.freeze(WEDNESDAY)
    with connected(world) as connection:
        output = finished(connection, BatchLearner(**(TEGAN | SHARES | {"date_of_birth": date(2029, 1, 1)})))
        assert output.rejected_learners_count == 1
    for days, ended in ((0, "45"), (45, "0"), (1, "overdue")):
        at = world.clock.advance(days=days).now
        assert world.work() == 0
        (row,) = exceptions(database, at)
        assert "2031-04-19" in row
        assert ended in row.split()


def exceptions(database: str, at: datetime) -> list[str]:
    """Return a line for each record of a batch that has waited for a person, as it stands at a moment."""
    command = ["exceptions", "list", "--ukprn", "DEMO0001", "--all", "--database", database]
    listed = CliRunner().invoke(main, command, env={"LRS_SOAP_FIXED_TIME": at.isoformat()})
    assert listed.exit_code == 0, listed.output
    return listed.output.splitlines()[1:]
