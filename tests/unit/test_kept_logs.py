"""The search of the logs of a test run: it finds what it should, and a find fails the run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kept_logs import Find, search, secrets
from tests.serving import ROOT, environment

LEAKING = """
import logging, sys
from tests.serving import started

def test_a_process():
    said = "is ready at http://127.0.0.1:1\\nStop it with Ctrl-C\\n{said}"
    with started([sys.executable, "-c", f"print({{said!r}})"]):
        pass

def test_in_process():
    logging.getLogger("lrs_soap.worker").error("{logged}")
"""


def run(directory: Path, *args: str, said: str = "fine", logged: str = "fine") -> subprocess.CompletedProcess[str]:
    file = directory / "test_leaking.py"
    file.write_text(LEAKING.format(said=said, logged=logged))
    command = [sys.executable, "-m", "pytest", "-p", "tests.kept_logs", "-p", "no:cacheprovider", *args, str(file)]
    env = environment({"TMPDIR": str(directory)})
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("args", [[], ["-n", "2"]], ids=["one process", "several"])
def test_a_find_fails_the_run_and_is_named(tmp_path: Path, args: list[str]) -> None:
    done = run(tmp_path, *args, said="of LS29AB", logged="for Maeve okafor")
    assert done.returncode == 1
    assert "2 passed" in done.stdout
    assert "'LS29AB' in: of LS29AB" in done.stdout
    assert "test_leaking.py_test_a_process_call" in done.stdout
    assert "'Maeve' in: " in done.stdout


def test_a_clean_run_passes_and_leaves_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "2")
    assert done.returncode == 0, done.stdout
    assert list(tmp_path.glob("lrs-soap-kept-logs-*")) == []


@pytest.mark.parametrize("secret", sorted(set(secrets())))
def test_every_secret_is_found(tmp_path: Path, secret: str) -> None:
    (tmp_path / "one.log").write_text(f"all well\nerror at '{secret.upper()}'\n")
    assert [(find.file, find.line) for find in search(tmp_path, secrets())] == [("one.log", 2)]


def test_what_the_demo_says_on_purpose_is_no_find(tmp_path: Path) -> None:
    greeting = "Call as UKPRN DEMO0001 with OrgPassword demo-password-01 and any UserName."
    log = f"{greeting}\nthe OrgPassword demo-password-01 is wrong\n"
    (tmp_path / "one.log").write_text(log)
    expected = Find("one.log", 2, "the OrgPassword demo-password-01 is wrong", "demo-password-")
    assert search(tmp_path, secrets()) == [expected]
