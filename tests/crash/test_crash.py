"""Whenever a worker or a command is killed, each record takes effect once, and each command wholly or not at all."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import postgres
from tests.crash.commands import COMMANDS
from tests.serving import ROOT

PARTS = 2
FEWEST_KILLS = 200
FEWEST_KILLS_OF_A_COMMAND = 15


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """Give the kind of a database, and the directory to make registers in."""
    if request.param == "sqlite":
        return "sqlite", tmp_path
    cluster: postgres.Cluster = request.getfixturevalue("postgresql_cluster")
    return "postgresql", cluster.home


def kill_everywhere(place: tuple[str, Path], *options: str) -> tuple[int, list[str]]:
    """Kill at every point, in processes side by side, and return how often that was, and what was wrong then."""
    database, directory = place
    command = [sys.executable, "-m", "tests.crash", database, str(directory), *options]
    runs = [
        subprocess.Popen([*command, "--slice", f"{part}/{PARTS}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for part in range(PARTS)
    ]
    found = [json.loads(run.communicate()[0]) for run in runs]
    return sum(part["kills"] for part in found), [told for part in found for told in part["violations"]]


@pytest.mark.timeout(900)
def test_nothing_is_lost_or_done_twice_wherever_a_worker_is_killed(
    place: tuple[str, Path], record_property: Callable[[str, object], None]
) -> None:
    kills, violations = kill_everywhere(place)
    record_property("counted", f"worker on {place[0]}: {kills} kills, {len(violations)} violations")
    assert violations == []
    assert kills >= FEWEST_KILLS


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_does_all_or_nothing_wherever_it_is_killed(
    name: str, place: tuple[str, Path], record_property: Callable[[str, object], None]
) -> None:
    kills, violations = kill_everywhere(place, "--command", name)
    record_property("counted", f"command on {place[0]}, {name}: {kills} kills, {len(violations)} violations")
    assert violations == []
    assert kills >= FEWEST_KILLS_OF_A_COMMAND
