"""A database that is full, read-only or away: what callers are told, and that the service returns by itself."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from lrs_soap.app import build_application
from lrs_soap.settings import load_settings
from lrs_soap.store import open_store
from tests import factories
from tests.postgres import Cluster
from tests.pressure.faults import full_disk, read_only, stopped
from tests.serving import Server, started_server
from tests.wire.conftest import fill
from tests.wire.requests import by_uln, register
from tests.wire.soap import Reply, post, understood

LEARNER = factories.learner()
FIND = by_uln(LEARNER.uln)
SAID = "The register's database does not answer, or cannot be written to."
RETURN_SECONDS = 60


def found(server: Server) -> Reply:
    return post(server.address, "LearnerService", FIND)


def registered(server: Server, family_name: str) -> Reply:
    return post(server.address, "LearnerService", register(GivenName="Ada", FamilyName=family_name))


def assert_told(reply: Reply, server: Server) -> None:
    """Check that a caller was told what is the matter, and the operator too, without a trace of the program."""
    assert (reply.status, reply.code) == (500, "WSEC0999")
    assert reply.further.startswith(SAID)
    reference = reply.further.split()[-1].rstrip(".")
    until = time.monotonic() + RETURN_SECONDS
    while f"the database is out of service, {reference}" not in server.output:
        assert time.monotonic() < until, server.output
        time.sleep(0.02)
    assert "Traceback" not in server.output


def wait_until_back(server: Server) -> None:
    until = time.monotonic() + RETURN_SECONDS
    while found(server).code != "WSRC0004":
        assert time.monotonic() < until, server.output
        time.sleep(0.05)


def test_on_a_full_disk_learners_are_found_and_not_registered(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    fill(url, [LEARNER])
    with started_server(url, "--no-control-api") as server:
        assert registered(server, "Before").code == "WSRC0005"
        with full_disk(server):
            assert found(server).code == "WSRC0004"
            assert_told(registered(server, "Meanwhile"), server)
            assert found(server).code == "WSRC0004"
        assert registered(server, "Meanwhile").code == "WSRC0005"
        assert registered(server, "Before").code != "WSRC0005"


def test_in_a_read_only_file_learners_are_found_and_not_registered(tmp_path: Path) -> None:
    file = tmp_path / "register.db"
    fill(f"sqlite:///{file}", [LEARNER])
    store = open_store(f"sqlite:///file:{file}?mode=ro&uri=true", read_audit_delay=60)
    client = Client(build_application(load_settings(control_api=False), store))
    replies = []
    for message in (FIND, register(GivenName="Ada", FamilyName="Meanwhile"), FIND):
        answer = client.post("/LearnerService.svc", data=message, content_type="text/xml")
        replies.append(understood("LearnerService", answer.status_code, answer.data, answer.headers["Content-Type"]))
    assert [reply.code for reply in replies] == ["WSRC0004", "WSEC0999", "WSRC0004"]
    assert replies[1].further.startswith(SAID)
    with pytest.raises(OperationalError, match="readonly"):
        # The audit entries of the finds still wait, and are not thrown away in silence.
        store.close()


def test_in_a_read_only_postgresql_learners_are_found_and_not_registered(
    postgresql_cluster: Cluster, postgresql_url: str
) -> None:
    fill(postgresql_url, [LEARNER])
    with started_server(postgresql_url, "--no-control-api") as server:
        assert registered(server, "Before").code == "WSRC0005"
        with read_only(postgresql_cluster, postgresql_url):
            wait_until_back(server)
            assert_told(registered(server, "Meanwhile"), server)
        wait_until_back(server)
        assert registered(server, "Meanwhile").code == "WSRC0005"


@pytest.fixture
def own_cluster(postgresql_cluster: Cluster) -> Iterator[Cluster]:
    """Give a cluster that may be stopped; the one of the test run stands for PostgreSQL being installed."""
    assert postgresql_cluster.home.exists()
    cluster = Cluster(Path(mkdtemp(prefix="lrs-soap-pressure-")))
    try:
        cluster.ensure_started()
        yield cluster
    finally:
        cluster.remove()


def test_while_postgresql_is_away_callers_are_told_and_then_the_service_returns(own_cluster: Cluster) -> None:
    with own_cluster.database() as url:
        fill(url, [LEARNER])
        with started_server(url, "--no-control-api") as server:
            assert found(server).code == "WSRC0004"
            with stopped(own_cluster):
                assert_told(registered(server, "Meanwhile"), server)
                assert_told(found(server), server)
            wait_until_back(server)
            assert registered(server, "Meanwhile").code == "WSRC0005"
