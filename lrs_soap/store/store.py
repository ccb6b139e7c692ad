"""The store: one database, opened by one process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from lrs_soap.domain.audit import AuditEntry
from lrs_soap.store import migrating
from lrs_soap.store.bulk import BulkLoad, bulk_load
from lrs_soap.store.engine import make_engine, parse_url, shown, transaction
from lrs_soap.store.read_audit import ReadAudit
from lrs_soap.store.unit_of_work import UnitOfWork

SchemaState = Literal["empty", "current", "outdated", "newer"]


class Store:
    """A register's database. Each process opens its own; it may be used from several threads."""

    def __init__(self, engine: Engine, read_audit_delay: float) -> None:
        self._engine = engine
        self._read_audit = ReadAudit(self._write_audit, read_audit_delay)

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Give a unit of work for reading; each of its questions is answered from the newest state."""
        with self._engine.connect() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """Give a unit of work that is durable once the block ends, and undone when it ends with an exception."""
        with transaction(self._engine) as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def loading(self) -> Iterator[BulkLoad]:
        """Give a load of very many learners, kept when the block ends and undone when it ends with an exception."""
        with bulk_load(self._engine) as load:
            yield load

    def audit_later(self, entry: AuditEntry) -> None:
        """Record the entry of a read a moment later, in a group."""
        self._read_audit.add(entry)

    def flush(self) -> None:
        """Write the entries of reads that still wait."""
        self._read_audit.flush()

    def close(self) -> None:
        """Write what waits and let go of the database."""
        try:
            self._read_audit.close()
        finally:
            self._engine.dispose()

    def migrate(self) -> None:
        """Bring the tables to the present version."""
        with self.migration():
            pass

    @contextmanager
    def migration(self) -> Iterator[UnitOfWork]:
        """Bring the tables to the present version, wholly or not at all with what the block puts into them."""
        with transaction(self._engine) as connection:
            migrating.upgrade(connection)
            yield UnitOfWork(connection)

    def schema_state(self) -> SchemaState:
        """Tell how the tables stand to what this version needs."""
        with self._engine.connect() as connection:
            return migrating.state(connection)

    @property
    def file(self) -> Path | None:
        """The file that the register is kept in; None when it is kept elsewhere."""
        url = self._engine.url
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def describe(self) -> str:
        """Return the database for people: its URL as they would type it, without a password."""
        return shown(self._engine.url)

    def _write_audit(self, entries: Sequence[AuditEntry]) -> None:
        with self.writing() as work:
            work.audit.record_reads(entries)


def open_store(url: str, *, read_audit_delay: float = 0.2) -> Store:
    """Return the store at a database URL. Raises DatabaseUrlError; connects only when first used.

    read_audit_delay: seconds for which the audit entry of a read may wait to be written with others.
    """
    return Store(make_engine(parse_url(url)), read_audit_delay)
