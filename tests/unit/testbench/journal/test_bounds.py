"""The journal keeps no more than its limits: the oldest go, and what is kept is whole."""

import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs_soap.testbench.journal import Criteria, Entry, Journal, Limits
from lrs_soap.testbench.journal.database import Database
from lrs_soap.testbench.journal.tables import COLUMNS
from tests.unit.testbench.journal.making import exchange


def kept(journal: Journal) -> list[str]:
    """Return the users of all entries, oldest first."""
    return [entry.user_name for entry in journal.find(limit=None)]


def record(journal: Journal, *numbers: int, size: int = 10) -> None:
    for number in numbers:
        journal.record(exchange(b"<a/>", b"x" * size, user_name=str(number)))


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", Limits(entries=10))
    record(journal, *range(25))
    assert kept(journal) == [str(number) for number in range(15, 25)]
    assert [entry.number for entry in journal.find(limit=None)] == list(range(16, 26))
    journal.close()


def test_the_oldest_go_when_they_are_too_large(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", Limits(size=100_000))
    record(journal, *range(5), size=10_000)
    record(journal, 5, size=60_000)
    assert kept(journal) == ["2", "3", "4", "5"]
    record(journal, 6, size=120_000)
    assert kept(journal) == []
    record(journal, 7)
    assert kept(journal) == ["7"]
    journal.close()


def test_what_is_too_old_is_not_shown_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path, Limits(hours=1))
    long_ago = datetime.now(UTC) - timedelta(hours=1, seconds=1)
    journal.record(exchange(user_name="old", at=long_ago))
    journal.record(exchange(user_name="young", at=long_ago + timedelta(minutes=1)))
    assert kept(journal) == ["young"]
    assert journal.count() == 1
    assert journal.get(1) is None
    journal.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT user_name FROM entry").fetchall() == [("young",)]
    connection.close()


def test_what_becomes_too_old_goes_although_nothing_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path, Limits(hours=1))
    record(journal, 1)
    journal.close()
    database = Database(path, Limits(hours=0))
    database.trim()
    database.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (0,)
        assert connection.execute("SELECT last, entries, size FROM held").fetchone() == (1, 0, 0)
    connection.close()


def values(world: str, size: int) -> tuple[object, ...]:
    """Return a row of a size."""
    known = {"size": size, "at": time.time(), "world": world, "status": 200, "duration_ms": 1.0, "scenario": None}
    blobs = ("request_body", "answer_body")
    return tuple(known.get(name, b"" if name in blobs else "") for name in COLUMNS[1:])


STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.lists(st.integers(1, 500), min_size=1, max_size=300)) | st.sampled_from("ab"),
    max_size=8,
)


@given(steps=STEPS, entries=st.integers(1, 400), size=st.integers(100, 50_000))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_limits_hold_whatever_comes_and_is_cleared(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[str | tuple[str, list[int]]],
    entries: int,
    size: int,
) -> None:
    database = Database(tmp_path_factory.mktemp("bounds") / "journal.db", Limits(entries=entries, size=size))
    expected: list[tuple[int, str, int]] = []
    last = 0
    for step in steps:
        if isinstance(step, str):
            gone = [row for row in expected if row[1] == step]
            assert database.clear(step) == len(gone)
            expected = [row for row in expected if row[1] != step]
            continue
        world, sizes = step
        database.write([values(world, each) for each in sizes])
        expected += [(number, world, each) for number, each in enumerate(sizes, last + 1)]
        last += len(sizes)
        while len(expected) > entries or sum(row[2] for row in expected) > size:
            expected.pop(0)
        found = database.rows(Criteria(), after=0, offset=0, limit=None)
        assert [(row.number, row.world, row.size) for row in found] == expected
    database.close()


def test_an_entry_is_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    at = datetime.now(UTC)
    sent = exchange(
        b"<a>\xc3\xa9</a>",
        b"<b/>",
        at=at,
        path="/w/mine/LearnerService.svc",
        query="wsdl",
        world="mine",
        duration=0.0123456,
        remote="192.0.2.1",
        scenario="slow",
        status=500,
        outcome="WSEC0001",
        answer_headers=(("Content-Type", "text/xml"), ("Retry-After", "3")),
    )
    journal.record(replace(sent))
    (entry,) = journal.find()
    assert entry == Entry(
        number=1,
        at=at,
        world="mine",
        service="LearnerService",
        operation="learnerByULN",
        element="",
        organisation="TEST0101",
        user_name="mis.user",
        user_agent="ExampleMIS/4.2",
        remote="192.0.2.1",
        method="POST",
        path="/w/mine/LearnerService.svc",
        query="wsdl",
        status=500,
        outcome="WSEC0001",
        duration_ms=12.346,
        scenario="slow",
        encoding="",
        request_headers=(("Content-Type", "text/xml; charset=utf-8"), ("User-Agent", "ExampleMIS/4.2")),
        request=b"<a>\xc3\xa9</a>",
        answer_headers=(("Content-Type", "text/xml"), ("Retry-After", "3")),
        answer=b"<b/>",
        facts={},
    )
    assert entry.header("user-agent") == "ExampleMIS/4.2"
    assert journal.get(1) == entry
    journal.close()


def test_a_path_beyond_ascii_is_shown_as_it_was_meant(journal: Journal) -> None:
    journal.record(exchange(path="/Élève.svc".encode().decode("latin-1")))
    assert journal.find()[0].path == "/Élève.svc"
