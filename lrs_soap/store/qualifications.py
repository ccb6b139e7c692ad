"""The qualifications and units that can be achieved, as rows."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from lrs_soap.domain.achievement import Qualification
from lrs_soap.domain.qualifications import reference_key
from lrs_soap.store.schema import qualification as table

ROWS_PER_CHUNK = 1_000

_FIELDS = tuple(field.name for field in fields(Qualification))
_WHOLE = select(*(table.c[name] for name in _FIELDS))
_GET = _WHOLE.where(table.c.reference_key == bindparam("key"))


def _put(insert: Any) -> Any:
    statement = insert(table)
    replaced = {name: statement.excluded[name] for name in _FIELDS}
    return statement.on_conflict_do_update(index_elements=[table.c.reference_key], set_=replaced)


_PUT = {"sqlite": _put(sqlite.insert), "postgresql": _put(postgresql.insert)}


class SqlQualifications:
    """The qualifications, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, reference: str) -> Qualification | None:
        """Return the qualification or unit of a reference number; letter case, slashes and hyphens do not count."""
        row = self._connection.execute(_GET, {"key": reference_key(reference)}).first()
        return None if row is None else _qualification(row)

    def all(self) -> Sequence[Qualification]:
        """Return all qualifications and units by reference number."""
        return [_qualification(row) for row in self._connection.execute(_WHOLE.order_by(table.c.reference_key))]

    def count(self) -> int:
        """Return how many there are."""
        return self._connection.execute(select(func.count()).select_from(table)).scalar_one()

    def put_many(self, qualifications: Iterable[Qualification]) -> int:
        """Store qualifications, each in place of the one with its reference number, and return how many they were."""
        stored, iterator = 0, iter(qualifications)
        while chunk := [_values(one) for one in islice(iterator, ROWS_PER_CHUNK)]:
            self._connection.execute(_PUT[self._connection.dialect.name], chunk)
            stored += len(chunk)
        return stored


def _qualification(row: Any) -> Qualification:
    values = dict(zip(_FIELDS, row, strict=True))
    values["grades"] = tuple(json.loads(values["grades"]))
    return Qualification(**values)


def _values(qualification: Qualification) -> dict[str, Any]:
    values = {name: getattr(qualification, name) for name in _FIELDS}
    values["reference_key"] = reference_key(qualification.reference)
    values["grades"] = json.dumps(qualification.grades)
    return values
