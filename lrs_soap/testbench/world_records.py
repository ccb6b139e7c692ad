"""What all processes know of the worlds, as rows: what each was made from, where it stands, and its snapshots."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, Integer, String, Table, Text, select, update
from sqlalchemy.dialects import sqlite

from lrs_soap.testbench.clocks import ClockMode, ClockSetting
from lrs_soap.testbench.control import metadata
from lrs_soap.testbench.world_files import EMPTY


def _state() -> tuple[Column[Any], ...]:
    """Return the columns of what a snapshot keeps beside the register."""
    return (
        Column("seed", Integer()),
        Column("draws", Integer(), nullable=False),
        Column("clock_mode", String(), nullable=False),
        Column("clock_offset", Float(), nullable=False),
        Column("clock_frozen_at", String()),
    )


world_table = Table(
    "world",
    metadata,
    Column("name", String(), primary_key=True),
    Column("origin", Text(), nullable=False),
    Column("created_at", String(), nullable=False),
    Column("generation", Integer(), nullable=False),
    Column("first_seed", Integer()),
    *_state(),
    Column("lasting", Boolean(), nullable=False),
)
snapshot_table = Table(
    "world_snapshot",
    metadata,
    Column("world", String(), primary_key=True),
    Column("label", String(), primary_key=True),
    *_state(),
)
STATE = ("seed", "draws", "clock_mode", "clock_offset", "clock_frozen_at")
_DRAW = update(world_table).values(draws=world_table.c.draws + 1).returning(world_table.c.seed, world_table.c.draws)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldRecord:
    """What is kept of a world.

    generation: of its register, a new one with every replacement. first_seed: the one it was made with. lasting: its
    register outlives the server, so that it is never emptied.
    """

    name: str
    origin: str = EMPTY
    created_at: datetime
    generation: int
    first_seed: int | None = None
    seed: int | None = None
    clock: ClockSetting = field(default_factory=ClockSetting)
    lasting: bool = False


def add(connection: Connection, record: WorldRecord) -> bool:
    """Make a world known; False when there is one of its name."""
    statement = sqlite.insert(world_table).on_conflict_do_nothing().returning(world_table.c.name)
    return connection.execute(statement, _row(record)).first() is not None


def put(connection: Connection, record: WorldRecord) -> None:
    """Make a world known, in place of what was known under its name."""
    values = _row(record)
    connection.execute(
        sqlite.insert(world_table).values(values).on_conflict_do_update(index_elements=["name"], set_=values)
    )


def change(connection: Connection, name: str, **values: Any) -> bool:
    """Change columns of a world; False when there is none of this name."""
    return connection.execute(update(world_table).where(world_table.c.name == name).values(**values)).rowcount == 1


def all_of(connection: Connection) -> Iterator[WorldRecord]:
    """Give all worlds."""
    return map(_record, connection.execute(select(world_table)))


def one(connection: Connection, name: str) -> WorldRecord | None:
    """Return a world as it is now."""
    row = connection.execute(select(world_table).where(world_table.c.name == name)).first()
    return None if row is None else _record(row)


def draw(connection: Connection, name: str) -> tuple[int | None, int]:
    """Count a draw of a world, and return its seed and the number of the draw."""
    found = connection.execute(_DRAW.where(world_table.c.name == name)).one()
    return found.seed, found.draws


def remember(connection: Connection, name: str, label: str) -> None:
    """Keep a world's state under a label, in place of an earlier one."""
    columns = [world_table.c[column] for column in STATE]
    row = connection.execute(select(*columns).where(world_table.c.name == name)).one()
    values = dict(zip(STATE, row, strict=True))
    statement = sqlite.insert(snapshot_table).values(world=name, label=label, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["world", "label"], set_=values))


def remembered(connection: Connection, name: str, label: str) -> dict[str, Any] | None:
    """Return the state that was kept under a label, by column of a world."""
    columns = [snapshot_table.c[column] for column in STATE]
    wanted = select(*columns).where(snapshot_table.c.world == name, snapshot_table.c.label == label)
    row = connection.execute(wanted).first()
    return None if row is None else dict(zip(STATE, row, strict=True))


def labels(connection: Connection, name: str) -> tuple[str, ...]:
    """Return the labels under which a world's state was kept."""
    wanted = select(snapshot_table.c.label).where(snapshot_table.c.world == name).order_by(snapshot_table.c.label)
    return tuple(connection.execute(wanted).scalars())


def forget(connection: Connection, name: str) -> None:
    """Forget a world and its snapshots."""
    connection.execute(world_table.delete().where(world_table.c.name == name))
    connection.execute(snapshot_table.delete().where(snapshot_table.c.world == name))


def clock_columns(setting: ClockSetting) -> dict[str, Any]:
    """Return a clock's setting by column."""
    return {
        "clock_mode": setting.mode.value,
        "clock_offset": setting.offset,
        "clock_frozen_at": setting.frozen_at.isoformat() if setting.frozen_at else None,
    }


def _row(record: WorldRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "origin": record.origin,
        "created_at": record.created_at.isoformat(),
        "generation": record.generation,
        "first_seed": record.first_seed,
        "seed": record.seed,
        "draws": 0,
        "lasting": record.lasting,
        **clock_columns(record.clock),
    }


def _record(row: Any) -> WorldRecord:
    frozen = datetime.fromisoformat(row.clock_frozen_at) if row.clock_frozen_at else None
    return WorldRecord(
        name=row.name,
        origin=row.origin,
        created_at=datetime.fromisoformat(row.created_at),
        generation=row.generation,
        first_seed=row.first_seed,
        seed=row.seed,
        clock=ClockSetting(ClockMode(row.clock_mode), row.clock_offset, frozen),
        lasting=row.lasting,
    )
