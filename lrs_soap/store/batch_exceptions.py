"""The exceptions of batches, as rows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, insert, literal_column, select, union_all, update
from sqlalchemy.engine import Connection

from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus, Resolution
from lrs_soap.store.learner_rows import from_utc, to_utc
from lrs_soap.store.schema import batch_exception as table

ROWS_PER_CHUNK = 500

_NUMBER = "exception_id"
_COLUMN = {"values": "stated"}
_FIELDS = tuple(field.name for field in fields(BatchException))
_WHOLE = select(*(table.c[_COLUMN.get(name, name)] for name in _FIELDS))
_GET = _WHOLE.where(table.c.exception_id == bindparam("wanted")).with_for_update()
_REPLACE = update(table).where(table.c.exception_id == bindparam("of_exception"))
# Written into the statement: a planner that cannot see the value may not trust the index of open ones.
_OPEN: ColumnElement[str] = literal_column(f"'{ExceptionStatus.OPEN}'")
_OVERDUE = (
    _WHOLE.where(table.c.status == _OPEN, table.c.submitted_at < bindparam("before"))
    .order_by(table.c.submitted_at, table.c.exception_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


class SqlBatchExceptions:
    """The exceptions, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, exception: BatchException) -> None:
        """Store a new one, which is given the next number."""
        values = _values(exception)
        del values[_NUMBER]
        self._connection.execute(insert(table), values)

    def get(self, exception_id: int) -> BatchException | None:
        """Return one by its number; while the unit of work lasts, nobody else can end it."""
        if not 0 < exception_id < 2**63:
            return None
        row = self._connection.execute(_GET, {"wanted": exception_id}).first()
        return None if row is None else _exception(row)

    def of(
        self, organisation: str, status: ExceptionStatus | None = None, job_id: int | None = None
    ) -> Iterator[BatchException]:
        """Give those of an organisation (by UKPRN), oldest first, a few hundred at a time."""
        values: dict[str, Any] = {"organisation": organisation, "job_id": job_id, "after": 0}
        statement = _listing(tuple(ExceptionStatus) if status is None else (status,), job_id is not None)
        while rows := self._connection.execute(statement, values).all():
            yield from map(_exception, rows)
            values["after"] = rows[-1].exception_id

    def replace(self, exception: BatchException) -> None:
        """Replace one."""
        values = _values(exception)
        values["of_exception"] = values.pop(_NUMBER)
        self._connection.execute(_REPLACE, values)

    def overdue(self, submitted_before: datetime, limit: int) -> Sequence[BatchException]:
        """Return open ones that were submitted before a moment, oldest first, but for those somebody is at work on."""
        values = {"before": to_utc(submitted_before), "limit": limit}
        return [_exception(row) for row in self._connection.execute(_OVERDUE, values)]


@cache
def _listing(statuses: tuple[ExceptionStatus, ...], is_of_job: bool) -> CompoundSelect[Any]:
    """Return what reads some hundred exceptions after a number; by the index, each status is in order by itself."""
    wanted = [table.c.organisation == bindparam("organisation"), table.c.exception_id > bindparam("after")]
    if is_of_job:
        wanted.append(table.c.job_id == bindparam("job_id"))
    one = _WHOLE.where(*wanted).order_by(table.c.exception_id).limit(ROWS_PER_CHUNK)
    parts = (select(one.where(table.c.status == status.value).subquery()) for status in statuses)
    return union_all(*parts).order_by(_NUMBER).limit(ROWS_PER_CHUNK)


def _exception(row: Sequence[Any]) -> BatchException:
    values = dict(zip(_FIELDS, row, strict=True))
    values.update(
        submitted_at=from_utc(values["submitted_at"]),
        values=json.loads(values["values"]),
        candidates=tuple(values["candidates"].split()),
        status=ExceptionStatus(values["status"]),
        resolution=None if values["resolution"] is None else Resolution(values["resolution"]),
        uln=None if values["uln"] is None else str(values["uln"]),
        ended_at=None if values["ended_at"] is None else from_utc(values["ended_at"]),
    )
    return BatchException(**values)


def _values(exception: BatchException) -> dict[str, Any]:
    values = {_COLUMN.get(name, name): getattr(exception, name) for name in _FIELDS}
    values.update(
        submitted_at=to_utc(exception.submitted_at),
        stated=json.dumps(dict(exception.values)),
        candidates=" ".join(exception.candidates),
        status=exception.status.value,
        resolution=None if exception.resolution is None else exception.resolution.value,
        uln=None if exception.uln is None else int(exception.uln),
        ended_at=None if exception.ended_at is None else to_utc(exception.ended_at),
    )
    return values
