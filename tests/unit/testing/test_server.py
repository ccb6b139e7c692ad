"""A real server, as scripts and unittest have it, and what can be done in its worlds."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import requests
from click.testing import CliRunner

from lrs_soap.cli import main
from lrs_soap.testing import ControlRefusedError, LrsServer, ServerStartError, World, health
from lrs_soap.testing.failures import LONGEST, journal_of
from tests.serving import environment
from tests.wire.requests import by_uln


@pytest.fixture(scope="module")
def server() -> Iterator[LrsServer]:
    with LrsServer() as server:
        yield server


@pytest.fixture
def world(server: LrsServer) -> Iterator[World]:
    with server.world(origin="empty") as world:
        yield world


def call(world: World, uln: str = "9276308686", **changes: str) -> str:
    known = world.credentials
    message = by_uln(uln, **{"UKPRN": known.ukprn, "OrgPassword": known.password, **changes})
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    answer = requests.post(world.service("LearnerService"), data=message, headers=headers, timeout=30)
    found = re.search("<(?:ResponseCode|ErrorCode)>(.*?)</", answer.text)
    assert found is not None, answer.text
    return found[1]


def test_worlds_come_and_go(server: LrsServer) -> None:
    with server.world("one", seed=3) as world:
        assert world.url == f"{server.url}/w/one"
        assert world.wsdl("LearnerServiceR9") == f"{server.url}/w/one/LearnerServiceR9.svc?wsdl"
        assert requests.get(world.wsdl("LearnerService"), timeout=10).status_code == 200
        assert [known.name for known in server.worlds.list()] == ["default", "one"]
        state = world.state
        assert (state.seed, state.learners, state.lasting) == (3, 62, False)
        assert abs(state.created_at - datetime.now(UTC)) < timedelta(hours=1)
        with pytest.raises(ControlRefusedError, match="there is a world 'one' already"):
            server.world("one")
    assert [known.name for known in server.worlds.list()] == ["default"]
    world.delete()


def test_the_default_world(server: LrsServer) -> None:
    world = server.default_world
    assert world.url == server.url
    assert call(world) == "WSRC0001"
    assert world.reset().learners == 62


def test_what_is_wrong_with_a_world_file_is_told(server: LrsServer, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("Organisations:\n  - Name: Nobody\n")
    with pytest.raises(ControlRefusedError, match=r"Organisations\[1\]"):
        server.world(origin=file)


def test_credentials(world: World) -> None:
    assert world.organisation("demo03").ukprn == "DEMO0003"
    with pytest.raises(LookupError, match="without an organisation DEMO0009"):
        world.organisation("DEMO0009")


def test_a_register_is_kept_and_brought_back(world: World) -> None:
    learner = world.learner(GivenName="Maeve", FamilyName="Okafor")
    world.snapshot("with-maeve")
    world.learners.delete(learner.uln)
    assert call(world, learner.uln) == "WSRC0001"
    assert world.state.snapshots == ("with-maeve",)
    world.restore("with-maeve")
    assert call(world, learner.uln) == "WSRC0004"
    assert world.reset().learners == 0


def test_the_clock_is_the_worlds(world: World, server: LrsServer) -> None:
    world.clock.freeze("2030-01-01T00:00:00+00:00")
    world.clock.advance(days=1)
    assert world.clock.state.frozen_at == world.clock.now == datetime(2030, 1, 2, tzinfo=UTC)
    assert world.clock.freeze().mode == "frozen"
    assert server.default_world.clock.state.mode == "real"
    assert world.clock.offset(-60).offset_seconds == -60
    assert world.clock.real().mode == "real"


def test_scenarios_last_for_their_block(world: World) -> None:
    with world.scenario("not-granted", operation=["learnerByULN", "retrieveULNs"]) as scenario:
        assert call(world) == "WSEC0006"
        assert (scenario.acted, [one.id for one in world.scenarios.list()]) == (1, [scenario.id])
    assert call(world) == "WSRC0001"
    world.scenario("internal-error")
    world.scenarios.clear()
    assert world.scenarios.list() == ()
    assert "outage" in [entry["name"] for entry in world.scenarios.catalogue()]
    with pytest.raises(ControlRefusedError, match="did you mean 'outage'"):
        world.scenario("outages")


def test_the_journal(world: World, tmp_path: Path) -> None:
    call(world)
    call(world, UKPRN="NOBODY01")
    (refused,) = world.journal.wait(outcome="WSEC*", status=500)
    assert (refused.operation, refused.outcome) == ("learnerByULN", "WSEC0003")
    assert refused.why.startswith("WSEC0003: ")
    assert "NOBODY01" in world.journal.entry(refused.number).request
    assert world.journal.entries(limit=1, messages=False)[0].request == ""
    assert [entry.number for entry in world.journal.wait(after=refused.number - 1)] == [refused.number]
    with ZipFile(world.journal.export(tmp_path / "journal.zip")) as archive:
        assert archive.namelist()
    world.journal.clear()
    assert world.journal.count() == 0


def test_a_failed_test_is_not_told_more_than_can_be_read(world: World) -> None:
    assert journal_of(world, 3) == "No request came."
    for _ in range(5):
        call(world, FamilyName="x" * 20_000)
    told = journal_of(world, 3)
    assert told.startswith("The last 3 of 5 requests:\n")
    assert told.count("learnerByULN by DEMO0001: WSEC0001, HTTP 500\n") == 3
    assert len(told) < 4 * LONGEST
    world.delete()
    assert journal_of(world, 3).startswith("The journal cannot be read: ")


def test_batches_and_seeds(world: World) -> None:
    assert (world.jobs(), world.work()) == ((), 0)
    world.seed = 5
    assert world.seed == 5
    world.seed = None
    assert world.seed is None


def test_a_verdict(world: World) -> None:
    call(world)
    (client,) = world.conformance.verdict().clients
    assert (client.organisation, client.requests) == ("DEMO0001", 1)
    assert client.operations == {"LearnerService/learnerByULN": {"WSRC0001": 1}}
    assert "learnerByULN" in world.conformance.report("text")


def test_a_register_of_ones_own_and_settings(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    with LrsServer(database=url, demo=False, workers=1, settings={"operating_hours": "Mon 03:00-03:01"}) as server:
        assert server.default_world.state.lasting
        with server.world() as world:
            world.clock.freeze("2026-03-02T12:00:00+00:00")
            assert call(world) == "WSEC0004"
    assert (tmp_path / "register.db").exists()


def test_without_the_demo_world_the_register_is_temporary_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with LrsServer(demo=False) as server:
        assert server.start() is server
        assert server.default_world.state.learners == 0
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_cannot_be_used() -> None:
    with pytest.raises(ServerStartError, match="setting journal_entries"):
        LrsServer(settings={"journal_entries": "many"}).start()


def test_over_tls(tmp_path: Path) -> None:
    directory = tmp_path / "certificates"
    made = CliRunner().invoke(main, ["certs", "init", "--directory", str(directory)])
    assert made.exit_code == 0, made.output
    settings = {"tls": True, "certificate_directory": directory}
    with LrsServer(settings=settings, authority=directory / "ca.pem") as server:
        assert server.url.startswith("https://")
        assert server.default_world.state.learners == 62
        asked = {"LRS_SOAP_PORT": server.url.rpartition(":")[2], "LRS_SOAP_TLS": "true"}
        assert health.is_ready(environment(asked))


def test_health_where_callers_need_certificates(tmp_path: Path) -> None:
    directory = tmp_path / "certificates"
    assert CliRunner().invoke(main, ["certs", "init", "--directory", str(directory)]).exit_code == 0
    settings = {"tls": True, "certificate_directory": directory, "require_client_certificate": True}
    with LrsServer(settings=settings) as server:
        asked = {"LRS_SOAP_PORT": server.url.rpartition(":")[2], "LRS_SOAP_TLS": "true"}
        assert health.is_ready(environment(asked | {"LRS_SOAP_REQUIRE_CLIENT_CERTIFICATE": "true"}))
        assert not health.is_ready(environment(asked))
