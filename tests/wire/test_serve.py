"""`lrs-soap serve` as people run it: what it prints, where it keeps the register, and how it stops."""

import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from lxml import etree

from lrs_soap.store import open_store
from tests.serving import environment, running_server, started_server

SERVICES = ("LearnerService", "LearnerServiceR9", "ExternalService", "LearnerRegister")
SOAP_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
FIND = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<f:FindLearnerByULN xmlns:f="http://api.lrs.miap.gov.uk/findmsg"><FindType>CHK</FindType><UKPRN>DEMO0001</UKPRN>
<OrgPassword>demo-password-01</OrgPassword><UserName>tester</UserName><ULN>9000000105</ULN>
<FamilyName>Hartley</FamilyName><GivenName>Amelia</GivenName></f:FindLearnerByULN></e:Body></e:Envelope>"""


def get(url: str) -> bytes:
    with urlopen(url, timeout=30) as response:
        body: bytes = response.read()
        return body


def find(address: str) -> str:
    request = Request(f"{address}/LearnerService.svc", FIND.encode(), {"Content-Type": "text/xml"})
    with urlopen(request, timeout=30) as response:
        body: bytes = response.read()
        return body.decode()


def temporary_file(output: str) -> Path:
    found = re.search(r"sqlite\S*?:///(\S+?/demo\.db)", output)
    assert found, output
    return Path(found[1])


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_demo_is_served_from_a_temporary_database_that_is_gone_after_the_stop(sign: signal.Signals) -> None:
    with started_server(None, "--demo") as server:
        database = temporary_file(server.output)
        assert database.is_file()
        assert "62 learners, 3 organisations; temporary, gone when the service stops" in server.output
        assert "UKPRN DEMO0001 with OrgPassword demo-password-01" in server.output
        assert f"kill {server.process.pid}" in server.output
        assert "WSRC0004" in find(server.address)
        assert server.stop(sign) == 0
        assert not database.parent.exists()
    assert "Traceback" not in server.output


def test_every_wsdl_is_printed_and_served_with_its_own_address(tmp_path: Path) -> None:
    with started_server(f"sqlite:///{tmp_path / 'register.db'}") as server:
        assert "No organisation may call yet" in server.output
        assert "kept when the service stops" in server.output
        for name in SERVICES:
            wsdl = f"{server.address}/{name}.svc?wsdl"
            assert f"  {wsdl}\n" in server.lines
            (address,) = etree.fromstring(get(wsdl)).iter(SOAP_ADDRESS)
            assert address.get("location") == f"{server.address}/{name}.svc"


def test_demo_goes_into_an_empty_database_once_and_stays(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    for _ in range(2):
        with started_server(url, "--demo") as server:
            assert "62 learners, 3 organisations; kept" in server.output
            assert "WSRC0004" in find(server.address)
    with running_server(url) as address:
        assert "WSRC0004" in find(address)


def test_what_waits_to_be_written_is_written_at_the_stop(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    with started_server(url, "--demo", "--read-audit-delay", "60") as server:
        find(server.address)
        assert server.stop() == 0
    with closing(sqlite3.connect(tmp_path / "register.db")) as connection:
        written = connection.execute("SELECT user_name, operation, outcome FROM audit").fetchall()
    assert written == [("tester", "learnerByULN", "WSRC0004")]


def refused(*args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lrs_soap", "serve", *args]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment(env), check=False)
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return ended


def test_a_busy_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = refused("--port", str(port), "--database", f"sqlite:///{tmp_path / 'register.db'}")
    assert ended.returncode == 1
    assert ended.stderr == (
        f"Error: cannot listen on 127.0.0.1 port {port}: another program is using that port; "
        "stop it, or choose another port with --port\n"
    )


def test_an_outdated_database_is_refused_with_the_way_out(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    store = open_store(url)
    store.migrate()
    store.close()
    with closing(sqlite3.connect(tmp_path / "register.db")) as connection, connection:
        connection.execute("DELETE FROM alembic_version")
    ended = refused("--port", "0", "--database", url)
    assert ended.returncode == 1
    assert "bring them up to date with `lrs-soap db upgrade`" in ended.stderr


def test_demo_leaves_a_filled_database_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    world = tmp_path / "world.yaml"
    world.write_text(
        "Learners: [{GivenName: A, FamilyName: B, DateOfBirth: 2004-02-29, Gender: 1, LastKnownPostCode: LS2 9AB}]"
    )
    subprocess.run([sys.executable, "-m", "lrs_soap", "load", str(world), "--database", url], check=True, timeout=120)
    ended = refused("--demo", "--port", "0", "--database", url)
    assert ended.returncode == 1
    assert "is not empty; give --demo an empty database" in ended.stderr


def test_settings_rank_flags_before_environment_before_file(tmp_path: Path) -> None:
    file = tmp_path / "lrs-soap.toml"
    file.write_text('operating_hours = "Mon 03:00-03:01"\nfixed_time = 2026-03-04T12:00:00\nworkers = 3\n')
    url = f"sqlite:///{tmp_path / 'register.db'}"
    with running_server(url, "--demo", "--config", str(file)) as address, pytest.raises(HTTPError) as caught:
        find(address)
    with caught.value as answer:
        assert b"WSEC0004" in answer.read()
    environs = {"LRS_SOAP_CONFIG": str(file), "LRS_SOAP_OPERATING_HOURS": "Wed 09:00-17:00"}
    with running_server(url, env=environs) as address:
        assert "WSRC0004" in find(address)
    closed = environs | {"LRS_SOAP_OPERATING_HOURS": "Sun 01:00-02:00"}
    with running_server(url, "--operating-hours", "Wed 11:00-13:00", env=closed) as address:
        assert "WSRC0004" in find(address)


def test_requests_are_logged_when_wanted(tmp_path: Path) -> None:
    with started_server(f"sqlite:///{tmp_path / 'register.db'}", "--access-log") as server:
        get(f"{server.address}/LearnerService.svc?wsdl")
        server.stop()
    assert "GET /LearnerService.svc?wsdl" in server.output
