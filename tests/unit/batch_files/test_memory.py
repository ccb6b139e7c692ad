"""Memory does not grow with the file."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from lrs_soap.batch_files import Check
from tests.unit.batch_files.making import CSV_NAME, TODAY, XML_NAME, csv_file, learner, write, xml_file

LEARNERS = 5000
NOTES = "x" * 3900
MOST_GROWTH = 8 << 20

STATUS = Path("/proc/self/status")

# The tree of an XML parser lies outside what Python accounts for, so that the system is asked.
PEAKS = """
import re, sys
from datetime import date
from pathlib import Path
from lrs_soap.batch_files import Check

for name in sys.argv[1:]:
    learners = sum(1 for _ in Check(Path(name), date(2026, 3, 2)).records())
    print(learners, re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1])
"""


def rows(number: int) -> list[dict[str, str]]:
    return [learner(place, Notes=NOTES) for place in range(number)]


def test_reading_csv_keeps_no_records(tmp_path: Path) -> None:
    file = write(tmp_path / CSV_NAME, csv_file(*rows(LEARNERS)))
    assert file.stat().st_size > 2 * MOST_GROWTH
    tracemalloc.start()
    try:
        assert sum(1 for _ in Check(file, TODAY).records()) == LEARNERS
        assert tracemalloc.get_traced_memory()[1] < MOST_GROWTH
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell the memory of a process")
@pytest.mark.parametrize(("name", "make"), [(XML_NAME, xml_file), (CSV_NAME, csv_file)])
def test_a_large_file_needs_no_more_memory_than_a_small_one(
    name: str, make: Callable[..., str], tmp_path: Path
) -> None:
    files = []
    for number in (100, LEARNERS):
        (tmp_path / str(number)).mkdir()
        files.append(str(write(tmp_path / str(number) / name, make(*rows(number)))))
    told = subprocess.run([sys.executable, "-c", PEAKS, *files], check=True, capture_output=True, text=True).stdout
    (few, before), (many, after) = (map(int, line.split()) for line in told.splitlines())
    assert (few, many) == (100, LEARNERS)
    assert (after - before) * 1024 < MOST_GROWTH
