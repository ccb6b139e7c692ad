"""Migrations: they make what the schema says, both ways, whoever starts them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, text

from lrs_soap.store import migrating, open_store
from lrs_soap.store.engine import make_engine, parse_url, transaction
from lrs_soap.store.schema import metadata


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    engine = make_engine(parse_url(empty_database_url))
    yield engine
    engine.dispose()


def upgrade(engine: Engine) -> None:
    with transaction(engine) as connection:
        migrating.upgrade(connection)


def state(engine: Engine) -> str:
    with engine.connect() as connection:
        return migrating.state(connection)


def run(engine: Engine, statement: str) -> None:
    with transaction(engine) as connection:
        connection.execute(text(statement))


def index_definition(index: Any) -> dict[str, Any]:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def definitions(engine: Engine) -> dict[str, object]:
    """Return all that the database tells of its tables, including what the comparison of Alembic passes over."""
    told = inspect(engine)
    return {
        name: (
            [{**column, "type": column["type"].compile(engine.dialect)} for column in told.get_columns(name)],
            told.get_pk_constraint(name),
            told.get_foreign_keys(name),
            sorted(told.get_unique_constraints(name), key=str),
            sorted((index_definition(index) for index in told.get_indexes(name)), key=str),
        )
        for name in told.get_table_names()
        if name != "alembic_version"
    }


def test_migrations_make_the_tables_of_the_schema(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    migrated = definitions(engine)
    with transaction(engine) as connection:
        migrating.downgrade(connection, "base")
        metadata.create_all(connection)
    assert migrated == definitions(engine)


def test_the_way_back_leaves_nothing(engine: Engine) -> None:
    upgrade(engine)
    with transaction(engine) as connection:
        migrating.downgrade(connection, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert state(engine) == "empty"
    upgrade(engine)
    assert state(engine) == "current"


def test_the_comparison_sees_a_difference(engine: Engine) -> None:
    upgrade(engine)
    run(engine, "DROP INDEX ix_learner_sound")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata)


def test_the_state_of_the_tables(engine: Engine) -> None:
    assert state(engine) == "empty"
    upgrade(engine)
    assert state(engine) == "current"
    run(engine, "UPDATE alembic_version SET version_num = '9999'")
    assert state(engine) == "newer"
    run(engine, "DELETE FROM alembic_version")
    assert state(engine) == "outdated"


def test_tables_of_others_are_left_alone(engine: Engine) -> None:
    others = MetaData()
    run(engine, "CREATE TABLE guest (id INTEGER)")
    assert state(engine) == "empty"
    upgrade(engine)
    others.reflect(engine)
    assert set(others.tables) == {*metadata.tables, "guest", "alembic_version"}


def test_a_migration_that_fails_changes_nothing(engine: Engine) -> None:
    run(engine, "CREATE TABLE learning_event (id INTEGER)")
    with pytest.raises(Exception, match="learning_event"):
        upgrade(engine)
    assert set(inspect(engine).get_table_names()) == {"learning_event"}


def test_several_may_start_at_once(empty_database_url: str) -> None:
    def start(_: int) -> str:
        store = open_store(empty_database_url)
        store.migrate()
        state = store.schema_state()
        store.close()
        return state

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(start, range(8))) == {"current"}
