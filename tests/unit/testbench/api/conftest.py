"""A server of one process, and another one beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lrs_soap.settings import Settings
from tests.unit.testbench.api.process import WORLD_FILE, Process, prepared, process


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return prepared(tmp_path / "control", sqlite_url)


@pytest.fixture
def api(settings: Settings) -> Iterator[Process]:
    """Give a process of a server whose default world is temporary and has nothing in it yet."""
    with process(settings) as one:
        yield one


@pytest.fixture
def other(settings: Settings) -> Iterator[Process]:
    """Give another process of the same server."""
    with process(settings) as one:
        yield one


@pytest.fixture
def college(api: Process) -> str:
    """Make a world with an organisation and Maeve, and give its name."""
    return str(api.post("worlds", {"name": "college", "world": WORLD_FILE, "seed": 7}).body["name"])
