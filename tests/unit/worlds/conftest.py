"""A register to load into, and files to load."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lrs_soap.store import Store, open_store
from lrs_soap.worlds import Loaded, Means, WorldError, load_files

NOW = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("Europe/London"))
MEANS = Means(NOW, lambda password: f"hash of {password}", random.Random(7).randrange)

Load = Callable[..., Loaded]
Refusal = Callable[[str], str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'register.db'}")
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Load:
    """Write a text to a file and load it: `load(text, "world.yaml")`."""

    def load_text(text: str | bytes, name: str = "world.yaml") -> Loaded:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        with store.writing() as work:
            return load_files([file], work, MEANS)

    return load_text


@pytest.fixture
def refusal(load: Load, store: Store, tmp_path: Path) -> Callable[..., list[str]]:
    """Load a text that must be refused; return its problems, the directory cut off; nothing of it may stay."""

    def refused(text: str | bytes, name: str = "world.yaml") -> list[str]:
        with store.reading() as work:
            before = work.learners.count(), len(work.organisations.all())
        with pytest.raises(WorldError) as caught:
            load(text, name)
        with store.reading() as work:
            assert (work.learners.count(), len(work.organisations.all())) == before
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return refused
