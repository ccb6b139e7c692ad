"""The audit trail as rows, and finding in it."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import bindparam, distinct, func, insert, select
from sqlalchemy.engine import Connection

from lrs_soap.domain.audit import AuditEntry, RecentFind
from lrs_soap.domain.learner import DetailsKey
from lrs_soap.store.learner_rows import from_utc, to_utc
from lrs_soap.store.schema import audit, audit_uln

_INSERT = insert(audit).returning(audit.c.id)
_INSERT_READS = insert(audit)
_INSERT_ULN = insert(audit_uln)
_FINDS = (
    select(audit.c.at, audit.c.outcome)
    .where(
        audit.c.organisation == bindparam("organisation"),
        audit.c.details_digest == bindparam("digest"),
        audit.c.at >= bindparam("since"),
    )
    .order_by(audit.c.at.desc(), audit.c.id.desc())
)
_OF_ULNS = (
    audit_uln.c.uln.in_(bindparam("ulns", expanding=True)),
    audit_uln.c.operation == bindparam("operation"),
)
_COUNT = select(func.count(distinct(audit_uln.c.audit_id))).where(*_OF_ULNS)
# The page is chosen from the small rows alone, however often somebody was looked up.
_PAGE = (
    select(audit_uln.c.at, audit_uln.c.audit_id)
    .where(*_OF_ULNS)
    .distinct()
    .order_by(audit_uln.c.at.desc(), audit_uln.c.audit_id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
    .subquery()
)
_VIEWS = select(audit).join(_PAGE, _PAGE.c.audit_id == audit.c.id).order_by(audit.c.at.desc(), audit.c.id.desc())


class SqlAuditTrail:
    """The audit trail, within one unit of work."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(self, entry: AuditEntry) -> None:
        """Record one entry, so that `views` finds it by each ULN it names."""
        number = self._connection.execute(_INSERT, _values(entry)).scalar_one()
        rows = [
            {"uln": uln, "operation": str(entry.operation), "at": to_utc(entry.at), "audit_id": number}
            for uln in {int(uln) for uln in entry.ulns}
        ]
        if rows:
            self._connection.execute(_INSERT_ULN, rows)

    def record_reads(self, entries: Sequence[AuditEntry]) -> None:
        """Record a group of reads. Nobody pages through these by ULN, so they are not indexed by it."""
        self._connection.execute(_INSERT_READS, [_values(entry) for entry in entries])

    def finds(self, organisation: str, details: DetailsKey, since: datetime) -> Sequence[RecentFind]:
        """Return the finds an organisation (by UKPRN) made for these five details since a moment, newest first."""
        values = {"organisation": organisation, "digest": digest(details), "since": to_utc(since)}
        return [RecentFind(from_utc(at), outcome) for at, outcome in self._connection.execute(_FINDS, values)]

    def views(self, ulns: Iterable[str], operation: str, offset: int, limit: int) -> tuple[int, Sequence[AuditEntry]]:
        """Return how many entries of an operation name these ULNs, and one page of them, newest first."""
        values: dict[str, Any] = {"ulns": [int(uln) for uln in ulns], "operation": str(operation)}
        if not values["ulns"]:
            return 0, ()
        total = self._connection.execute(_COUNT, values).scalar_one()
        page = self._connection.execute(_VIEWS, values | {"offset": offset, "limit": limit}).mappings()
        return total, [_entry(row) for row in page]


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": to_utc(entry.at),
        "organisation": entry.organisation,
        "user_name": entry.user_name,
        "operation": str(entry.operation),
        "outcome": str(entry.outcome),
        "ulns": " ".join(entry.ulns),
        "criteria": json.dumps(entry.criteria),
        "details_digest": None if entry.details is None else digest(entry.details),
    }


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        at=from_utc(row["at"]),
        organisation=row["organisation"],
        user_name=row["user_name"],
        operation=row["operation"],
        outcome=row["outcome"],
        ulns=tuple(row["ulns"].split()),
        criteria=json.loads(row["criteria"]),
    )


def digest(details: DetailsKey) -> str:
    """Return what five details are looked up by, short and always the same."""
    parts = (
        details.family_key,
        details.given_key,
        details.date_of_birth.isoformat(),
        details.gender,
        details.post_code_key,
    )
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
