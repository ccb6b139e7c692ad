"""The learning events that awarding organisations reported, as rows."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from lrs_soap.domain.achievement import Achievement
from lrs_soap.domain.qualifications import reference_key
from lrs_soap.store.learner_rows import to_number
from lrs_soap.store.learning_events import FIELDS, to_event, to_values
from lrs_soap.store.schema import learning_event as table

# As domain.qualifications.reference_key has it.
_kept_key = func.replace(func.replace(func.upper(table.c.subject_code), "/", ""), "-", "")
# Locked on PostgreSQL until the unit of work ends; on SQLite nobody else writes meanwhile anyway.
_FIND = (
    select(*(table.c[name] for name in FIELDS), table.c.reported_by, table.c.withdrawn)
    .where(
        table.c.uln.in_(bindparam("ulns", expanding=True)),
        table.c.reported_by == bindparam("reporter"),
        table.c.award_date == bindparam("awarded"),
        _kept_key == bindparam("reference"),
    )
    .order_by(table.c.withdrawn, table.c.event_id)
    .limit(1)
    .with_for_update()
)
# The columns and the condition of uq_learning_event_reported.
_UNIQUE: dict[str, Any] = {
    "index_elements": [table.c.uln, table.c.reported_by, table.c.subject_code, table.c.award_date],
    "index_where": table.c.reported_by.is_not(None),
}
_ADD = {
    "sqlite": sqlite.insert(table).on_conflict_do_nothing(**_UNIQUE).returning(table.c.event_id),
    "postgresql": postgresql.insert(table).on_conflict_do_nothing(**_UNIQUE).returning(table.c.event_id),
}
_REPLACE = update(table).where(table.c.event_id == bindparam("of_event"))


class SqlAchievements:
    """The achievements, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, ulns: Iterable[str], reported_by: str, reference: str, awarded: date) -> Achievement | None:
        """Return the achievement of one of these ULNs that an organisation (by UKPRN) reported, withdrawn or not.

        It stays as it is until the unit of work ends. Of several, one that was not withdrawn.
        """
        wanted = {
            "ulns": [number for number in map(to_number, ulns) if number is not None],
            "reporter": reported_by,
            "awarded": awarded,
            "reference": reference_key(reference),
        }
        row = self._connection.execute(_FIND, wanted).first() if wanted["ulns"] else None
        return None if row is None else _achievement(row)

    def add(self, achievement: Achievement) -> bool:
        """Store a new achievement; False when the same is there already. Its event is given the next ID."""
        values = _values(achievement)
        return self._connection.execute(_ADD[self._connection.dialect.name], values).first() is not None

    def replace(self, achievement: Achievement) -> None:
        """Replace the achievement whose event has this ID."""
        values = _values(achievement) | {"of_event": achievement.event.event_id}
        self._connection.execute(_REPLACE, values)


def _achievement(row: Sequence[Any]) -> Achievement:
    *event, reported_by, withdrawn = row
    return Achievement(to_event(event), reported_by, withdrawn)


def _values(achievement: Achievement) -> dict[str, Any]:
    values = to_values(achievement.event) | {
        "reported_by": achievement.reported_by,
        "withdrawn": achievement.withdrawn,
    }
    del values["event_id"]
    return values
