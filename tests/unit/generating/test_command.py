"""`lrs-soap generate`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lrs_soap.cli import main
from lrs_soap.generating import Population


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["generate", *args])


def learners_in(url: str) -> str:
    said = CliRunner().invoke(main, ["db", "status", "--database", url]).output
    return said.splitlines()[1].split(",")[0]


def test_learners_go_into_a_register_that_is_made_for_them(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    result = run("25", "--into", url)
    assert (result.exit_code, result.output) == (0, f"Generated 25 learners into {url}.\n")
    assert learners_in(url) == "25 learners"


def test_a_second_time_adds_as_many_others(sqlite_url: str) -> None:
    run("20", "--into", sqlite_url)
    assert run("20", "--into", sqlite_url).exit_code == 0
    assert learners_in(sqlite_url) == "40 learners"


def test_learners_go_into_a_file(tmp_path: Path) -> None:
    file = tmp_path / "learners.csv"
    result = run("30", "--seed", "5", "--to", str(file))
    assert (result.exit_code, result.output) == (0, f"Generated 30 learners into {file}.\n")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 31
    assert Population(30, seed=5, live_only=True).block(0)[0].uln in lines[1]


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "learners.csv"
    result = run("3", "--to", str(file))
    assert (result.exit_code, result.output) == (1, f"Error: {file} cannot be written: No such file or directory\n")


def test_ages_are_counted_on_the_day_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "learners.csv"
    run("200", "--on", "1999-09-01", "--to", str(file))
    born = [line.split(",")[20] for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    assert max(born) < "1986-09-02"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["5", "--to", "a.csv", "--into", "sqlite:///a.db"], "--to and --into exclude each other"),
        (["5", "--without-ulns"], "name one with --to"),
        (["5", "--without-ulns", "--to", "a.jsonl"], "name masters by their ULNs"),
        (["0"], "0 is not in the range 1<=x<=15000000"),
    ],
)
def test_what_makes_no_sense_is_a_wrong_usage(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.output


def test_a_wrong_file_name_is_told_in_one_line(tmp_path: Path) -> None:
    result = run("5", "--to", str(tmp_path / "learners.txt"))
    assert result.exit_code == 1
    assert result.output == "Error: a file of learners ends in .csv, .xml, .jsonl, and learners.txt does not\n"
