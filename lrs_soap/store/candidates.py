"""The look-up of learners worth comparing: one statement of many small selects, each on an index and limited.

An unlimited select would fetch a hundred thousand rows for a date of birth that many share. Rule: "possible matches".
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, literal_column, select, union

from lrs_soap.store.learner_rows import IDENTITY, NOT_DELETED
from lrs_soap.store.schema import learner as table

CANDIDATES_PER_WAY = 50

_LIMIT: ColumnElement[int] = literal_column(str(CANDIDATES_PER_WAY))
_Binds = Sequence[BindParameter[Any]]
_Keys = Sequence[tuple[ColumnElement[Any], BindParameter[Any]]]


class Wanted(NamedTuple):
    """What the records looked for share one of: keys and sounds of names, dates of birth."""

    family: Sequence[str]
    given: Sequence[str]
    family_sound: Sequence[str]
    given_sound: Sequence[str]
    born: Sequence[date]


def look_up(
    wanted: Wanted, post_code_key: str, month_of_birth: tuple[date, date] | None
) -> tuple[Select[Any], Mapping[str, Any]]:
    """Return the statement that finds learners worth comparing, and its values.

    There must be a date of birth, or both a family name key and a given name key: without them there is no way in.
    """
    distinct = {name: tuple(dict.fromkeys(values)) for name, values in wanted._asdict().items()}
    values = {f"{name}_{number}": value for name, some in distinct.items() for number, value in enumerate(some)}
    if month_of_birth is not None:
        values["month_first"], values["month_last"] = month_of_birth
    statement = statement_for(*(len(some) for some in distinct.values()), month=month_of_birth is not None)
    return statement, values | {"post_code": post_code_key}


@lru_cache(maxsize=256)
def statement_for(
    families: int, givens: int, family_sounds: int, given_sounds: int, births: int, *, month: bool
) -> Select[Any]:
    """Return the statement for so many keys and sounds of names and dates of birth, with or without a month."""
    family, given, born = _binds("family", families), _binds("given", givens), _binds("born", births)
    sounds = [
        *((table.c.family_sound, key) for key in _binds("family_sound", family_sounds)),
        *((table.c.given_sound, key) for key in _binds("given_sound", given_sounds)),
    ]
    keys = [*((table.c.given_key, key) for key in given), (table.c.post_code_key, bindparam("post_code"))]
    found = union(
        *_by_family_and_birth(family, given, born),
        *_by_one_key_and_birth([*keys, *sounds], born),
        *(_by_month([*((table.c.family_key, key) for key in family), *keys]) if month else ()),
        *_by_names_and_post_code(family, given),
    )
    return IDENTITY.where(table.c.uln.in_(found)).order_by(table.c.uln)


def _binds(name: str, count: int) -> _Binds:
    return [bindparam(f"{name}_{number}") for number in range(count)]


def _by_family_and_birth(family: _Binds, given: _Binds, born: _Binds) -> Iterator[Select[Any]]:
    for key, day in product(family, born):
        same = [table.c.family_key == key, table.c.date_of_birth == day]
        yield _way(same, table.c.given_key, table.c.uln)
        # Of many with this family name and date of birth, the limit must not cut off those with the given name too.
        for name in given:
            yield _way([*same, table.c.given_key == name], table.c.uln)


def _by_one_key_and_birth(keys: _Keys, born: _Binds) -> Iterator[Select[Any]]:
    for (column, key), day in product(keys, born):
        yield _way([column == key, table.c.date_of_birth == day], table.c.uln)


def _by_month(keys: _Keys) -> Iterator[Select[Any]]:
    within = table.c.date_of_birth.between(bindparam("month_first"), bindparam("month_last"))
    for column, key in keys:
        then = (table.c.given_key, table.c.uln) if column is table.c.family_key else (table.c.uln,)
        yield _way([column == key, within], table.c.date_of_birth, *then)


def _by_names_and_post_code(family: _Binds, given: _Binds) -> Iterator[Select[Any]]:
    for key, name in product(family, given):
        same = [table.c.post_code_key == bindparam("post_code"), table.c.family_key == key, table.c.given_key == name]
        yield _way(same, table.c.gender, table.c.date_of_birth, table.c.twin)


def _way(conditions: Sequence[ColumnElement[bool]], *index_order: ColumnElement[Any]) -> Select[Any]:
    # In the order of the index, so that a limited select reads no more than it returns, and always the same.
    way = select(table.c.uln).where(*conditions, NOT_DELETED).order_by(*index_order).limit(_LIMIT).subquery()
    return select(way.c.uln)
