"""The files of worlds: each a SQLite register of its own, made from a template that is kept for the next time."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lrs_soap.store import open_store
from lrs_soap.testbench.drawing import Draw, seeded
from lrs_soap.worlds import Means, load_demo, load_files, load_qualifications

EMPTY = "empty"
DEMO = "demo"
WORLD_FILE = "world.yaml"


class WorldFiles:
    """Makes and copies the files of worlds below a directory. means: what loading a world needs from outside."""

    def __init__(self, directory: Path, means: Callable[[], Means]) -> None:
        self._templates = _made(directory / "templates")
        self._snapshots = _made(directory / "snapshots")
        self._registers = _made(directory / "registers")
        self._means = means

    def register(self, name: str, generation: int) -> Path:
        """Return where a world's register is; every generation has a file of its own."""
        return self._registers / f"{name}.{generation}.db"

    def snapshot(self, name: str, label: str) -> Path:
        """Return where a snapshot of a world is."""
        return _made(self._snapshots / name) / f"{label}.db"

    def make(self, content: str, target: Path, seed: int | None = None) -> None:
        """Make a register of a world file's text, or of one of the words EMPTY and DEMO. Raises WorldError.

        seed: what the ULNs that a world file leaves out are drawn from; by chance when there is none.
        """
        digest = hashlib.sha256(content.encode()).hexdigest()
        whole, drawn = self._templates / f"{digest}.db", self._templates / f"{digest}.{seed}.db"
        template = next((path for path in (whole, drawn) if path.exists()), None)
        if template is None:
            template = self._load(content, seed, whole, drawn)
        shutil.copy(template, target)

    def keep(self, register: Path, name: str, label: str) -> None:
        """Copy a register as a snapshot, in place of an earlier one."""
        target = self.snapshot(name, label)
        with TemporaryDirectory(dir=self._snapshots) as aside:
            copy = Path(aside, target.name)
            copy_register(register, copy)
            copy.replace(target)

    def remove(self, name: str) -> None:
        """Remove all files of a world; whoever has one open can still finish what is under way."""
        for path in self._registers.glob(f"{name}.*.db*"):
            path.unlink(missing_ok=True)
        shutil.rmtree(self._snapshots / name, ignore_errors=True)

    def forget(self, name: str, generation: int) -> None:
        """Remove the register of a generation."""
        for path in self._registers.glob(f"{name}.{generation}.db*"):
            path.unlink(missing_ok=True)

    def _load(self, content: str, seed: int | None, whole: Path, drawn: Path) -> Path:
        # Loaded aside, so that a template is either whole or not there.
        with TemporaryDirectory(dir=self._templates) as aside:
            register, copy = Path(aside, "register.db"), Path(aside, "copy.db")
            draws = _fill(register, content, seed, self._means())
            copy_register(register, copy)
            # Where nothing was drawn, the register is the same for every seed.
            return copy.replace(drawn if draws else whole)


def copy_register(source: Path, target: Path) -> None:
    """Copy a register as it stands at one moment, also while it is written to, into a new file or over an old one."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target, timeout=30)) as writing:
        reading.backup(writing)


def _fill(register: Path, content: str, seed: int | None, means: Means) -> int:
    """Make a register, and return how many numbers were drawn for it."""
    draw = _Counted(means.randbelow if seed is None else seeded(seed, "load"))
    means = replace(means, randbelow=draw)
    with closing(open_store(f"sqlite:///{register}")) as store:
        store.migrate()
        with store.writing() as work:
            load_qualifications(work)
            if content == DEMO:
                load_demo(work, means)
            elif content != EMPTY:
                file = register.with_name(WORLD_FILE)
                file.write_text(content, encoding="utf-8")
                load_files([file], work, means)
    return draw.count


class _Counted:
    """Draws numbers, and counts how many."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self.count = 0

    def __call__(self, below: int) -> int:
        self.count += 1
        return self._draw(below)


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory
