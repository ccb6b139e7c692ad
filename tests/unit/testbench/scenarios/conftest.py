"""A bench for each test, on a register of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lrs_soap.testbench.control import Control
from tests.unit.testbench.scenarios.bench import Bench, TestClock, fill, opened_control, opened_register


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    directory = tmp_path / "control"
    directory.mkdir()
    with opened_control(directory) as control:
        yield control


@pytest.fixture
def bench(sqlite_url: str, control: Control) -> Iterator[Bench]:
    clock = TestClock()
    with opened_register(sqlite_url, clock) as register:
        fill(register.store)
        yield Bench(register, clock, control)
