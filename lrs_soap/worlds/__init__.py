"""Worlds: what a register can be filled with. YAML for organisations, learners and their events, CSV for many learners
and for qualifications.

All of a load goes into the unit of work that is handed in, so that a problem found late undoes what came before it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from lrs_soap.store import UnitOfWork
from lrs_soap.worlds import learner_table, qualification_table, world
from lrs_soap.worlds.csv_rows import heading_of
from lrs_soap.worlds.loading import Loaded, Means
from lrs_soap.worlds.problems import Problem, WorldError

__all__ = ["Loaded", "Means", "WorldError", "load_demo", "load_files", "load_qualifications"]


def load_files(paths: Iterable[Path], work: UnitOfWork, means: Means) -> Loaded:
    """Load files by their extension: `.yaml` a world, `.csv` learners or qualifications, told apart by the heading.

    Raises WorldError, upon which the unit of work must not be committed.
    """
    loaded = Loaded()
    for path in paths:
        loaded += _load_file(path, work, means)
    return loaded


def load_demo(work: UnitOfWork, means: Means) -> Loaded:
    """Load the demo world."""
    with _shipped("demo.yaml") as path:
        return world.load(path, work, means)


def load_qualifications(work: UnitOfWork) -> Loaded:
    """Load the qualifications that come with the service, unless the register has some already."""
    if work.qualifications.count():
        return Loaded()
    with _shipped("qualifications.csv") as path:
        return qualification_table.load(path, work)


@contextmanager
def _shipped(name: str) -> Iterator[Path]:
    with resources.as_file(resources.files(__package__).joinpath(name)) as path:
        yield path


def _load_file(path: Path, work: UnitOfWork, means: Means) -> Loaded:
    match path.suffix.lower():
        case ".yaml" | ".yml":
            return world.load(path, work, means)
        case ".csv":
            return _load_table(path, work, means)
        case _:
            text = "name a world .yaml, and a table of learners or qualifications .csv"
            raise WorldError([Problem(str(path), 0, "", text)])


def _load_table(path: Path, work: UnitOfWork, means: Means) -> Loaded:
    try:
        if qualification_table.is_like(heading_of(path)):
            return qualification_table.load(path, work, means.show_progress)
        return learner_table.load(path, work, means)
    except OSError as error:
        raise WorldError([Problem(str(path), 0, "", f"cannot be read: {error.strerror}")]) from None
