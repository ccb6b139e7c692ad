"""Worlds: what a register can be filled with. YAML for worlds of every kind of record, CSV for many learners.

All of a load goes into the unit of work that is handed in, so that a problem found late undoes what came before it.
"""

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from lrs_soap.store import UnitOfWork
from lrs_soap.worlds import learner_table, world
from lrs_soap.worlds.loading import Loaded, Means
from lrs_soap.worlds.problems import Problem, WorldError

__all__ = ["Loaded", "Means", "WorldError", "load_demo", "load_files"]

_LOADERS = {".yaml": world.load, ".yml": world.load, ".csv": learner_table.load}


def load_files(paths: Iterable[Path], work: UnitOfWork, means: Means) -> Loaded:
    """Load files by their extension: `.yaml` a world, `.csv` learners.

    Raises WorldError, upon which the unit of work must not be committed.
    """
    loaded = Loaded()
    for path in paths:
        loaded += _load_file(path, work, means)
    return loaded


def load_demo(work: UnitOfWork, means: Means) -> Loaded:
    """Load the demo world."""
    with resources.as_file(resources.files(__package__).joinpath("demo.yaml")) as path:
        return world.load(path, work, means)


def _load_file(path: Path, work: UnitOfWork, means: Means) -> Loaded:
    load = _LOADERS.get(path.suffix.lower())
    if load is None:
        raise WorldError([Problem(str(path), 0, "", "name a world .yaml, and a table of learners .csv")])
    return load(path, work, means)
