"""What a register holds once all is done, told without the ULNs and numbers that differ from run to run."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import Connection

from lrs_soap.domain.codes import Operation, ResponseCode
from lrs_soap.domain.passwords import password_is
from lrs_soap.store import migrating
from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.schema import (
    audit,
    audit_uln,
    batch_exception,
    job,
    job_record,
    learner,
    learning_event,
    metadata,
    organisation,
    qualification,
)
from tests.factories import PASSWORD

Rows = tuple[tuple[Any, ...], ...]
Change = tuple[Counter[tuple[Any, ...]], Counter[tuple[Any, ...]]]
OTHER_PASSWORD = "fedcba9876543210"


@dataclass(frozen=True)
class Snapshot:
    """All that a run should leave behind, each part sorted, and how many qualifications; of no tables, nothing."""

    jobs: Rows = ()
    records: Rows = ()
    learners: Rows = ()
    events: Rows = ()
    exceptions: Rows = ()
    audit: Rows = ()
    audit_index: Rows = ()
    organisations: Rows = ()
    qualifications: Rows = ()

    def changes(self, before: "Snapshot") -> dict[str, Change]:
        """Return what has gone and what has come since another, by the parts that differ."""
        held = {name: (Counter(getattr(before, name)), Counter(getattr(self, name))) for name in _PARTS}
        return {name: (old - new, new - old) for name, (old, new) in held.items() if old != new}

    def differences(self, other: "Snapshot") -> list[str]:
        """Return what this one has too much or too little of, compared with another."""
        told = []
        for name, (missing, surplus) in self.changes(other).items():
            told += [f"{name}: missing {row}" for row in missing]
            told += [f"{name}: too many {row}" for row in surplus]
        return told


_PARTS = tuple(field.name for field in fields(Snapshot))


def snapshot(url: str) -> Snapshot:
    """Return what a register holds."""
    engine = make_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            return Snapshot() if migrating.state(connection) == "empty" else _snapshot(connection)
    finally:
        engine.dispose()


def _snapshot(connection: Connection) -> Snapshot:
    people = {row.uln: row for row in connection.execute(select(learner))}
    named = {uln: f"{row.given_name} {row.family_name}" for uln, row in people.items()}
    return Snapshot(
        jobs=_sorted((row.job_id, row.status, row.done, row.record_count) for row in connection.execute(select(job))),
        records=_sorted(
            (row.job_id, row.position, row.code, named.get(row.uln)) for row in connection.execute(select(job_record))
        ),
        learners=_sorted(
            (
                named[uln],
                row.version,
                row.previous_family_name,
                row.last_known_post_code,
                row.email_address,
                row.place_of_birth,
            )
            for uln, row in people.items()
        ),
        events=_sorted(
            (named[row.uln], row.subject_code, row.status, row.withdrawn, row.language)
            for row in connection.execute(select(learning_event))
        ),
        exceptions=_sorted(
            (row.job_id, row.position, row.code, row.status) for row in connection.execute(select(batch_exception))
        ),
        audit=_sorted(
            (row.operation, row.outcome, *sorted(json.loads(row.criteria).items()))
            for row in connection.execute(select(audit))
        ),
        audit_index=_sorted((row.operation, named.get(row.uln)) for row in connection.execute(select(audit_uln))),
        organisations=_sorted(
            (row.ukprn, row.reference, row.name, row.status, row.grants, row.awarding, _password(row.password_hash))
            for row in connection.execute(select(organisation))
        ),
        qualifications=_sorted(connection.execute(select(func.count()).select_from(qualification))),
    )


def _sorted(rows: Any) -> Rows:
    return tuple(sorted(map(tuple, rows), key=repr))


@cache
def _password(hashed: str) -> str | None:
    return next((password for password in (PASSWORD, OTHER_PASSWORD) if password_is(password, hashed)), None)


def damage(url: str) -> list[str]:
    """Return what is wrong with a register itself: its pages, references, indexes or tables, or a ULN given out twice.

    A register without any tables is sound.
    """
    engine = make_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            return [*_damage_of_the_database(connection), *_damage_of_the_tables(connection)]
    finally:
        engine.dispose()


def _damage_of_the_database(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        told = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        yield from (f"integrity: {line}" for line in told if line != "ok")
        yield from (f"reference: {tuple(row)}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
        return
    invalid = connection.exec_driver_sql("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
    yield from (f"invalid index: {row[0]}" for row in invalid)


def _damage_of_the_tables(connection: Connection) -> Iterator[str]:
    state = migrating.state(connection)
    if state == "empty":
        return
    if state != "current":
        yield f"tables: {state}"
    for name, table in metadata.tables.items():
        present = {index["name"] for index in inspect(connection).get_indexes(name)}
        yield from (f"missing index: {index.name}" for index in table.indexes if index.name not in present)
    yield from (f"given out twice: {row.uln}" for row in connection.execute(_GIVEN_OUT_TWICE))


_GIVEN_OUT_TWICE = (
    select(audit_uln.c.uln)
    .join(audit, audit.c.id == audit_uln.c.audit_id)
    .where(audit.c.operation == str(Operation.REGISTER_LEARNER), audit.c.outcome == str(ResponseCode.REGISTERED))
    .group_by(audit_uln.c.uln)
    .having(func.count() > 1)
)
