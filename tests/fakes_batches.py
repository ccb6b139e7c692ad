"""In-memory stand-ins of the ports that batches use."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus
from tests.fakes import NOW

SUBMITTED = NOW - timedelta(days=3)


def a_record(**changes: str) -> dict[str, str]:
    """Return what a record says that could be registered, with changes; an empty text takes a value out."""
    values = {
        "MISIdentifier": "S-1",
        "GivenName": "Maeve",
        "FamilyName": "Okafor",
        "DateOfBirth": "2004-02-29",
        "Gender": "2",
        "LastKnownPostCode": "LS2 9AB",
        "VerificationType": "1",
        "AbilityToShare": "1",
    }
    return {name: text for name, text in (values | changes).items() if text}


def an_exception(**changes: Any) -> BatchException:
    """Return an open exception of the test college, with changes."""
    values: dict[str, Any] = {
        "job_id": 5,
        "position": 2,
        "organisation": "TEST0101",
        "submitted_at": SUBMITTED,
        "code": "RC007",
        "values": a_record(),
        "reason": "One learner may be the one.",
    }
    return BatchException(**values | changes)


class InMemoryBatchExceptions:
    """Exceptions kept in a dictionary by number, in the order in which they came."""

    def __init__(self, *exceptions: BatchException) -> None:
        self._exceptions: dict[int, BatchException] = {}
        for exception in exceptions:
            self.add(exception)

    def add(self, exception: BatchException) -> None:
        number = len(self._exceptions) + 1
        self._exceptions[number] = replace(exception, exception_id=number)

    def get(self, exception_id: int) -> BatchException | None:
        return self._exceptions.get(exception_id)

    def of(
        self, organisation: str, status: ExceptionStatus | None = None, job_id: int | None = None
    ) -> Iterable[BatchException]:
        return [
            one
            for one in self._exceptions.values()
            if one.organisation == organisation and status in (None, one.status) and job_id in (None, one.job_id)
        ]

    def replace(self, exception: BatchException) -> None:
        assert exception.exception_id in self._exceptions
        self._exceptions[exception.exception_id] = exception

    def overdue(self, submitted_before: datetime, limit: int) -> Sequence[BatchException]:
        late = [one for one in self._exceptions.values() if one.is_open and one.submitted_at < submitted_before]
        return sorted(late, key=lambda one: one.submitted_at)[:limit]
