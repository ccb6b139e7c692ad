"""The look-up of learners worth comparing: one statement of many small selects, each on an index and limited.

An unlimited select would fetch a hundred thousand rows for a date of birth that many share. Rule: "possible matches".
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, literal_column, select, union

from lrs_soap.store.learner_rows import NOT_DELETED, WHOLE
from lrs_soap.store.schema import learner as table

CANDIDATES_PER_WAY = 50

_LIMIT: ColumnElement[int] = literal_column(str(CANDIDATES_PER_WAY))
_Binds = Sequence[BindParameter[Any]]


def look_up(
    family_keys: Sequence[str],
    given_keys: Sequence[str],
    family_sounds: Sequence[str],
    post_code_key: str,
    dates_of_birth: Sequence[date],
) -> tuple[Select[Any], Mapping[str, Any]]:
    """Return the statement that finds learners worth comparing, and its values.

    There must be a date of birth, or both a family name key and a given name key: without them there is no way in.
    """
    wanted: dict[str, Sequence[Any]] = {
        "family": family_keys,
        "given": given_keys,
        "sound": family_sounds,
        "born": dates_of_birth,
    }
    distinct = {name: tuple(dict.fromkeys(values)) for name, values in wanted.items()}
    values = {f"{name}_{number}": value for name, some in distinct.items() for number, value in enumerate(some)}
    statement = statement_for(*(len(some) for some in distinct.values()))
    return statement, values | {"post_code": post_code_key}


@lru_cache(maxsize=256)
def statement_for(families: int, givens: int, sounds: int, births: int) -> Select[Any]:
    """Return the statement for so many family name keys, given name keys, family name sounds and dates of birth."""
    family, given, born = _binds("family", families), _binds("given", givens), _binds("born", births)
    found = union(
        *_by_family_and_birth(family, given, born),
        *_by_one_key_and_birth(given, _binds("sound", sounds), born),
        *_by_names_and_post_code(family, given),
    )
    return WHOLE.where(table.c.uln.in_(found)).order_by(table.c.uln)


def _binds(name: str, count: int) -> _Binds:
    return [bindparam(f"{name}_{number}") for number in range(count)]


def _by_family_and_birth(family: _Binds, given: _Binds, born: _Binds) -> Iterator[Select[Any]]:
    for key, day in product(family, born):
        same = [table.c.family_key == key, table.c.date_of_birth == day]
        yield _way(same, table.c.given_key, table.c.uln)
        # Of many with this family name and date of birth, the limit must not cut off those with the given name too.
        for name in given:
            yield _way([*same, table.c.given_key == name], table.c.uln)


def _by_one_key_and_birth(given: _Binds, sound: _Binds, born: _Binds) -> Iterator[Select[Any]]:
    keys = [
        *((table.c.given_key, key) for key in given),
        *((table.c.family_sound, key) for key in sound),
        (table.c.post_code_key, bindparam("post_code")),
    ]
    for (column, key), day in product(keys, born):
        yield _way([column == key, table.c.date_of_birth == day], table.c.uln)


def _by_names_and_post_code(family: _Binds, given: _Binds) -> Iterator[Select[Any]]:
    for key, name in product(family, given):
        same = [table.c.post_code_key == bindparam("post_code"), table.c.family_key == key, table.c.given_key == name]
        yield _way(same, table.c.gender, table.c.date_of_birth, table.c.twin)


def _way(conditions: Sequence[ColumnElement[bool]], *index_order: ColumnElement[Any]) -> Select[Any]:
    # In the order of the index, so that a limited select reads no more than it returns, and always the same.
    way = select(table.c.uln).where(*conditions, NOT_DELETED).order_by(*index_order).limit(_LIMIT).subquery()
    return select(way.c.uln)
