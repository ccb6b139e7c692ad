from pathlib import Path

import pytest

from benchmarks import reporting
from benchmarks.figures import Figure, to_svg

FIGURE = Figure("finding", "Finding: p50", {("find", "SQLite"): {100: 1.0, 1000: 2.0}})


def test_a_report_holds_method_circumstances_tables_and_figures(tmp_path: Path) -> None:
    directory = tmp_path / "benchmarks"
    found: list[str | Figure] = [
        "Two rounds\n  1.0  2.0\n",
        "### SQLite\n\n| | ms |\n|---|---:|\n| find | 1 |\n",
        FIGURE,
    ]
    reporting.write(
        directory, "searching", "How it is done.\n", found, reporting.circumstances(["searching", "--rounds", "2"])
    )
    text = (directory / "searching.md").read_text(encoding="utf-8")
    assert text.startswith("# Searching\n\nHow it is done.\n\n- command: `python -m benchmarks searching --rounds 2`\n")
    assert "\n- commit: " in text
    assert "\n- machine: " in text
    assert "\nTwo rounds\n\n```\n  1.0  2.0\n```\n" in text
    assert "\n### SQLite\n\n| | ms |\n|---|---:|\n| find | 1 |\n" in text
    assert text.endswith("\n![Finding: p50](finding.svg)\n")
    assert (directory / "finding.svg").read_bytes() == to_svg(FIGURE)


@pytest.mark.parametrize("option", ["--keep", "--report"])
def test_a_report_does_not_tell_where_files_are(option: str) -> None:
    told = reporting.circumstances(["searching", option, "/somewhere/else", "--rounds", "2"])
    assert "/somewhere" not in told
    assert f"`python -m benchmarks searching {option} DIRECTORY --rounds 2`" in told


def test_the_machine_tells_its_cores_and_memory() -> None:
    assert "cores (" in reporting.machine()
    assert " GiB, " in reporting.machine()
