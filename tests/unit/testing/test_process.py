"""A server's process: started, found, and ended whatever becomes of its owner."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lrs_soap.testing import ServerStartError, guard
from lrs_soap.testing.process import Home, is_running, output, start

SERVING = """
import os, signal, sys
print("lrs-soap is ready at http://127.0.0.1:1\\n", flush=True)
print(sorted(name for name in os.environ if name.startswith("LRS_SOAP_")), os.environ["TMPDIR"], flush=True)
signal.pause()
"""
SERVER = [sys.executable, "-c", SERVING]
OWNER = f"""
import signal, sys
from lrs_soap.testing.process import Home, start
home = Home()
start(home.path, {SERVER!r}, {{}})
print(home.path, flush=True)
signal.pause()
"""
FORKING = f"""
import os
from lrs_soap.testing.process import Home, is_running, start
home = Home()
start(home.path, {SERVER!r}, {{}})
child = os.fork()
if child == 0:
    home.close()
    raise SystemExit
os.waitpid(child, 0)
print(is_running(home.path))
home.close()
print(is_running(home.path))
"""
LIMIT_SECONDS = 60


@pytest.fixture
def home() -> Iterator[Home]:
    home = Home()
    yield home
    home.close()


def eventually(happened: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_SECONDS
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_a_server_lives_as_long_as_its_home(home: Home) -> None:
    assert not is_running(home.path)
    assert start(home.path, SERVER, {}) == "http://127.0.0.1:1"
    assert is_running(home.path)
    home.close()
    assert not home.path.exists()
    home.close()


def test_settings_are_those_given_and_no_others(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRS_SOAP_DATABASE", "postgresql://somebody/precious")
    start(home.path, SERVER, {"workers": 3, "control_api": True})
    eventually(lambda: "LRS_SOAP_" in output(home.path))
    last = output(home.path).splitlines()[-1]
    assert last == f"['LRS_SOAP_CONTROL_API', 'LRS_SOAP_WORKERS'] {home.path / 'tmp'}"


def test_a_server_that_ends_at_once_tells_why(home: Home) -> None:
    with pytest.raises(ServerStartError, match="the port is taken"):
        start(home.path, [sys.executable, "-c", "print('the port is taken'); raise SystemExit(1)"], {})
    assert not is_running(home.path)


def test_a_server_ends_when_its_owner_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        home = Path(owner.stdout.readline().strip())
        assert is_running(home)
        owner.kill()
    eventually(lambda: not home.exists())


def test_a_process_forked_from_the_owner_ends_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_ctrl_c_in_the_terminal_of_the_tests_does_not_reach_the_server(home: Home) -> None:
    start(home.path, [*SERVER[:-1], f"import os; print('group', os.getpgrp())\n{SERVING}"], {})
    group = int(output(home.path).split()[1])
    assert group != os.getpgrp()


def test_a_server_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "GRACE_SECONDS", 0.1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        with (tmp_path / "owner.lock").open("w") as owner:
            guard.outlive_the_owner(owner.fileno(), server)
        assert server.wait(LIMIT_SECONDS) == -signal.SIGKILL
