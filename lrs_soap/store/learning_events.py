"""The learning events of learners, as rows."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from lrs_soap.domain.learning_record import LearningEvent
from lrs_soap.store.learner_rows import from_utc, to_number, to_utc
from lrs_soap.store.schema import learning_event as table

FIELDS = tuple(field.name for field in fields(LearningEvent))
_OF = (
    select(*(table.c[name] for name in FIELDS))
    .where(table.c.uln.in_(bindparam("ulns", expanding=True)), ~table.c.withdrawn)
    .order_by(table.c.award_date.is_(None), table.c.award_date.desc(), table.c.event_id)
)


# Nobody else may draw an ID while the sequence is set, or it could be set back below one just drawn.
_KEEP_OTHERS_OUT = text("LOCK TABLE learning_event IN SHARE ROW EXCLUSIVE MODE")
_COUNT_ON = text(
    "SELECT setval(pg_get_serial_sequence('learning_event', 'event_id'), greatest(max(event_id), "
    "nextval(pg_get_serial_sequence('learning_event', 'event_id')))) FROM learning_event"
)


class LearningEventError(ValueError):
    """Learning events to be loaded repeat an ID or belong to no learner; nothing of them was stored."""


class SqlLearningEvents:
    """The learning events, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, ulns: Iterable[str]) -> Sequence[LearningEvent]:
        """Return all events of these ULNs that were not withdrawn, newest award date first, then by ID."""
        wanted = [number for number in map(to_number, ulns) if number is not None]
        return [to_event(row) for row in self._connection.execute(_OF, {"ulns": wanted})] if wanted else []

    def add_many(self, events: Iterable[LearningEvent]) -> None:
        """Store events; an event_id of 0 is given the next one. Raises LearningEventError."""
        rows = [to_values(event) for event in events]
        numbered = [row for row in rows if row["event_id"]]
        unnumbered = [{name: row[name] for name in row if name != "event_id"} for row in rows if not row["event_id"]]
        try:
            with self._connection.begin_nested():
                if numbered:
                    self._add_numbered(numbered)
                if unnumbered:
                    self._connection.execute(insert(table), unnumbered)
        except IntegrityError:
            raise LearningEventError("a learning event repeats the ID of another or belongs to no learner") from None

    def _add_numbered(self, rows: Sequence[dict[str, Any]]) -> None:
        # PostgreSQL's sequence knows nothing of IDs that were given; SQLite counts from the highest by itself.
        is_counted_apart = self._connection.dialect.name == "postgresql"
        if is_counted_apart:
            self._connection.execute(_KEEP_OTHERS_OUT)
        self._connection.execute(insert(table), rows)
        if is_counted_apart:
            self._connection.execute(_COUNT_ON)


def to_event(row: Sequence[Any]) -> LearningEvent:
    """Return the event of a row of FIELDS."""
    values = dict(zip(FIELDS, row, strict=True))
    values["uln"] = str(values["uln"])
    if values["date_loaded"] is not None:
        values["date_loaded"] = from_utc(values["date_loaded"])
    return LearningEvent(**values)


def to_values(event: LearningEvent) -> dict[str, Any]:
    """Return what is kept of an event, by column."""
    values = {name: getattr(event, name) for name in FIELDS}
    values["uln"] = int(event.uln)
    if event.date_loaded is not None:
        values["date_loaded"] = to_utc(event.date_loaded)
    return values
