"""Alembic without files of its own on disk: bringing a database to the tables this version needs."""

from pathlib import Path
from threading import Lock
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select
from sqlalchemy.engine import Connection

from lrs_soap.store.schema import metadata

_SCRIPTS = Path(__file__).parent / "migrations"
# Any number of our own: processes of one register that start together must not migrate it at the same time.
_LOCK = 0x6C7273
# alembic keeps the connection of the migration under way in its modules.
_alembic = Lock()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables up to a revision, within the caller's transaction."""
    _one_at_a_time(connection)
    with _alembic:
        command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Bring the tables down to a revision, within the caller's transaction."""
    _one_at_a_time(connection)
    with _alembic:
        command.downgrade(_config(connection), revision)


def _one_at_a_time(connection: Connection) -> None:
    # On SQLite there is one writer anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def state(connection: Connection) -> Literal["empty", "current", "outdated", "newer"]:
    """Tell how the tables stand to what this version needs."""
    scripts = ScriptDirectory.from_config(_config())
    present = MigrationContext.configure(connection).get_current_revision()
    if present is None:
        own = set(metadata.tables) & set(inspect(connection).get_table_names())
        return "outdated" if own else "empty"
    if present == scripts.get_current_head():
        return "current"
    known = {script.revision for script in scripts.walk_revisions()}
    return "outdated" if present in known else "newer"
