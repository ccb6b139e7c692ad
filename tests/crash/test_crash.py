"""Whenever a worker is killed, each record takes effect once and has one result."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import postgres
from tests.serving import ROOT

PARTS = 2
FEWEST_KILLS = 200


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """Give the kind of a database, and the directory to make registers in."""
    if request.param == "sqlite":
        return "sqlite", tmp_path
    cluster: postgres.Cluster = request.getfixturevalue("postgresql_cluster")
    return "postgresql", cluster.home


def test_nothing_is_lost_or_done_twice_wherever_a_worker_is_killed(
    place: tuple[str, Path], record_property: Callable[[str, object], None]
) -> None:
    database, directory = place
    command = [sys.executable, "-m", "tests.crash", database, str(directory)]
    runs = [
        subprocess.Popen([*command, "--slice", f"{part}/{PARTS}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for part in range(PARTS)
    ]
    found = [json.loads(run.communicate()[0]) for run in runs]
    kills = sum(part["kills"] for part in found)
    violations = [told for part in found for told in part["violations"]]
    record_property("counted", f"worker on {database}: {kills} kills, {len(violations)} violations")
    assert violations == []
    assert kills >= FEWEST_KILLS
