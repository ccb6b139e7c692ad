"""The learners of the register."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from lrs_soap.domain.learner import DetailsKey, Identity, Learner
from lrs_soap.domain.ports import Stored
from lrs_soap.store.candidates import Wanted, look_up
from lrs_soap.store.learner_rows import NOT_DELETED, WHOLE, to_learner, to_number, to_values
from lrs_soap.store.schema import learner as table

ROWS_PER_CHUNK = 2_000

Progress = Callable[[int], Any]

_GET = WHOLE.where(table.c.uln == bindparam("wanted"))
_MANY = WHOLE.where(table.c.uln.in_(bindparam("wanted", expanding=True))).order_by(table.c.uln)
_EXACT = WHOLE.where(
    table.c.post_code_key == bindparam("post_code_key"),
    table.c.family_key == bindparam("family_key"),
    table.c.given_key == bindparam("given_key"),
    table.c.gender == bindparam("gender"),
    table.c.date_of_birth == bindparam("date_of_birth"),
    NOT_DELETED,
).order_by(table.c.twin)
_REPLACE = update(table).where(table.c.uln == bindparam("of_uln"), table.c.version == bindparam("of_version"))
_ADD = {
    "sqlite": sqlite.insert(table).on_conflict_do_nothing().returning(table.c.uln),
    "postgresql": postgresql.insert(table).on_conflict_do_nothing().returning(table.c.uln),
}


class DuplicateLearnerError(ValueError):
    """Learners to be loaded repeat a ULN or the five details of another live learner; nothing of them was stored."""


class SqlLearners:
    """The learners, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, uln: str) -> Learner | None:
        """Return the record of a ULN, of whatever status, or None."""
        number = to_number(uln)
        row = None if number is None else self._connection.execute(_GET, {"wanted": number}).first()
        return None if row is None else to_learner(row)

    def many(self, ulns: Iterable[str]) -> Mapping[str, Learner]:
        """Return the records of those ULNs that exist."""
        wanted = [number for number in map(to_number, ulns) if number is not None]
        rows = self._connection.execute(_MANY, {"wanted": wanted}) if wanted else ()
        return {learner.uln: learner for learner in map(to_learner, rows)}

    def exact(self, details: DetailsKey) -> Sequence[Learner]:
        """Return live and linked records alike in all five details: the live one first, then by ULN."""
        values = {
            "post_code_key": details.post_code_key,
            "family_key": details.family_key,
            "given_key": details.given_key,
            "gender": details.gender,
            "date_of_birth": details.date_of_birth,
        }
        return [to_learner(row) for row in self._connection.execute(_EXACT, values)]

    def candidates(
        self,
        *,
        family_keys: Sequence[str],
        given_keys: Sequence[str],
        family_sounds: Sequence[str],
        given_sounds: Sequence[str],
        post_code_key: str,
        dates_of_birth: Sequence[date],
        month_of_birth: tuple[date, date] | None = None,
    ) -> Sequence[Identity]:
        """Return what is compared of records worth comparing, by ULN, none twice; each way in is limited."""
        if not dates_of_birth and not (family_keys and given_keys):
            return []
        wanted = Wanted(family_keys, given_keys, family_sounds, given_sounds, dates_of_birth)
        statement, values = look_up(wanted, post_code_key, month_of_birth)
        return [Identity(*row) for row in self._connection.execute(statement, values)]

    def count(self) -> int:
        """Return how many records there are, of whatever status."""
        return self._connection.execute(select(func.count()).select_from(table)).scalar_one()

    def add(self, learner: Learner) -> Stored:
        """Store a new record: STORED, ULN_TAKEN or DETAILS_TAKEN."""
        statement = _ADD[self._connection.dialect.name]
        if self._connection.execute(statement, to_values(learner)).first() is not None:
            return Stored.STORED
        return Stored.ULN_TAKEN if self.get(learner.uln) else Stored.DETAILS_TAKEN

    def replace(self, learner: Learner, expected_version: int) -> Stored:
        """Replace a record: STORED, VERSION_CHANGED or DETAILS_TAKEN."""
        values = to_values(learner) | {"of_uln": int(learner.uln), "of_version": expected_version}
        del values["uln"]
        try:
            # On PostgreSQL an error ends the whole transaction unless it happens behind a savepoint.
            with self._connection.begin_nested():
                changed = self._connection.execute(_REPLACE, values).rowcount
        except IntegrityError:
            return Stored.DETAILS_TAKEN
        return Stored.STORED if changed else Stored.VERSION_CHANGED

    def add_many(self, learners: Iterable[Learner], progress: Progress | None = None) -> int:
        """Store many new records, all or, with DuplicateLearnerError, none; tell progress in records."""
        stored = 0
        with self._connection.begin_nested():
            for chunk in _chunks(learners):
                self._add_chunk(chunk)
                stored += len(chunk)
                if progress is not None:
                    progress(len(chunk))
        return stored

    def _add_chunk(self, chunk: Sequence[Learner]) -> None:
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(table), [to_values(learner) for learner in chunk])
        except IntegrityError:
            raise DuplicateLearnerError(self._duplicate(chunk)) from None

    def _duplicate(self, chunk: Sequence[Learner]) -> str:
        for learner in chunk:
            outcome = self.add(learner)
            if outcome is Stored.ULN_TAKEN:
                return f"the ULN {learner.uln} is in use already"
            if outcome is Stored.DETAILS_TAKEN:
                return (
                    f"the learner with ULN {learner.uln} has the same names, date of birth, gender and postcode as "
                    "another live learner"
                )
        return "a learner repeats another"


def _chunks(learners: Iterable[Learner]) -> Iterator[list[Learner]]:
    iterator = iter(learners)
    while chunk := list(islice(iterator, ROWS_PER_CHUNK)):
        yield chunk
