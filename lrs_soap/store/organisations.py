"""The organisations that may call, as rows."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from lrs_soap.domain.organisations import Organisation
from lrs_soap.store.schema import organisation as table

_FIELDS = tuple(field.name for field in fields(Organisation))
_WHOLE = select(*(table.c[name] for name in _FIELDS))
_BY_UKPRN = _WHOLE.where(table.c.ukprn_key == bindparam("key"))
_BY_REFERENCE = _WHOLE.where(table.c.reference_key == bindparam("key"))


class DuplicateOrganisationError(ValueError):
    """An organisation repeats the UKPRN or the OrganisationRef of another."""


class SqlOrganisations:
    """The organisations, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_ukprn(self, ukprn: str) -> Organisation | None:
        """Return the organisation with this UKPRN, letter case aside."""
        return self._one(_BY_UKPRN, ukprn)

    def by_reference(self, reference: str) -> Organisation | None:
        """Return the organisation with this OrganisationRef, letter case aside."""
        return self._one(_BY_REFERENCE, reference)

    def all(self) -> Sequence[Organisation]:
        """Return all organisations by UKPRN."""
        return [_organisation(row) for row in self._connection.execute(_WHOLE.order_by(table.c.ukprn_key))]

    def add(self, organisation: Organisation) -> None:
        """Store a new organisation. Raises DuplicateOrganisationError."""
        self._write(insert(table), organisation)

    def replace(self, organisation: Organisation) -> bool:
        """Replace the organisation with this UKPRN; False when there is none. Raises DuplicateOrganisationError."""
        statement = update(table).where(table.c.ukprn_key == organisation.ukprn.upper())
        return self._write(statement, organisation) > 0

    def _write(self, statement: Any, organisation: Organisation) -> int:
        try:
            with self._connection.begin_nested():
                return self._connection.execute(statement.values(**_values(organisation))).rowcount
        except IntegrityError:
            raise DuplicateOrganisationError(
                f"the UKPRN {organisation.ukprn} or the OrganisationRef {organisation.reference} is in use already"
            ) from None

    def _one(self, statement: Any, key: str) -> Organisation | None:
        row = self._connection.execute(statement, {"key": key.upper()}).first()
        return None if row is None else _organisation(row)


def _organisation(row: Any) -> Organisation:
    values = dict(zip(_FIELDS, row, strict=True))
    values["grants"] = frozenset(filter(None, values["grants"].split(",")))
    return Organisation(**values)


def _values(organisation: Organisation) -> dict[str, Any]:
    values = {name: getattr(organisation, name) for name in _FIELDS}
    values.update(
        ukprn_key=organisation.ukprn.upper(),
        reference_key=organisation.reference.upper(),
        status=str(organisation.status),
        grants=",".join(sorted(organisation.grants)),
    )
    return values
