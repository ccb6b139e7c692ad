"""Kill whoever works at one point after the other until a run needs no kill, and print what was found as JSON.

python -m tests.crash sqlite DIRECTORY                                        the worker of batches
python -m tests.crash postgresql DIRECTORY_OF_A_RUNNING_CLUSTER --slice 0/2
python -m tests.crash sqlite DIRECTORY --command "organisation add"           a command, see commands.py
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from lrs_soap.domain.codes import ReturnCode
from lrs_soap.store import open_store
from tests.crash import commands, scenario
from tests.crash.checking import Snapshot, damage, snapshot
from tests.crash.commands import COMMANDS, Copies
from tests.crash.killing import NEVER, in_a_child, work
from tests.postgres import Cluster

# A record of a check batch aside, nothing in this scenario comes to these.
NOT_REACHED = {ReturnCode.TOO_MANY_MATCHES, ReturnCode.OUTSIDE_AGE}


@contextmanager
def sqlite_copies(directory: Path, prepared: bool) -> Iterator[Copies]:
    """Give what copies a register with waiting jobs, or an empty database, in files."""
    with TemporaryDirectory(dir=directory) as home:
        original = Path(home, "original.db")
        original.touch()
        if prepared:
            prepare(f"sqlite:///{original}")

        @contextmanager
        def copy() -> Iterator[str]:
            for part in Path(home).glob("copy.db*"):
                part.unlink()
            yield f"sqlite:///{shutil.copy(original, Path(home, 'copy.db'))}"

        yield copy


@contextmanager
def postgresql_copies(directory: Path, prepared: bool) -> Iterator[Copies]:
    """Give what copies a register with waiting jobs, or an empty database, in databases of a running cluster."""
    cluster = Cluster(directory)
    if not prepared:
        yield partial(cluster.database, "template0")
        return
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
            violations += [f"point {point}: {told}" for told in damage(url) + snapshot(url).differences(expected)]
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
    parser.add_argument("--command", choices=COMMANDS, help="a command to be killed instead of the worker")
    options = parser.parse_args()
    part, parts = map(int, options.slice.split("/"))
    wanted = COMMANDS.get(options.command)
    copied = sqlite_copies if options.database == "sqlite" else postgresql_copies
    with copied(options.directory, prepared=not (wanted and wanted.on_nothing)) as copies:
        if wanted is None:
            found = kill_everywhere(copies, part + 1, parts)
        else:
            with TemporaryDirectory() as directory:
                found = commands.kill_everywhere(wanted, copies, Path(directory), part + 1, parts)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
