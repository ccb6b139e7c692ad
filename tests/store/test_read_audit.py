"""Entries of reads: none is lost, whatever the database does meanwhile."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lrs_soap.domain.audit import AuditEntry
from lrs_soap.store import open_store, read_audit
from lrs_soap.store.read_audit import ReadAudit
from tests.factories import MOMENT, learner, uln_of

A_WHILE = 30


def entry(number: int) -> AuditEntry:
    return AuditEntry(
        at=MOMENT, organisation="X", user_name=str(number), operation="Find", outcome="0", ulns=(uln_of(1),)
    )


def find(number: int) -> AuditEntry:
    return replace(entry(number), details=learner().details)


def finds(database_url: str) -> int:
    store = open_store(database_url)
    with store.reading() as work:
        found = work.audit.finds("X", learner().details, MOMENT)
    store.close()
    return len(found)


class Pen:
    """Takes down what is written; refuses as often as told to."""

    def __init__(self, refusals: int = 0) -> None:
        self.numbers: list[int] = []
        self.groups: list[int] = []
        self.refusals = refusals
        self.written = threading.Event()
        self.refused = threading.Event()

    def write(self, entries: Sequence[AuditEntry]) -> None:
        if self.refusals:
            self.refusals -= 1
            self.refused.set()
            raise ConnectionError("no database")
        self.numbers += [int(each.user_name) for each in entries]
        self.groups.append(len(entries))
        self.written.set()


def test_entries_are_written_in_groups_a_moment_later() -> None:
    pen = Pen()
    waiting = ReadAudit(pen.write, delay=0.05)
    for number in range(50):
        waiting.add(entry(number))
    assert pen.written.wait(A_WHILE)
    waiting.close()
    assert pen.numbers == list(range(50))
    assert len(pen.groups) < 50


def test_closing_loses_nothing() -> None:
    pen = Pen()
    waiting = ReadAudit(pen.write, delay=3600)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: waiting.add(entry(number)), range(5000)))
    waiting.close()
    assert sorted(pen.numbers) == list(range(5000))
    waiting.add(entry(5000))
    assert pen.numbers[-1] == 5000
    waiting.close()


def test_entries_wait_until_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(read_audit, "RETRY_SECONDS", 0.01)
    pen = Pen(refusals=3)
    waiting = ReadAudit(pen.write, delay=0.01)
    with caplog.at_level(logging.ERROR):
        for number in range(10):
            waiting.add(entry(number))
        assert pen.written.wait(A_WHILE)
    waiting.close()
    assert pen.numbers == list(range(10))
    assert "wait for the database: ConnectionError" in caplog.text


def test_a_flush_that_fails_keeps_the_entries_in_order() -> None:
    pen = Pen(refusals=1)
    waiting = ReadAudit(pen.write, delay=3600)
    for number in range(10):
        waiting.add(entry(number))
    with pytest.raises(ConnectionError):
        waiting.flush()
    waiting.flush()
    assert pen.numbers == list(range(10))
    waiting.close()


def test_a_close_that_fails_says_so_and_may_be_repeated() -> None:
    # The thread tries once more, then the close does.
    pen = Pen(refusals=2)
    waiting = ReadAudit(pen.write, delay=3600)
    waiting.add(entry(1))
    with pytest.raises(ConnectionError):
        waiting.close()
    waiting.close()
    assert pen.numbers == [1]


def test_whoever_adds_too_much_writes_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_audit, "MOST_WAITING", 10)
    monkeypatch.setattr(read_audit, "GROUP", 4)
    pen = Pen()
    waiting = ReadAudit(pen.write, delay=3600)
    for number in range(11):
        waiting.add(entry(number))
    assert pen.numbers == [0, 1, 2, 3]
    waiting.close()


FORKING = """
import os, sys
from tests.store.test_read_audit import ReadAudit, entry

def write(entries):
    for each in entries:
        print(os.getpid() == parent, each.user_name, flush=True)

parent = os.getpid()
waiting = ReadAudit(write, delay=3600)
waiting.add(entry(1))
child = os.fork()
waiting.add(entry(2 if child else 3))
waiting.close()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_writes_its_own_entries_alone() -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKING]
    run = subprocess.run(command, capture_output=True, text=True, timeout=A_WHILE, check=True, env=dict(os.environ))
    assert sorted(run.stdout.splitlines()) == ["False 3", "True 1", "True 2"]


def test_a_store_writes_what_waits_when_it_closes(database_url: str) -> None:
    store = open_store(database_url, read_audit_delay=3600)
    for number in range(1500):
        store.audit_later(find(number))
    store.close()
    store.close()
    assert finds(database_url) == 1500


def test_a_store_writes_by_itself(database_url: str) -> None:
    store = open_store(database_url, read_audit_delay=0.01)
    store.audit_later(find(1))
    for _ in range(1500):
        if finds(database_url):
            break
        time.sleep(0.02)
    assert finds(database_url) == 1
    store.close()


def test_a_flush_writes_at_once(database_url: str) -> None:
    store = open_store(database_url, read_audit_delay=3600)
    store.audit_later(find(1))
    store.flush()
    assert finds(database_url) == 1
    store.close()
