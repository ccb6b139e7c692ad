"""Entries are found by what they are, waited for, cleared and handed out as files."""

import io
import json
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.testbench.journal import Criteria, Journal
from tests.unit.testbench.journal.making import exchange

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def filled(journal: Journal) -> Journal:
    """Give a journal with three entries."""
    journal.record(exchange(b"<a>O&apos;Neil</a>", at=NOON, user_name="1", query="x=1"))
    journal.record(
        exchange(
            at=NOON + timedelta(seconds=1),
            user_name="2",
            world="mine",
            service="LearnerServiceR9",
            operation="LearnerByUln",
            organisation="TEST0202",
            outcome="WSEC0001",
            status=500,
            scenario="busy",
        )
    )
    journal.record(
        exchange(
            "<a>Zoë</a>".encode("utf-16"),
            answer=b"<b>100%_</b>",
            at=NOON + timedelta(seconds=2),
            user_name="3",
            outcome="WSEC0005",
            status=500,
            headers=(("Content-Type", "text/xml"), ("User-Agent", "PHP-SOAP/8.2")),
        )
    )
    return journal


def users(journal: Journal, **criteria: Any) -> str:
    return "".join(entry.user_name for entry in journal.find(Criteria(**criteria)))


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, "123"),
        ({"world": "mine"}, "2"),
        ({"world": "default"}, "13"),
        ({"service": "learnerservicer9"}, "2"),
        ({"operation": "learnerbyuln"}, "123"),
        ({"operation": "learner"}, ""),
        ({"organisation": "test0202"}, "2"),
        ({"outcome": "WSEC0001"}, "2"),
        ({"outcome": "WSEC*"}, "23"),
        ({"outcome": "WS_C*"}, ""),
        ({"outcome": "WSEC"}, ""),
        ({"status": 500}, "23"),
        ({"user_agent": "php-soap"}, "3"),
        ({"user_agent": "%"}, ""),
        ({"text": "o'neil"}, "1"),
        ({"text": "ZOË"}, "3"),
        ({"text": "100%_"}, "3"),
        ({"text": "WSRC0004"}, "12"),
        ({"since": NOON + timedelta(seconds=1)}, "23"),
        ({"scenario": "busy"}, "2"),
        ({"status": 500, "world": "default"}, "3"),
    ],
)
def test_entries_are_found_by_what_they_are(filled: Journal, criteria: dict[str, Any], found: str) -> None:
    assert users(filled, **criteria) == found
    assert filled.count(Criteria(**criteria)) == len(found)


def test_criteria_can_be_given_as_texts() -> None:
    parsed = Criteria.parse({"status": "500", "since": "2026-03-02T12:00:00+00:00", "outcome": "WSEC*"})
    assert parsed == Criteria(status=500, since=NOON, outcome="WSEC*")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "1"}, "'state' is no criterion; there are operation, organisation"),
        ({"status": "ok"}, "'ok' is no HTTP status"),
        ({"status": "99"}, "'99' is no HTTP status"),
        ({"since": "noon"}, "'noon' is no moment"),
    ],
)
def test_criteria_that_make_no_sense_are_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Criteria.parse(values)


def test_entries_come_in_the_order_of_their_requests_or_of_their_numbers(journal: Journal) -> None:
    for second in (3, 1, 2):
        journal.record(exchange(at=NOON + timedelta(seconds=second), user_name=str(second)))
    assert users(journal) == "123"
    assert [entry.user_name for entry in journal.find(limit=1, offset=1)] == ["2"]
    assert [(entry.number, entry.user_name) for entry in journal.find(after=1)] == [(2, "1"), (3, "2")]
    assert journal.find(after=3) == []


def test_numbers_are_never_given_again(journal: Journal) -> None:
    journal.record(exchange())
    assert journal.clear() == 1
    journal.record(exchange())
    assert [entry.number for entry in journal.find()] == [2]


def test_a_world_is_cleared_alone(filled: Journal) -> None:
    assert filled.clear("mine") == 1
    assert users(filled) == "13"
    assert filled.clear("nowhere") == 0
    assert filled.clear() == 2
    assert filled.count() == 0


def test_waiting_ends_with_the_last_entry_that_was_wanted(journal: Journal) -> None:
    def come() -> None:
        for number in range(3):
            journal.record(exchange(user_name=str(number)))

    coming = threading.Timer(0.1, come)
    coming.start()
    found = journal.wait(at_least=3, timeout=60)
    coming.join()
    assert [entry.user_name for entry in found] == ["0", "1", "2"]


def test_waiting_ends_when_the_time_is_up(filled: Journal) -> None:
    assert len(filled.wait(Criteria(world="mine"), at_least=2, timeout=0.05)) == 1
    assert len(filled.wait(at_least=0, timeout=0)) == 3


def test_entries_are_handed_out_as_files(filled: Journal, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "export"
    assert filled.export(Criteria(), folder) == 3
    index = json.loads((folder / "index.json").read_text())["entries"]
    assert [entry["user_name"] for entry in index] == ["1", "2", "3"]
    assert index[0]["request"]["file"] == "000001-request.xml"
    assert (folder / "000001-request.xml").read_bytes() == b"<a>O&apos;Neil</a>"
    assert (folder / index[2]["request"]["file"]).read_text("utf-16") == "<a>Zoë</a>"
    assert (folder / index[2]["answer"]["file"]).read_bytes() == b"<b>100%_</b>"
    assert index[1]["explanation"]["sentences"][0] == "The scenario 'busy' interfered."
    assert len(list(folder.iterdir())) == 7


def test_entries_are_handed_out_as_a_zip_file(filled: Journal) -> None:
    stream = io.BytesIO()
    assert filled.export(Criteria(world="mine"), stream) == 1
    with zipfile.ZipFile(stream) as archive:
        assert sorted(archive.namelist()) == ["000002-answer.xml", "000002-request.xml", "index.json"]
        assert b"<OrgPassword>***</OrgPassword>" in archive.read("000002-request.xml")


def test_a_message_that_was_none_has_no_file(journal: Journal, tmp_path: Path) -> None:
    journal.record(exchange(b"", b"There is nothing here.\n", status=404, operation="", outcome=""))
    journal.export(Criteria(), tmp_path / "export")
    (entry,) = json.loads((tmp_path / "export" / "index.json").read_text())["entries"]
    assert entry["request"] == {
        "headers": [["Content-Type", "text/xml; charset=utf-8"], ["User-Agent", "ExampleMIS/4.2"]],
        "file": None,
    }
    assert entry["answer"]["file"] == "000001-answer.txt"


def test_what_is_handed_out_can_be_without_persons(filled: Journal, tmp_path: Path) -> None:
    filled.export(Criteria(world="mine"), tmp_path / "export", blot_personal=True)
    request = (tmp_path / "export" / "000002-request.xml").read_text()
    assert "<FamilyName>***</FamilyName>" in request
    assert "Maeve" not in request


def test_json_tells_all_or_all_but_the_messages(filled: Journal) -> None:
    entry = filled.find()[2]
    told = json.loads(json.dumps(entry.to_json()))
    assert told["at"] == "2026-03-02T12:00:02+00:00"
    assert told["encoding"] == "utf-16-le"
    assert told["request"]["body"] == "\ufeff<a>Zoë</a>"
    assert told["answer"]["headers"] == [["Content-Type", "text/xml; charset=utf-8"]]
    assert set(told) - set(entry.to_json(messages=False)) == {"request", "answer"}
