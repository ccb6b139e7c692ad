"""Where verdicts are kept: a small database that all processes of one server write to.

Each process stores what it answered: an ordinary exchange as it was, for somebody with more time to judge, and any
other judged. Rules on conduct need a client's exchanges in their order, whichever process answered them, so what is
stored is counted a while later, or when a report is wanted.
"""

import json
import marshal
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Select,
    String,
    Table,
    delete,
    event,
    select,
)
from sqlalchemy.dialects import sqlite

from lrs_soap.store.engine import make_engine, parse_url, transaction
from lrs_soap.testbench.conformance.judging import Judgement, judge
from lrs_soap.testbench.conformance.packing import Packed, pack, unpack
from lrs_soap.testbench.conformance.report import Report, report
from lrs_soap.testbench.conformance.verdict import Verdicts
from lrs_soap.testbench.exchange import Exchange

SETTLED_AFTER: Final = 4.0
"""Seconds after which no process is expected to hand in an exchange any more."""
MOST_GROUPS: Final = 200
"""Groups of exchanges that are settled at once: as many as fit into memory without a thought."""

Item = tuple[float, Packed | str]
"""An exchange that waits: when it began, in seconds since 1970, and what was kept of it, or its judgement as JSON."""

_metadata = MetaData()
_waiting = Table(
    "waiting",
    _metadata,
    Column("id", Integer(), primary_key=True),
    Column("world", String(), nullable=False),
    # The first exchange of a group, in seconds since 1970.
    Column("since", Float(), nullable=False),
    Column("exchanges", LargeBinary(), nullable=False),
    Index("waiting_in_order", "world", "since"),
)
_verdicts = Table(
    "verdicts",
    _metadata,
    Column("world", String(), primary_key=True),
    Column("state", String(), nullable=False),
)
_INSERT: Final = sqlite.insert(_verdicts)
_KEEP: Final = _INSERT.on_conflict_do_update(index_elements=["world"], set_={"state": _INSERT.excluded.state})


class Ledger:
    """The verdicts on the clients of all worlds, in a file of their own. Each process opens its own ledger on it."""

    def __init__(self, path: Path | str) -> None:
        self._engine = make_engine(parse_url(f"sqlite:///{path}"))
        # What a test bench has counted need not outlive the machine.
        event.listen(self._engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        with transaction(self._engine) as connection:
            _metadata.create_all(connection)
        # A process that is started from this one must not share its connection.
        self._engine.dispose()

    def add(self, exchanges: Sequence[Exchange]) -> None:
        """Take exchanges in; meant to be called with many at once, away from the request."""
        groups: defaultdict[str, list[Item]] = defaultdict(list)
        for exchange in exchanges:
            if (item := _item(exchange)) is not None:
                groups[exchange.world].append(item)
        if groups:
            with transaction(self._engine) as connection:
                connection.execute(_waiting.insert(), [_row(world, items) for world, items in groups.items()])

    def settle(self, now: float) -> bool:
        """Judge and count some of what waits, all in order; tell whether there was any.

        Called again and again, it keeps the ledger short however many requests come. now: seconds since 1970.
        """
        before = now - SETTLED_AFTER
        with self._engine.connect() as connection:
            worlds = _unsettled(connection, before)
        settled = [self._settle(world, before) for world in worlds]
        return any(settled)

    def _settle(self, world: str, before: float) -> bool:
        with self._engine.connect() as connection:
            some = _in_order(world).where(_waiting.c.since < before).limit(MOST_GROUPS + 1)
            groups = list(connection.execute(some))
            verdicts = _settled(connection, world)
        if len(groups) > MOST_GROUPS:
            # Nothing may be counted before what other groups hold from an earlier moment.
            before = groups.pop().since
        items = _items(groups)
        early = [item for item in items if item[0] < before]
        for item in early:
            _count(verdicts, item)
        return self._replace(world, [group.id for group in groups], items[len(early) :], verdicts)

    def _replace(self, world: str, settled: Sequence[int], left: Sequence[Item], verdicts: Verdicts) -> bool:
        """Put what was counted in the place of what waited, unless that was settled by another, or forgotten."""
        with transaction(self._engine) as connection:
            gone = connection.execute(delete(_waiting).where(_waiting.c.id.in_(settled))).rowcount
            if gone < len(settled):
                connection.rollback()
                return False
            state = json.dumps(verdicts.to_json(), separators=(",", ":"))
            connection.execute(_KEEP, {"world": world, "state": state})
            if left:
                connection.execute(_waiting.insert(), [_row(world, left)])
        return True

    def report(self, world: str | None = None) -> Report:
        """Tell what is known of the clients of a world, of all worlds together when none is named."""
        total = Verdicts()
        with self._engine.connect() as connection:
            # All is read as it stands at one moment: nothing is counted twice or missed while others settle.
            connection.exec_driver_sql("BEGIN")
            for name in _worlds(connection) if world is None else [world]:
                total.merge(_counted(connection, name))
        return report(total, world)

    def clear(self, world: str | None = None) -> None:
        """Forget the clients of a world, of all worlds when none is named."""
        with transaction(self._engine) as connection:
            for table in (_waiting, _verdicts):
                connection.execute(delete(table) if world is None else delete(table).where(table.c.world == world))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _item(exchange: Exchange) -> Item | None:
    at, packed = exchange.at.timestamp(), pack(exchange)
    if packed is not None:
        return at, packed
    judged = judge(exchange)
    return None if judged is None else (at, json.dumps(judged, separators=(",", ":")))


def _row(world: str, items: Sequence[Item]) -> dict[str, Any]:
    # The fastest way to write plain values down; read by processes of the same server alone, with one interpreter.
    return {"world": world, "since": min(at for at, _ in items), "exchanges": marshal.dumps(list(items))}


def _items(groups: Iterable[Row[tuple[int, float, bytes]]]) -> list[Item]:
    items = [item for group in groups for item in marshal.loads(group.exchanges)]  # noqa: S302 - written here
    return sorted(items, key=itemgetter(0))


def _unsettled(connection: Connection, before: float) -> list[str]:
    return list(connection.scalars(select(_waiting.c.world).where(_waiting.c.since < before).distinct()))


def _worlds(connection: Connection) -> list[str]:
    return sorted({*connection.scalars(select(_waiting.c.world)), *connection.scalars(select(_verdicts.c.world))})


def _counted(connection: Connection, world: str) -> Verdicts:
    """Return what is known of a world's clients, what has not been settled yet included."""
    verdicts = _settled(connection, world)
    for item in _items(connection.execute(_in_order(world))):
        _count(verdicts, item)
    return verdicts


def _settled(connection: Connection, world: str) -> Verdicts:
    state = connection.scalar(select(_verdicts.c.state).where(_verdicts.c.world == world))
    return Verdicts.from_json(json.loads(state)) if state else Verdicts()


def _in_order(world: str) -> Select[tuple[int, float, bytes]]:
    columns = select(_waiting.c.id, _waiting.c.since, _waiting.c.exchanges)
    return columns.where(_waiting.c.world == world).order_by(_waiting.c.since, _waiting.c.id)


def _count(verdicts: Verdicts, item: Item) -> None:
    kept = item[1]
    if isinstance(kept, str):
        verdicts.take(Judgement.from_json(json.loads(kept)))
    else:
        verdicts.judge(unpack(kept))
