"""The ledger: several processes write to it, in whatever order, and it tells the same."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lrs_soap.testbench.conformance import Ledger, Report, Verdicts
from lrs_soap.testbench.conformance.ledger import MOST_GROUPS, SETTLED_AFTER
from lrs_soap.testbench.conformance.report import report
from lrs_soap.testbench.exchange import Exchange
from tests.unit.testbench.conformance.cases import FIND
from tests.unit.testbench.conformance.exchanges import Caller
from tests.wire import requests


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conformance.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    ledger = Ledger(path)
    yield ledger
    ledger.close()


def told(report: Report) -> list[object]:
    """Return everything but the moment of a report."""
    return list(report.clients)


def expected(*exchanges: Exchange) -> list[object]:
    verdicts = Verdicts()
    for exchange in exchanges:
        verdicts.judge(exchange)
    return told(report(verdicts))


def moved(exchanges: Sequence[Exchange], seconds: float) -> list[Exchange]:
    return [replace(one, at=one.at + timedelta(seconds=seconds)) for one in exchanges]


def in_world(exchange: Exchange, world: str) -> Exchange:
    return replace(exchange, world=world)


def waiting(ledger: Ledger) -> int:
    """Return how many groups wait to be settled."""
    with ledger._engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM waiting").scalar_one())


def test_an_empty_ledger_knows_nobody(ledger: Ledger) -> None:
    assert ledger.report().clients == ()
    assert ledger.report("default").world == "default"


def test_what_was_added_is_told(ledger: Ledger, caller: Caller) -> None:
    made = [caller(FIND), caller(requests.register(GivenName="Ledger"))]
    ledger.add(made)
    assert told(ledger.report()) == expected(*made)


def test_what_is_no_request_is_not_kept(ledger: Ledger, caller: Caller) -> None:
    ledger.add([caller("", method="GET")])
    ledger.add([])
    assert ledger.report().clients == ()


def test_processes_may_hand_in_late_what_happened_early(path: Path, ledger: Ledger, caller: Caller) -> None:
    found = caller(requests.by_demographics(GivenName="Order"))
    registered = caller(requests.register(GivenName="Order"))
    other = Ledger(path)
    ledger.add([registered])
    other.add([found])
    other.close()
    (client,) = ledger.report().clients
    assert [one.kept for one in client.rules if one.rule.number == "LRS-401"] == [1]
    assert told(ledger.report()) == expected(found, registered)


def test_what_is_old_is_settled_and_tells_the_same(path: Path, ledger: Ledger, caller: Caller) -> None:
    first = [caller(requests.by_demographics(GivenName="Settle")), caller(requests.register(GivenName="Settle"))]
    groups = [moved(first, 15 * step) for step in range(5)]
    for group in groups:
        ledger.add(group)
        ledger.settle(group[-1].at.timestamp())
        assert ledger.report().clients
    assert told(ledger.report()) == expected(*[one for group in groups for one in group])
    reopened = Ledger(path)
    assert told(reopened.report("default")) == told(ledger.report())
    reopened.close()


def test_settling_leaves_little_waiting(path: Path, ledger: Ledger, caller: Caller) -> None:
    made = caller(FIND)
    for step in range(100):
        ledger.add(moved([made], step))
        ledger.settle(made.at.timestamp() + step)
    assert waiting(ledger) <= SETTLED_AFTER + 1
    assert ledger.report().clients[0].requests == 100


def test_much_is_settled_a_part_at_a_time_and_in_order(ledger: Ledger, caller: Caller) -> None:
    both = [caller(requests.by_demographics(GivenName="Parts")), caller(requests.register(GivenName="Parts"))]
    made = [one for step in range(MOST_GROUPS) for one in moved(both, 2 * step)]
    for one in made:
        ledger.add([one])
    end = made[-1].at.timestamp() + 60
    assert ledger.settle(end)
    assert waiting(ledger) == len(made) - MOST_GROUPS
    while ledger.settle(end):
        assert told(ledger.report()) == expected(*made)
    assert waiting(ledger) == 0
    assert told(ledger.report()) == expected(*made)


def test_what_is_settled_of_a_group_is_its_early_part_alone(path: Path, ledger: Ledger, caller: Caller) -> None:
    found, registered = caller(requests.by_demographics(GivenName="Both")), caller(requests.register(GivenName="Both"))
    ledger.add([found, *moved([found], 10)])
    ledger.settle(found.at.timestamp() + SETTLED_AFTER + 5)
    assert waiting(ledger) == 1
    ledger.add(moved([registered], 2))
    assert told(ledger.report()) == expected(found, *moved([registered], 2), *moved([found], 10))


def test_what_was_forgotten_while_it_was_being_settled_stays_forgotten(
    path: Path, ledger: Ledger, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, other = caller(FIND), Ledger(path)
    ledger.add([made])
    judge = Verdicts.judge

    def judge_late(verdicts: Verdicts, exchange: Exchange) -> None:
        other.clear()
        judge(verdicts, exchange)

    with monkeypatch.context() as patched:
        patched.setattr(Verdicts, "judge", judge_late)
        assert not ledger.settle(made.at.timestamp() + 60)
    other.close()
    assert ledger.report().clients == ()


def test_worlds_are_apart_and_together(ledger: Ledger, caller: Caller) -> None:
    made = caller(FIND)
    ledger.add([in_world(made, "one"), in_world(made, "one"), in_world(made, "two")])
    assert ledger.report("one").clients[0].requests == 2
    assert ledger.report("two").clients[0].requests == 1
    assert ledger.report().clients[0].requests == 3
    assert ledger.report("three").clients == ()


def test_clearing_forgets_a_world_or_all(ledger: Ledger, caller: Caller) -> None:
    made = caller(FIND)
    for step in (0, 30):
        ledger.add(moved([in_world(made, "one"), in_world(made, "two")], step))
    ledger.clear("one")
    assert ledger.report("one").clients == ()
    assert ledger.report("two").clients[0].requests == 2
    ledger.clear()
    assert ledger.report().clients == ()


def test_many_write_at_once(path: Path, caller: Caller) -> None:
    made = caller(FIND)
    failures: list[Exception] = []

    def write(number: int) -> None:
        own = Ledger(path)
        try:
            for step in range(20):
                own.add(moved([made, made], number + 3 * step))
        except Exception as error:  # whatever it is, the test has to know
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = Ledger(path)
    (client,) = ledger.report().clients
    ledger.close()
    assert failures == []
    assert client.requests == 160
