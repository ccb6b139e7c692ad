"""Learners as rows, and rows as learners."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from lrs_soap.domain import names, postcode
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import LearnerStatus
from lrs_soap.domain.learner import Identity, Learner
from lrs_soap.store.schema import learner as table

# Written into the statements: a planner that cannot see the value may not trust the index.
NOT_DELETED = table.c.status != literal_column(f"'{LearnerStatus.DELETED}'")
_LINKED: ColumnElement[str] = literal_column(f"'{LearnerStatus.LINKED}'")

_FIELDS = tuple(field.name for field in fields(Learner))
_STORED = tuple(name for name in _FIELDS if name != "linked_ulns")
_DEFAULTS = {
    field.name: str(field.default) if isinstance(field.default, StrEnum) else field.default
    for field in fields(Learner)
    if field.default is not MISSING and field.name in _STORED
}
_stored_of: Callable[[Learner], tuple[Any, ...]] = attrgetter(*_STORED)


class _Joined(FunctionElement[str]):
    """The values of a column as one text, parted by commas; null when there are none."""

    name = "joined"
    type = String()
    inherit_cache = True


@compiles(_Joined, "sqlite")
def _joined_sqlite(element: _Joined, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(_Joined, "postgresql")
def _joined_postgresql(element: _Joined, compiler: Any, **options: Any) -> str:
    return f"string_agg(CAST({compiler.process(element.clauses, **options)} AS TEXT), ',')"


_linked = table.alias("linked")
_LINKED_ULNS = (
    select(_Joined(_linked.c.uln))
    .where(_linked.c.master_uln == table.c.uln, _linked.c.status == _LINKED)
    .scalar_subquery()
)
# All of a learner in one statement, with the ULNs linked to it.
WHOLE: Select[Any] = select(*(_LINKED_ULNS if name == "linked_ulns" else table.c[name] for name in _FIELDS))
_ULNS = ("uln", "master_uln")
# What is compared of a learner, in the order of Identity and ready for it.
IDENTITY: Select[Any] = select(
    *(cast(table.c[name], String) if name in _ULNS else table.c[name] for name in Identity._fields)
)


def to_number(uln: str) -> int | None:
    """Return a ULN as it is kept, or None for a text that can be none."""
    return int(uln) if len(uln) == 10 and uln.isascii() and uln.isdigit() else None


def to_learner(row: Sequence[Any]) -> Learner:
    """Return the learner of a row of WHOLE."""
    values = dict(zip(_FIELDS, row, strict=True))
    values["uln"] = str(values["uln"])
    values["created_at"] = from_utc(values["created_at"])
    values["updated_at"] = from_utc(values["updated_at"])
    if (master := values["master_uln"]) is not None:
        values["master_uln"] = str(master)
    linked = values["linked_ulns"]
    values["linked_ulns"] = tuple(sorted(linked.split(","))) if linked else ()
    return Learner(**values)


def to_values(learner: Learner) -> dict[str, Any]:
    """Return what is kept of a learner, by column."""
    return _kept(dict(zip(_STORED, _stored_of(learner), strict=True)))


def fields_to_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of the learner with these fields, by column, without making the learner first."""
    return _kept({**_DEFAULTS, **given})


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    """Turn a learner's fields into what is kept of them, and add what learners are found by."""
    family_key, given_key = names.key(values["family_name"]), names.key(values["given_name"])
    master, created, updated = values["master_uln"], values["created_at"], values["updated_at"]
    values["uln"] = number = int(values["uln"])
    values["status"] = status = str(values["status"])
    values["master_uln"] = int(master) if master else None
    values["created_at"] = created_utc = to_utc(created)
    values["updated_at"] = created_utc if updated is created else to_utc(updated)
    values["family_key"] = family_key
    values["given_key"] = given_key
    values["post_code_key"] = postcode.key(values["last_known_post_code"])
    values["family_sound"] = names.sound(family_key)
    values["given_sound"] = names.sound(given_key)
    values["twin"] = 0 if status == LearnerStatus.LIVE else number
    return values


def from_utc(moment: datetime) -> datetime:
    """Return a stored moment in the service's time zone."""
    return SERVICE_ZONE.fromutc(moment.replace(tzinfo=SERVICE_ZONE))


def to_utc(moment: datetime) -> datetime:
    """Return a moment as it is stored: in UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
