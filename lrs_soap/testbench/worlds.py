"""Worlds: registers that do not see each other, each with a clock and a seed of its own.

The default world is the server's own register and needs no prefix; others are made, reset and deleted while it runs.
"""

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

from lrs_soap.domain.clock import Clock
from lrs_soap.store import Store, open_store
from lrs_soap.store.engine import transaction
from lrs_soap.testbench import world_records
from lrs_soap.testbench.clocks import ClockSetting, SettableClock
from lrs_soap.testbench.control import Control
from lrs_soap.testbench.drawing import Draw, drawn
from lrs_soap.testbench.world_files import EMPTY, WorldFiles, copy_register
from lrs_soap.testbench.world_records import WorldRecord, clock_columns

logger = logging.getLogger(__name__)

DEFAULT = "default"
NAME = re.compile("[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LABEL = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
MOST_OPEN = 100
Build = Callable[[Store, Clock, Draw], Any]
"""Makes the WSGI application over a world's register, from its store, its clock and what ULNs are drawn with."""


class WorldRefusedError(ValueError):
    """Something cannot be done with a world as it is; the text says why, and what can be done instead."""


class UnknownWorldError(WorldRefusedError):
    """There is no world of this name, or no such snapshot of one."""


class WorldNameError(WorldRefusedError):
    """A world or a snapshot cannot be called so."""


class World:
    """A world opened by this process: its store, its clock, and what its ULNs are drawn with.

    record: as it was when the world was last asked for.
    """

    def __init__(self, record: WorldRecord, store: Store, clock: Clock, draw: Draw, build: Build) -> None:
        self.record = record
        self.store = store
        self.clock = clock
        self.draw = draw
        self._build = build

    @cached_property
    def application(self) -> Any:
        """The WSGI application over its register, built when it is first called."""
        return self._build(self.store, self.clock, self.draw)


class Worlds:
    """All worlds of a server, as one process sees them.

    Several threads may use it. default_store: the register of the default world. build: makes the application over a
    register.
    """

    def __init__(
        self, control: Control, files: WorldFiles, default_store: Store, base_clock: Clock, build: Build
    ) -> None:
        self._control = control
        self._files = files
        self._default_store = default_store
        self._base_clock = base_clock
        self._build = build
        self._records: Mapping[str, WorldRecord] = {}
        self._read_at = -1
        self._open: dict[str, World] = {}
        self._opening = RLock()

    def add_default(self, *, origin: str, seed: int | None, lasting: bool) -> None:
        """Make the default world known, when a server starts; one in the same directory may have had another."""
        record = self._new(DEFAULT, origin, seed, lasting=lasting)
        with self._control.changing() as connection:
            world_records.put(connection, record)

    def list(self) -> tuple[WorldRecord, ...]:
        """Return all worlds by name."""
        known = self._current()
        return tuple(known[name] for name in sorted(known))

    def record(self, name: str) -> WorldRecord:
        """Return what is kept of a world. Raises UnknownWorldError."""
        found = self._current().get(name)
        if found is None:
            raise _unknown(name)
        return found

    def get(self, name: str) -> World:
        """Return a world to work with. Raises UnknownWorldError."""
        with self._opening:
            record = self.record(name)
            opened = self._open.pop(name, None)
            if opened is None or opened.record.generation != record.generation:
                self._let_go(opened)
                opened = self._opened(record)
            opened.record = record
            # The last one asked for is the last one to be let go.
            self._open[name] = opened
            return opened

    def create(self, name: str, origin: str = EMPTY, seed: int | None = None) -> WorldRecord:
        """Make a world from the text of a world file, EMPTY or DEMO. Raises WorldRefusedError and WorldError."""
        if NAME.fullmatch(name) is None:
            raise WorldNameError("a world's name has 1 to 40 small letters, digits and hyphens between them")
        if name not in self._current():
            record = self._new(name, origin, seed)
            self._files.make(origin, self._files.register(name, record.generation), seed)
            with self._control.changing() as connection:
                if world_records.add(connection, record):
                    return record
            # Somebody else was faster.
            self._files.forget(name, record.generation)
        raise WorldRefusedError(f"there is a world '{name}' already; reset or delete it, or take another name")

    def delete(self, name: str) -> None:
        """Delete a world with all it holds. Raises WorldRefusedError."""
        self.record(name)
        if name == DEFAULT:
            raise WorldRefusedError("the default world lasts as long as the server; reset it, or stop the server")
        with self._control.changing() as connection:
            world_records.forget(connection, name)
        self._close(name)
        self._files.remove(name)

    def reset(self, name: str) -> WorldRecord:
        """Bring a world back to what it was made from, its clock and seed too. Raises WorldRefusedError."""
        record = self._emptiable(name)
        state = {"seed": record.first_seed, "draws": 0, **clock_columns(ClockSetting())}
        return self._replace(record, lambda target: self._files.make(record.origin, target, record.first_seed), state)

    def snapshot(self, name: str, label: str) -> None:
        """Keep a world's register, clock and seed under a label, in place of earlier ones. Raises WorldRefusedError."""
        _check_label(label)
        record = self.record(name)
        if name in self._open:
            self._open[name].store.flush()
        self._files.keep(self._file(record), name, label)
        with transaction(self._control.engine) as connection:
            world_records.remember(connection, name, label)

    def snapshots(self, name: str) -> tuple[str, ...]:
        """Return the labels of a world's snapshots."""
        with self._control.engine.connect() as connection:
            return world_records.labels(connection, self.record(name).name)

    def restore(self, name: str, label: str) -> WorldRecord:
        """Bring a world back to a snapshot, its clock and seed too. Raises WorldRefusedError."""
        record = self._emptiable(name)
        with self._control.engine.connect() as connection:
            state = world_records.remembered(connection, name, label)
        if state is None:
            raise UnknownWorldError(f"there is no snapshot '{label[:50]}' of the world '{name}'")
        kept = self._files.snapshot(name, label)
        return self._replace(record, lambda target: copy_register(kept, target), state)

    def set_clock(self, name: str, change: Callable[[ClockSetting], ClockSetting]) -> WorldRecord:
        """Change how a world's clock is set, from what it is at that moment. Raises UnknownWorldError, ClockError."""
        with self._control.changing() as connection:
            record = world_records.one(connection, name)
            if record is None:
                raise _unknown(name)
            setting = change(record.clock)
            setting.check(self._base_clock)
            world_records.change(connection, name, **clock_columns(setting))
        return self.record(name)

    def set_seed(self, name: str, seed: int | None) -> WorldRecord:
        """Set what a world's ULNs are drawn from, and begin anew with it. Raises UnknownWorldError."""
        self._put(name, seed=seed, draws=0)
        return self.record(name)

    def close(self) -> None:
        """Close the registers of all worlds but the default one, which is the caller's."""
        for name in list(self._open):
            self._close(name)

    def _current(self) -> Mapping[str, WorldRecord]:
        version = self._control.version()
        if version != self._read_at:
            with self._opening:
                with self._control.engine.connect() as connection:
                    self._records = {record.name: record for record in world_records.all_of(connection)}
                self._read_at = version
                for name in set(self._open) - set(self._records):
                    self._close(name)
        return self._records

    def _new(self, name: str, origin: str, seed: int | None, *, lasting: bool = False) -> WorldRecord:
        return WorldRecord(
            name=name,
            origin=origin,
            created_at=self._base_clock.now(),
            generation=self._next_generation(),
            first_seed=seed,
            seed=seed,
            lasting=lasting,
        )

    def _next_generation(self) -> int:
        # Counted over all worlds, so that one made anew under an old name is not taken for the old one.
        return self._control.counter("generation").add()

    def _opened(self, record: WorldRecord) -> World:
        self._make_room()
        is_default = record.name == DEFAULT
        store = self._default_store if is_default else open_store(f"sqlite:///{self._file(record)}")
        clock = SettableClock(self._base_clock, lambda: self._current().get(record.name, record).clock)
        return World(record, store, clock, self._draw_for(record.name), self._build)

    def _make_room(self) -> None:
        others = [name for name in self._open if name != DEFAULT]
        for name in others[: max(len(others) - MOST_OPEN + 1, 0)]:
            self._close(name)

    def _draw_for(self, name: str) -> Draw:
        def draw(below: int) -> int:
            if self.record(name).seed is None:
                return secrets.randbelow(below)
            with transaction(self._control.engine) as connection:
                seed, number = world_records.draw(connection, name)
            return drawn(seed, "draw", number, below)

        return draw

    def _emptiable(self, name: str) -> WorldRecord:
        record = self.record(name)
        if record.lasting:
            raise WorldRefusedError(
                "the default world is a register that outlives the server, so it is not replaced; make a world of its "
                "own for tests"
            )
        return record

    def _replace(self, record: WorldRecord, make: Callable[[Path], None], state: Mapping[str, Any]) -> WorldRecord:
        """Put a new register in place of a world's, and the world in a state."""
        generation = self._next_generation()
        register = self._files.register(record.name, generation)
        make(register)
        obsolete = record.generation
        if record.name == DEFAULT:
            # Other processes have it open: it is written over in place.
            self._default_store.flush()
            copy_register(register, self._file(record))
            obsolete = generation
        try:
            self._put(record.name, generation=generation, **state)
        except UnknownWorldError:
            obsolete = generation
            raise
        finally:
            self._files.forget(record.name, obsolete)
        return self.record(record.name)

    def _file(self, record: WorldRecord) -> Path:
        if record.name != DEFAULT:
            return self._files.register(record.name, record.generation)
        path = self._default_store.file
        if path is None:
            raise WorldRefusedError("the default world is kept in PostgreSQL; make a world of its own for tests")
        return path

    def _put(self, name: str, **values: Any) -> None:
        with self._control.changing() as connection:
            if not world_records.change(connection, name, **values):
                raise _unknown(name)

    def _close(self, name: str) -> None:
        with self._opening:
            self._let_go(self._open.pop(name, None))

    def _let_go(self, opened: World | None) -> None:
        if opened is None or opened.record.name == DEFAULT:
            return
        try:
            opened.store.close()
        except Exception as error:
            # What was still to be written belonged to a register that is gone.
            logger.warning("the register of the world %s was closed: %s", opened.record.name, type(error).__name__)


def _unknown(name: str) -> UnknownWorldError:
    return UnknownWorldError(f"there is no world '{name[:50]}'; make it first")


def _check_label(label: str) -> None:
    if LABEL.fullmatch(label) is None:
        raise WorldNameError("a snapshot's label has 1 to 40 letters, digits, hyphens and underscores")
