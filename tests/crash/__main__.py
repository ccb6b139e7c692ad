"""Kill the worker at one point after the other until a run needs no kill, and print what was found as JSON.

python -m tests.crash sqlite DIRECTORY
python -m tests.crash postgresql DIRECTORY_OF_A_RUNNING_CLUSTER --slice 0/2
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from lrs_soap.domain.codes import ReturnCode
from lrs_soap.store import open_store
from tests.crash import scenario
from tests.crash.checking import Snapshot, snapshot
from tests.crash.killing import NEVER, in_a_child, work
from tests.postgres import Cluster

Copies = Callable[[], AbstractContextManager[str]]
# A record of a check batch aside, nothing in this scenario comes to these.
NOT_REACHED = {ReturnCode.TOO_MANY_MATCHES, ReturnCode.OUTSIDE_AGE}


@contextmanager
def sqlite_copies(directory: Path) -> Iterator[Copies]:
    """Give what copies a register with waiting jobs, in files."""
    with TemporaryDirectory(dir=directory) as home:
        original = Path(home, "original.db")
        prepare(f"sqlite:///{original}")

        @contextmanager
        def copy() -> Iterator[str]:
            for part in Path(home).glob("copy.db*"):
                part.unlink()
            yield f"sqlite:///{shutil.copy(original, Path(home, 'copy.db'))}"

        yield copy


@contextmanager
def postgresql_copies(directory: Path) -> Iterator[Copies]:
    """Give what copies a register with waiting jobs, in databases of a running cluster."""
    cluster = Cluster(directory)
    with cluster.database() as original:
        prepare(original)
        name = make_url(original).database
        assert name is not None
        yield partial(cluster.database, name)


def prepare(url: str) -> None:
    """Make the register that every run starts from."""
    store = open_store(url)
    store.migrate()
    scenario.fill(store)
    store.close()


def kill_everywhere(copies: Copies, first: int, step: int) -> dict[str, object]:
    """Kill at the points first, first + step, … and return how many kills there were, and what they did wrong."""
    expected = undisturbed(copies)
    violations: list[str] = []
    point, kills, completed = first, 0, False
    while not completed:
        with copies() as url:
            completed = in_a_child(partial(work, url, point))
            if not completed:
                kills += 1
                in_a_child(partial(work, url, NEVER))
            violations += [f"point {point}: {told}" for told in snapshot(url).differences(expected)]
        point += step
    return {"kills": kills, "violations": violations}


def undisturbed(copies: Copies) -> Snapshot:
    """Return what a run without a kill leaves behind."""
    with copies() as url:
        assert in_a_child(partial(work, url, NEVER))
        found = snapshot(url)
    reached = {row[2] for row in found.records}
    assert set(ReturnCode) - reached == NOT_REACHED, sorted(set(ReturnCode) - reached)
    assert all(row[1] == "Successful" for row in found.jobs)
    return found


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--slice", default="0/1", help="which part of the points, such as 1/2 for the second half")
    options = parser.parse_args()
    part, parts = map(int, options.slice.split("/"))
    prepared = sqlite_copies if options.database == "sqlite" else postgresql_copies
    with prepared(options.directory) as copies:
        json.dump(kill_everywhere(copies, part + 1, parts), sys.stdout)


if __name__ == "__main__":
    main()
