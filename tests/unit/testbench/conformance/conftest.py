"""A register for a module of tests, and clients of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.conformance.world import Place, opened


@pytest.fixture(scope="module")
def place(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give a register that a module's tests share."""
    file = shutil.copy(_migrated_file, tmp_path_factory.mktemp("conformance") / "register.db")
    with opened(f"sqlite:///{file}") as place:
        yield place


@pytest.fixture
def caller(place: Place) -> Caller:
    """Give a client of the register."""
    return Caller(place.service)
