"""Memory and open files through thousands of requests of all kinds; `python -m benchmarks steady` sends 100,000."""

from functools import partial
from pathlib import Path

import pytest

from benchmarks.footprints import can_be_told
from benchmarks.population import populate
from benchmarks.servers import service
from benchmarks.steady import FINDS_TO_A_CALL, MIB, ORGANISATIONS, call, kinds, watched
from lrs_soap.testing import RunningServer
from tests.wire.bench import WORKERS, each_worker, find

WARM_UP = 2_000
MORE = 3_000
ALL_KINDS = 4 * (2 * FINDS_TO_A_CALL + 1)
# Through so few requests a process may still be making itself at home: that which judges begins seconds later.
MOST_GROWTH = 16 * MIB
# Reading a register while audit entries are written to it takes a second connection, which is kept: a file and its log
# for each of two registers.
MOST_FILES = 4


@pytest.mark.skipif(not can_be_told(), reason="memory and open files are told on Linux alone")
def test_memory_and_open_files_stay_as_they_are(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'register.db'}"
    learners = populate(database, 500)
    with (
        service(database, WORKERS, worker_class="sync") as serving,
        RunningServer(serving.address) as server,
        server.world("bad-days", ORGANISATIONS) as world,
    ):
        # Some files are opened when they are first needed, by each worker for itself.
        each_worker(serving.address, partial(find, world, "9000000105", "Amelia", "Hartley"))
        mix = kinds(serving.address, world, learners)
        each_worker(serving.address, partial(call, serving.address, mix[:ALL_KINDS]))
        warm, later = watched(serving, mix, (WARM_UP, MORE))
        assert world.scenarios.list()[0].acted > 0
    assert later.requests == WARM_UP + MORE
    assert [each.pid for each in later.held] == [each.pid for each in warm.held]
    assert len(later.held) > 1 + WORKERS
    for before, after in zip(warm.held, later.held, strict=True):
        assert after.memory - before.memory < MOST_GROWTH, (before, after)
        assert after.files - before.files <= MOST_FILES, (before, after)
