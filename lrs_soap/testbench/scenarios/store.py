"""The scenarios of all worlds, and how often each was called for: shared by all processes, exact in all of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    Select,
    String,
    Table,
    case,
    delete,
    select,
    true,
    update,
)
from sqlalchemy.dialects import sqlite

from lrs_soap.store.engine import transaction
from lrs_soap.testbench.control import Control, metadata
from lrs_soap.testbench.scenarios.matching import Plan, plan_of
from lrs_soap.testbench.scenarios.model import Scenario

table: Final = Table(
    "scenario",
    metadata,
    Column("id", Integer(), primary_key=True),
    Column("world", String(), nullable=False, index=True),
    Column("body", String(), nullable=False),
    Column("calls", Integer(), nullable=False, server_default="0"),
    Column("acted", Integer(), nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
tallies: Final = Table(
    "scenario_tally",
    metadata,
    Column("scenario_id", ForeignKey(table.c.id, ondelete="CASCADE"), primary_key=True),
    Column("key", String(), primary_key=True),
    Column("since", Float(), nullable=False),
    Column("count", Integer(), nullable=False),
    sqlite_with_rowid=False,
)
Scenarios = list[Scenario]


class UnknownScenarioError(LookupError):
    """There is no scenario of that number."""

    def __init__(self, scenario_id: int) -> None:
        super().__init__(f"there is no scenario {scenario_id}")


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a scenario was called for. calls: those it is about. acted: those whose turn it was."""

    calls: int
    acted: int


class Counting:
    """One transaction in which a call is counted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def call(self, scenario_id: int) -> Counts | None:
        """Count a call, and return the counts with it; None when the scenario is gone."""
        counted = update(table).where(table.c.id == scenario_id).values(calls=table.c.calls + 1)
        row = self._connection.execute(counted.returning(table.c.calls, table.c.acted)).first()
        return Counts(row.calls, row.acted) if row is not None else None

    def act(self, scenario_id: int) -> None:
        """Note that the call was acted on."""
        self._connection.execute(update(table).where(table.c.id == scenario_id).values(acted=table.c.acted + 1))

    def tally(self, scenario_id: int, key: str, now: float, seconds: float | None) -> tuple[int, float]:
        """Count under a key, anew when that many seconds are over; return the count and the seconds that are left."""
        made = sqlite.insert(tallies).values(scenario_id=scenario_id, key=key, since=now, count=1)
        span = float("inf") if seconds is None else seconds
        # A clock that is put back would else leave a time that began in the future.
        begun = (tallies.c.since <= now) & (now < tallies.c.since + span)
        runs = true() if seconds is None else begun
        counted = made.on_conflict_do_update(
            index_elements=[tallies.c.scenario_id, tallies.c.key],
            set_={
                "count": case((runs, tallies.c.count + 1), else_=1),
                "since": case((runs, tallies.c.since), else_=now),
            },
        ).returning(tallies.c.count, tallies.c.since)
        row = self._connection.execute(counted).one()
        return row[0], row[1] + span - now


class ScenarioStore:
    """The scenarios of all worlds. Each process keeps what it has read until somebody changes something."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._known: tuple[int, Mapping[str, tuple[Plan, ...]]] = (-1, {})

    def active(self, world: str) -> tuple[Plan, ...]:
        """Return the scenarios of a world that are enabled, in the order in which they were added."""
        version = self._control.version()
        known_version, plans = self._known
        if version != known_version:
            plans = self._plans()
            self._known = (version, plans)
        return plans.get(world, ())

    def _plans(self) -> Mapping[str, tuple[Plan, ...]]:
        plans: dict[str, tuple[Plan, ...]] = {}
        for scenario in self.list():
            if scenario.enabled:
                plans[scenario.world] = (*plans.get(scenario.world, ()), plan_of(scenario))
        return plans

    def add(self, scenario: Scenario) -> Scenario:
        """Keep a scenario, and return it with its number."""
        with self._control.changing() as connection:
            made = table.insert().values(world=scenario.world, body=scenario.model_dump_json(exclude={"id"}))
            number = connection.execute(made.returning(table.c.id)).scalar_one()
        return scenario.model_copy(update={"id": number})

    def list(self, world: str | None = None) -> Scenarios:
        """Return the scenarios of a world, or of all, in the order in which they were added."""
        wanted = select(table).order_by(table.c.id)
        return self._found(wanted if world is None else wanted.where(table.c.world == world))

    def get(self, scenario_id: int) -> Scenario:
        """Return a scenario. Raises UnknownScenarioError."""
        found = self._found(select(table).where(table.c.id == scenario_id))
        if not found:
            raise UnknownScenarioError(scenario_id)
        return found[0]

    def _found(self, wanted: Select[Any]) -> Scenarios:
        with self._control.engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return [Scenario.model_validate_json(row.body).model_copy(update={"id": row.id}) for row in rows]

    def replace(self, scenario: Scenario) -> Scenario:
        """Put a scenario in the place of the one of its number; it is counted anew. Raises UnknownScenarioError."""
        body = scenario.model_dump_json(exclude={"id"})
        with self._control.changing() as connection:
            changed = update(table).where(table.c.id == scenario.id)
            if connection.execute(changed.values(world=scenario.world, body=body, calls=0, acted=0)).rowcount == 0:
                raise UnknownScenarioError(scenario.id)
            connection.execute(delete(tallies).where(tallies.c.scenario_id == scenario.id))
        return scenario

    def remove(self, scenario_id: int) -> None:
        """Remove a scenario. Raises UnknownScenarioError."""
        with self._control.changing() as connection:
            if connection.execute(delete(table).where(table.c.id == scenario_id)).rowcount == 0:
                raise UnknownScenarioError(scenario_id)

    def clear(self, world: str) -> int:
        """Remove all scenarios of a world, and return how many there were."""
        with self._control.changing() as connection:
            return connection.execute(delete(table).where(table.c.world == world)).rowcount

    def rewind(self, world: str) -> None:
        """Let the scenarios of a world be counted anew, and sequences begin with their first step."""
        theirs = select(table.c.id).where(table.c.world == world)
        with self._control.changing() as connection:
            connection.execute(delete(tallies).where(tallies.c.scenario_id.in_(theirs)))
            connection.execute(update(table).where(table.c.world == world).values(calls=0, acted=0))

    def counts(self, world: str) -> dict[int, Counts]:
        """Return how often each scenario of a world was called for, by number."""
        wanted = select(table.c.id, table.c.calls, table.c.acted).where(table.c.world == world)
        with self._control.engine.connect() as connection:
            return {row.id: Counts(row.calls, row.acted) for row in connection.execute(wanted)}

    @contextmanager
    def counting(self) -> Iterator[Counting]:
        """Give a transaction in which one call is counted."""
        with transaction(self._control.engine) as connection:
            yield Counting(connection)
