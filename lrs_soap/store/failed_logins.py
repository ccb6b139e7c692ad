"""Wrong passwords given for organisations, as rows: one for each organisation, shared by all processes."""

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from lrs_soap.domain.logins import FailedLogins
from lrs_soap.store.learner_rows import from_utc, to_utc
from lrs_soap.store.schema import failed_login as table
from lrs_soap.store.schema import organisation

_OF = select(table.c.password_hash, table.c.since, table.c.number).where(table.c.organisation == bindparam("key"))
# In SQLite whoever writes is alone anyway.
_LOCK = select(organisation.c.ukprn_key).where(organisation.c.ukprn_key == bindparam("key")).with_for_update()
_PUT = update(table).where(table.c.organisation == bindparam("key"))


class SqlFailedLogins:
    """The wrong passwords, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, ukprn: str) -> FailedLogins | None:
        """Return those given last for an organisation."""
        row = self._connection.execute(_OF, {"key": ukprn.upper()}).first()
        return None if row is None else FailedLogins(row.password_hash, from_utc(row.since), row.number)

    def hold(self, ukprn: str) -> FailedLogins | None:
        """Return those given last; while the unit of work lasts, nobody else can count one."""
        self._connection.execute(_LOCK, {"key": ukprn.upper()})
        return self.of(ukprn)

    def put(self, ukprn: str, failed: FailedLogins) -> None:
        """Keep these in place of those before."""
        values = {"password_hash": failed.password_hash, "since": to_utc(failed.since), "number": failed.count}
        if self._connection.execute(_PUT.values(**values), {"key": ukprn.upper()}).rowcount == 0:
            self._connection.execute(insert(table).values(organisation=ukprn.upper(), **values))
