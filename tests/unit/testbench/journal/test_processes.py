"""All processes of a server share one journal, and whoever reads it misses nothing that was answered before."""

import logging
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal import Criteria, Journal, store
from lrs_soap.testbench.journal.counters import SLOTS, WIDTH, Counters, born
from tests.unit.testbench.journal import server
from tests.unit.testbench.journal.making import exchange

WORKERS, COUNT = 3, 60
SLEEPER = "import sys, time; print('ready', flush=True); time.sleep(600)"
TAKER = """
import sys, time
from pathlib import Path
from lrs_soap.testbench.journal.counters import Counters
slot = Counters(Path(sys.argv[1])).take()
slot.accept()
print(slot.start, flush=True)
time.sleep(600)
"""


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program, and end it at the end."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_whoever_got_an_answer_finds_its_entry_from_any_process(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    said: Counter[str] = Counter()
    with running("-m", server.__name__, str(path), str(WORKERS), str(COUNT)) as process:
        assert process.stdout is not None
        for line in process.stdout:
            worker, number = line.split()
            said[worker] += 1
            assert journal.count(Criteria(world=f"w{worker}")) > int(number)
        assert process.wait() == 0
    assert said == {str(worker): COUNT for worker in range(WORKERS)}
    for worker in said:
        entries = journal.find(Criteria(world=f"w{worker}"), limit=None)
        assert [entry.user_name for entry in entries] == [str(number) for number in range(COUNT)]
    everything = journal.find(limit=None, after=0)
    assert [entry.number for entry in everything] == list(range(1, WORKERS * COUNT + 2))
    journal.close()


def test_nothing_that_came_before_is_left_after_clearing_from_another_process(tmp_path: Path) -> None:
    here, there = Journal(tmp_path / "journal.db"), Journal(tmp_path / "journal.db")
    for number in range(20):
        here.record(exchange())
        assert there.clear() == 1, number
        assert here.count() == 0
    here.close()
    there.close()


def test_nobody_waits_for_a_process_that_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "counters"
    counters = Counters(path)
    with running("-c", TAKER, str(path)) as process:
        assert process.stdout is not None
        start = int(process.stdout.readline())
        assert not counters.wait_for_others(None, 0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert counters.wait_for_others(None, 60)
    assert counters.take().start == start
    counters.close()


def test_the_slots_of_the_living_are_their_own(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "counters")
    slots = [counters.take() for _ in range(3)]
    assert [slot.start // WIDTH for slot in slots] == [1, 2, 3]
    slots[0].accept()
    slots[1].leave()
    assert counters.take().start == slots[1].start
    assert (slots[0].accepted, slots[0].written) == (1, 0)
    slots[0].settle(1)
    assert counters.wait_for_others(slots[2], 0)
    counters.close()


def test_there_is_an_end_to_the_slots(tmp_path: Path) -> None:
    counters = Counters(tmp_path / "counters")
    for _ in range(SLOTS):
        counters.take()
    with pytest.raises(RuntimeError, match="256 processes write to one journal already"):
        counters.take()
    counters.close()


def test_the_living_are_told_from_the_dead() -> None:
    with running("-c", SLEEPER) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert born(process.pid) == born(process.pid) > 0
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert born(process.pid) == 0, "nobody has asked how it ended yet"
        process.wait()
        assert born(process.pid) == 0
    assert born(os.getpid()) > 0


def test_a_process_that_hangs_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "LONGEST_WAIT", 0.01)
    journal = Journal(tmp_path / "journal.db")
    with running("-c", TAKER, str(tmp_path / "journal.counters")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        journal.record(exchange())
        assert journal.count() == 1
    assert "a process has not written its part of the journal" in caplog.text
    journal.close()


def test_a_journal_outlives_its_processes(tmp_path: Path) -> None:
    for number in range(3):
        journal = Journal(tmp_path / "journal.db")
        journal.record(exchange(user_name=str(number)))
        journal.close()
    journal = Journal(tmp_path / "journal.db")
    assert [entry.user_name for entry in journal.find()] == ["0", "1", "2"]
    journal.close()


def test_a_closed_journal_still_takes_in(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.close()
    journal.record(exchange())
    assert journal.count() == 1
    journal.close()


def test_who_listens_is_told_of_every_exchange_before_anybody_reads(tmp_path: Path) -> None:
    heard: list[Exchange] = []
    journal = Journal(tmp_path / "journal.db", listeners=[heard.extend])
    made = [exchange(user_name=str(number)) for number in range(30)]
    for each in made:
        journal.record(each)
    journal.settle()
    assert heard == made
    journal.close()


def test_what_fails_away_from_the_request_harms_nobody_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Sequence[Exchange]) -> None:
        raise ValueError("no ear")

    heard: list[Exchange] = []
    journal = Journal(tmp_path / "journal.db", listeners=[fail, heard.extend])
    journal.record(exchange())
    journal.record(exchange(at=None))
    journal.record(exchange(user_name="last"))
    assert [entry.user_name for entry in journal.find()] == ["mis.user", "last"]
    assert len(heard) == 3
    assert "exchanges are lost to the journal, or to who listens to it" in caplog.text
    assert "an exchange cannot be kept" in caplog.text
    journal.close()


@pytest.mark.parametrize(("name", "most"), [("MOST_WAITING", 5), ("MOST_BYTES_WAITING", 5_000)])
def test_a_flood_is_written_by_those_who_bring_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(store, name, most)
    monkeypatch.setattr(store, "AT_ONCE_SECONDS", 600.0)
    groups: list[int] = []
    journal = Journal(tmp_path / "journal.db", listeners=[lambda group: groups.append(len(group))])
    for _ in range(40):
        journal.record(exchange(answer=b"x" * 600))
    assert len(groups) > 3
    assert journal.count() == 40
    journal.close()


def test_a_large_message_does_not_hold_up_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BYTES_OF_GROUP", 10_000)
    monkeypatch.setattr(store, "AT_ONCE_SECONDS", 600.0)
    groups: list[int] = []
    journal = Journal(tmp_path / "journal.db", listeners=[lambda group: groups.append(len(group))])
    for size in (1, 20_000, 1, 1):
        journal.record(exchange(b"", b"x" * size))
    journal.flush()
    assert groups == [2, 2]
    journal.close()


def test_logging_is_quiet_when_all_is_well(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    journal = Journal(tmp_path / "journal.db")
    journal.record(exchange())
    assert journal.count() == 1
    journal.close()
    assert caplog.records == []
