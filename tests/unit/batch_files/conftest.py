"""Files to check."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.batch_files.making import CSV_NAME, check_of, write

Told = Callable[..., list[str]]


@pytest.fixture
def refusal(tmp_path: Path) -> Told:
    """Check a file that must be refused as a whole; return its problems of the file, the name cut off."""

    def told(content: str | bytes, name: str = CSV_NAME, ukprn: str | None = None) -> list[str]:
        check, _, refused = check_of(write(tmp_path / name, content), ukprn)
        assert refused
        return [line.removeprefix(":") for line in check.problems.shown("", of_file_alone=True)]

    return told


@pytest.fixture
def rejections(tmp_path: Path) -> Told:
    """Check a file that must not be refused; return the problems of its records, the name cut off."""

    def told(content: str | bytes, name: str = CSV_NAME) -> list[str]:
        check, given, refused = check_of(write(tmp_path / name, content))
        assert not refused
        assert len(given) == check.learners
        return [line.removeprefix(":") for line in check.problems.shown("")]

    return told
