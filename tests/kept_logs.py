"""Keeps what the product logs in a whole test run, and fails the run when it finds a password or a person in it.

A plugin of pytest: what tests and the processes they start have logged is kept in one directory, which all processes of
the run share; the first of them searches it at the end.
"""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from lrs_soap.logs import FORMAT, Formatter
from lrs_soap.testing import process
from tests import factories

DIRECTORY = "KEPT_LOGS"
# What `serve --demo` tells people to call with, on purpose; it is published.
GREETING = re.compile(r"Call as UKPRN \w{8} with OrgPassword demo-password-\d\d and any UserName\.\s*")
PASSWORDS = (factories.PASSWORD, "fedcba9876543210", "demo-password-")
TELLING = (
    "given_name family_name last_known_post_code date_of_birth email_address telephone_number middle_other_name "
    "school_at_age_16 last_known_address_line_1"
).split()


class Find(NamedTuple):
    """A line that should not be: where it is, and what gave it away."""

    file: str
    line: int
    text: str
    word: str


FINDS = pytest.StashKey[list[Find]]()


def secrets() -> Iterator[str]:
    """Give the passwords of the tests, and what tells who their people are."""
    yield from PASSWORDS
    person = factories.full_learner()
    for name in TELLING:
        value = str(getattr(person, name))
        yield value
        yield value.replace(" ", "")


def search(directory: Path, words: Iterable[str]) -> list[Find]:
    """Return every line of the files in a directory in which a word is, in whatever letters."""
    pattern = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)), re.IGNORECASE)
    return [
        Find(file.name, number, line.strip(), found[0])
        for file in sorted(directory.glob("*.log"))
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if (found := pattern.search(line)) and not GREETING.fullmatch(line)
    ]


def new_file() -> Path | None:
    """Return a new file for the log of one process, named after the test that starts it; None outside of a run."""
    directory = os.environ.get(DIRECTORY)
    if directory is None:
        return None
    test = re.sub(r"[^\w.-]+", "_", os.environ.get("PYTEST_CURRENT_TEST", "no-test"))[-100:]
    return Path(directory) / f"{test}-{uuid4().hex[:8]}.log"


def keep(log: str) -> None:
    """Keep what a process has logged."""
    file = new_file()
    if file is not None:
        file.write_text(log, encoding="utf-8", errors="replace")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to keep logs; workers of pytest-xdist do so in the directory of the process that started them."""
    if not hasattr(config, "workerinput"):
        os.environ[DIRECTORY] = tempfile.mkdtemp(prefix="lrs-soap-kept-logs-")
    handler = logging.FileHandler(Path(os.environ[DIRECTORY]) / f"process-{os.getpid()}.log", delay=True)
    handler.setFormatter(Formatter(FORMAT))
    logging.getLogger().addHandler(handler)
    config.add_cleanup(lambda: _end(handler))
    _keep_logs_of_fixtures()


def _end(handler: logging.Handler) -> None:
    logging.getLogger().removeHandler(handler)
    handler.close()


def _keep_logs_of_fixtures() -> None:
    """Keep the logs of the servers that the product's own fixtures start, before their directory is removed."""
    rmtree = shutil.rmtree

    def keeping(path: Any, *args: Any, **options: Any) -> None:
        log = Path(path) / "server.log"
        if log.is_file():
            keep(process.output(log.parent))
        rmtree(path, *args, **options)

    vars(process)["shutil"] = SimpleNamespace(rmtree=keeping)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Search all logs of the run, once all its processes have ended."""
    if hasattr(session.config, "workerinput"):
        return
    directory = Path(os.environ[DIRECTORY])
    finds = session.config.stash[FINDS] = search(directory, secrets())
    if finds:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    else:
        shutil.rmtree(directory, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the lines that were found."""
    finds = terminalreporter.config.stash.get(FINDS, [])
    if finds:
        terminalreporter.section("passwords or people in logs", red=True)
        terminalreporter.write_line(f"{len(finds)} lines of the logs in {os.environ[DIRECTORY]}:")
    for find in finds[:50]:
        terminalreporter.write_line(f"{find.file}:{find.line}: '{find.word}' in: {find.text[:300]}")
