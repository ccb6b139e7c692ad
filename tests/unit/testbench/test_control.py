"""What the processes of a server share."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lrs_soap.testbench.control import Control, SharedNumber

FORK = multiprocessing.get_context("fork")
STEPS = 300


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    control = Control(tmp_path)
    control.tables()
    yield control
    control.close()


def in_processes(count: int, what: Any, *arguments: Any) -> None:
    """Do something in processes of their own, all at once."""
    processes = [FORK.Process(target=what, args=arguments) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count


def add_to_number(path: Path) -> None:
    number = SharedNumber(path)
    for _ in range(STEPS):
        number.add()


def add_to_counter(directory: Path) -> None:
    control = Control(directory)
    for _ in range(STEPS):
        control.counter("generation").add(2)


def test_a_number_is_zero_at_first_and_known_to_whoever_opens_it(tmp_path: Path) -> None:
    one, another = SharedNumber(tmp_path / "number"), SharedNumber(tmp_path / "number")
    assert (one.value, another.value) == (0, 0)
    assert one.add(5) == 5
    assert another.value == 5
    assert another.add(-7) == -2
    assert one.value == -2


def test_no_step_of_a_process_is_lost(tmp_path: Path) -> None:
    number = SharedNumber(tmp_path / "number")
    in_processes(4, add_to_number, tmp_path / "number")
    assert number.value == 4 * STEPS


def test_no_step_is_lost_when_a_number_is_inherited(tmp_path: Path) -> None:
    number = SharedNumber(tmp_path / "number")

    def add() -> None:
        for _ in range(STEPS):
            number.add()

    in_processes(4, add)
    assert number.value == 4 * STEPS


def test_no_step_of_a_thread_is_lost(tmp_path: Path) -> None:
    number = SharedNumber(tmp_path / "number")

    def add() -> None:
        for _ in range(STEPS):
            number.add()

    threads = [Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number.value == 4 * STEPS


def test_a_number_is_never_seen_half_written(tmp_path: Path) -> None:
    number = SharedNumber(tmp_path / "number")
    number.add(0xFF)
    seen = {number.value}
    reader = SharedNumber(tmp_path / "number")

    def swing() -> None:
        mine = SharedNumber(tmp_path / "number")
        for _ in range(2000):
            mine.add(1)
            mine.add(-1)

    process = FORK.Process(target=swing)
    process.start()
    while process.is_alive():
        seen.update(reader.value for _ in range(1000))
    process.join()
    assert seen <= {0xFF, 0x100}


def test_a_number_lasts_as_long_as_its_file(tmp_path: Path) -> None:
    number = SharedNumber(tmp_path / "number")
    number.add(3)
    number.close()
    assert SharedNumber(tmp_path / "number").value == 3


def test_a_counter_begins_at_zero_and_each_has_its_own(control: Control) -> None:
    assert control.counter("a").value() == 0
    assert [control.counter("a").add(), control.counter("a").add(4), control.counter("b").add()] == [1, 5, 1]
    assert (control.counter("a").value(), control.counter("b").value()) == (5, 1)


def test_counters_are_exact_across_processes(control: Control) -> None:
    in_processes(3, add_to_counter, control.directory)
    assert control.counter("generation").value() == 3 * 2 * STEPS


def test_others_learn_of_a_change_once_it_is_committed(control: Control) -> None:
    other = Control(control.directory)
    before = other.version()
    with control.changing() as connection:
        connection.exec_driver_sql("INSERT INTO counter VALUES ('x', 9)")
        assert (other.version(), other.counter("x").value()) == (before, 0)
    assert other.version() == before + 1
    assert other.counter("x").value() == 9
    other.close()


def test_a_change_that_fails_is_undone_and_told_to_nobody(control: Control) -> None:
    before = control.version()

    def change_and_fail() -> None:
        with control.changing() as connection:
            connection.exec_driver_sql("INSERT INTO counter VALUES ('x', 9)")
            raise KeyError

    with pytest.raises(KeyError):
        change_and_fail()
    assert (control.version(), control.counter("x").value()) == (before, 0)


def test_tables_can_be_made_again(control: Control) -> None:
    control.counter("a").add(2)
    control.tables()
    assert control.counter("a").value() == 2
