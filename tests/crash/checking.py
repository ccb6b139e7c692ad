"""What a register holds once all is done, told without the ULNs and numbers that differ from run to run."""

import json
from collections import Counter
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.schema import audit, batch_exception, job, job_record, learner, learning_event

Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Snapshot:
    """All that a run should leave behind, each part sorted."""

    jobs: Rows
    records: Rows
    learners: Rows
    events: Rows
    exceptions: Rows
    audit: Rows

    def differences(self, other: "Snapshot") -> list[str]:
        """Return what this one has too much or too little of, compared with another."""
        told = []
        for field in fields(self):
            mine, theirs = Counter(getattr(self, field.name)), Counter(getattr(other, field.name))
            told += [f"{field.name}: missing {row}" for row in theirs - mine]
            told += [f"{field.name}: too many {row}" for row in mine - theirs]
        return told


def snapshot(url: str) -> Snapshot:
    """Return what a register holds."""
    engine = make_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            return _snapshot(connection)
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
            (named[uln], row.version, row.last_known_post_code, row.email_address, row.place_of_birth)
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
    )


def _sorted(rows: Any) -> Rows:
    return tuple(sorted(rows, key=repr))
