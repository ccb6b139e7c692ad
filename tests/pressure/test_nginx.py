"""The nginx example, run by the real nginx in front of a real server."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import factories
from tests.pressure.crowds import answers, crowd, request_of
from tests.serving import ROOT, running_server
from tests.wire.conftest import fill
from tests.wire.requests import by_uln, register
from tests.wire.soap import post

EXAMPLE = ROOT / "examples" / "nginx" / "nginx.conf"
LEARNER = factories.learner()
FIND = by_uln(LEARNER.uln)
START_SECONDS = 30
IMPATIENT = 2


def program() -> str:
    """Return nginx, or skip the test: under CI=true fail it."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        unavailable = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        unavailable("nginx is not installed")
    return str(found)


def adapted(upstream: str, port: int, patience: int) -> str:
    """Return the example with free ports, and as patient as a test can wait."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for pattern, replacement in (
        (r"server 127\.0\.0\.1:8080;", f"server {urlsplit(upstream).netloc};"),
        (r"listen 127\.0\.0\.1:8443;", f"listen 127.0.0.1:{port};"),
        (r"(client_(?:header|body)_timeout) 10s;", rf"\1 {patience}s;"),
    ):
        text, count = re.subn(pattern, replacement, text)
        assert count
    return f"daemon off;\nmaster_process off;\n{text}"


@contextmanager
def proxied(upstream: str, folder: Path, patience: int) -> Iterator[str]:
    """Run nginx in front of a server and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    file = folder / "nginx.conf"
    file.write_text(adapted(upstream, port, patience), encoding="utf-8")
    log = (folder / "log").open("wb")
    with log:
        command = [program(), "-p", str(folder), "-c", str(file), "-e", "stderr"]
        process = subprocess.Popen(command, stderr=log)
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "nginx ended"
            assert time.monotonic() < until, "nginx did not start"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a register behind nginx."""
    program()
    folder = tmp_path_factory.mktemp("nginx")
    url = f"sqlite:///{folder / 'register.db'}"
    fill(url, [LEARNER])
    with running_server(url) as upstream, proxied(upstream, folder, IMPATIENT) as address:
        yield address


def got(address: str, target: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    url = urlsplit(address)
    with closing(HTTPConnection(str(url.hostname), url.port, timeout=60)) as connection:
        connection.request("GET", target, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_learners_are_found_and_registered_through_it(address: str) -> None:
    assert post(address, "LearnerService", FIND).code == "WSRC0004"
    assert post(address, "LearnerService", register(GivenName="Ada", FamilyName="Quill")).code == "WSRC0005"


def test_a_wsdl_names_the_address_of_the_proxy(address: str) -> None:
    for host in (urlsplit(address).netloc, "lrs.example:8443"):
        status, text = got(address, "/LearnerService.svc?wsdl", {"Host": host})
        assert status == 200
        assert f'location="http://{host}/LearnerService.svc"' in text


def test_the_control_api_is_not_for_everybody(address: str) -> None:
    assert got(address, "/_lrs/health/live")[0] == 404


@pytest.mark.parametrize("size", [100_000, 9_000_000])
def test_what_is_too_large_is_refused(address: str, size: int) -> None:
    url = urlsplit(address)
    with closing(HTTPConnection(str(url.hostname), url.port, timeout=60)) as connection:
        connection.request("POST", "/LearnerService.svc", b" " * size, {"Content-Type": "text/xml"})
        assert connection.getresponse().status == 413


def test_a_client_that_stops_in_the_middle_is_let_go_there(address: str) -> None:
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        connection.sendall(request_of(address, FIND)[:-100])
        assert connection.recv(1024) == b""
    assert post(address, "LearnerService", FIND).code == "WSRC0004"


def test_connections_are_kept_on_both_sides(address: str) -> None:
    with crowd(address, 20) as connections:
        for _ in range(3):
            found = answers(connections, request_of(address, FIND))
            assert sum(b"WSRC0004" in answer for answer in found) == len(connections)
