"""Loads of very many learners: the same rows as on the ordinary way, the same indexes, and no clashes."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, inspect, select
from sqlalchemy.exc import DBAPIError

from lrs_soap.domain.learner import Learner
from lrs_soap.generating import Population
from lrs_soap.store import Store, open_store
from lrs_soap.store.bulk import Rows, make_rows
from lrs_soap.store.engine import make_engine, parse_url, transaction
from lrs_soap.store.schema import learner as table
from tests.factories import full_learner, learner, linked_to

ODD = full_learner(
    7,
    given_name='Quote " and, comma',
    family_name="Back\\slash\tand tab",
    notes="Two\nlines\r\nand \\N and NULL",
    other_verification_description="'; --",
    last_known_post_code="ls2 9ab",
)
# A name of signs alone has neither key nor sound.
SIGNS = learner(8, family_name="'")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(parse_url(database_url))
    yield engine
    engine.dispose()


def rows(store: Store, *learners: Learner) -> Rows:
    """Return learners made ready for a store."""
    fields = [asdict(one) for one in learners]
    for one in fields:
        del one["linked_ulns"]
        one["created_via"], one["updated_via"] = str(one["created_via"]), str(one["updated_via"])
    backend = "sqlite" if store.file else "postgresql"
    return make_rows(backend, fields)


def load(store: Store, *learners: Learner, most: int | None = None) -> int:
    with store.loading() as load:
        added = load.add(rows(store, *learners), most)
        load.finish(str)
    return added


def add(store: Store, learners: Sequence[Learner]) -> None:
    with store.writing() as work:
        work.learners.add_many(learners)


def kept(engine: Engine) -> list[tuple[Any, ...]]:
    """Return all rows of the learners as the database has them."""
    with engine.connect() as connection:
        names = ", ".join(column.name for column in table.c)
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {names} FROM learner ORDER BY uln")]


def indexes(engine: Engine) -> list[Any]:
    """Return the indexes of the learners: name, columns, whether unique, and what else there is to them."""
    with engine.connect() as connection:
        return sorted(
            (
                index["name"],
                index["column_names"],
                bool(index["unique"]),
                [str(option) for option in index.get("dialect_options", {}).values()],
            )
            for index in inspect(connection).get_indexes("learner")
        )


def test_a_load_leaves_the_rows_that_the_ordinary_way_leaves(store: Store, engine: Engine) -> None:
    learners = [*Population(400).block(0)[:400], ODD, SIGNS]
    load(store, *learners)
    loaded = kept(engine)
    with transaction(engine) as connection:
        connection.execute(delete(table))
    add(store, learners)
    assert loaded == kept(engine)
    assert len(loaded) == 402


def test_fields_left_out_have_their_defaults(store: Store, engine: Engine) -> None:
    one = learner(1, verification_type="0", tier_level="0", ability_to_share="0")
    given = ("uln", "given_name", "family_name", "date_of_birth", "gender", "last_known_post_code")
    fields = {name: getattr(one, name) for name in (*given, "created_at", "updated_at")}
    with store.loading() as load:
        load.add(make_rows(load.backend, [fields]))
        load.finish(str)
    with store.reading() as work:
        assert work.learners.get(one.uln) == one
    with engine.connect() as connection:
        assert connection.execute(select(table.c.created_via)).scalar_one() == "WebServices"


def test_a_load_into_an_empty_register_builds_the_indexes_it_had(store: Store, engine: Engine) -> None:
    before = indexes(engine)
    assert load(store, learner(1)) == 1
    assert indexes(engine) == before
    assert before


def test_a_load_into_a_register_with_learners_keeps_its_indexes(store: Store, engine: Engine) -> None:
    add(store, [learner(1)])
    before = indexes(engine)
    assert load(store, learner(2, family_name="Obi")) == 1
    assert indexes(engine) == before


def test_learners_that_are_there_by_uln_or_details_are_left_out(store: Store, engine: Engine) -> None:
    known = learner(1)
    add(store, [known])
    same_uln = learner(1, family_name="Obi")
    same_details = learner(2, family_name="OKAFOR")
    new = learner(3, family_name="Nwosu")
    assert load(store, same_uln, same_details, new) == 1
    assert [row[0] for row in kept(engine)] == [int(known.uln), int(new.uln)]


def test_a_deleted_or_linked_record_may_share_the_details_of_a_live_one(store: Store) -> None:
    add(store, [learner(1)])
    assert load(store, learner(2, status="0")) == 1


def test_a_linked_record_is_left_out_with_its_master_and_the_other_way_round(store: Store, engine: Engine) -> None:
    add(store, [learner(1), learner(2, family_name="Obi")])
    master = learner(3)
    other = learner(5, family_name="Eze")
    assert load(store, master, linked_to(master, 4), other, linked_to(other, 2)) == 0
    assert len(kept(engine)) == 2


def test_no_more_are_added_than_are_wanted(store: Store, engine: Engine) -> None:
    add(store, [learner(1)])
    some = [learner(number, family_name=f"Okafor{number}") for number in range(2, 8)]
    assert load(store, *some, most=4) == 4
    assert len(kept(engine)) == 5


def test_a_load_that_repeats_details_is_undone_wholly(store: Store, engine: Engine) -> None:
    with pytest.raises(DBAPIError):
        load(store, learner(1), learner(2))
    assert kept(engine) == []
    assert indexes(engine)


def test_a_load_that_repeats_a_uln_is_undone_wholly(store: Store, engine: Engine) -> None:
    with pytest.raises(DBAPIError):
        load(store, learner(1), learner(1, family_name="Obi"))
    assert kept(engine) == []


def test_after_a_load_sqlite_keeps_its_log_again(sqlite_url: str) -> None:
    with closing(open_store(sqlite_url)) as store:
        load(store, learner(1))
        add(store, [learner(2, family_name="Obi")])
        assert Path(f"{store.file}-wal").exists()


def test_a_load_goes_on_beside_somebody_who_reads(sqlite_url: str) -> None:
    with closing(open_store(sqlite_url)) as other, other.reading() as work:
        assert work.learners.count() == 0
        with closing(open_store(sqlite_url)) as store:
            load(store, learner(1))
        assert work.learners.count() == 1
