"""The audit trail: durable with the unit of work, and found again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.codes import Operation, ResponseCode
from lrs_soap.store import Store
from tests.factories import learner, uln_of
from tests.store.undoing import undone

NOW = datetime(2026, 3, 2, 10, 15, 4, 123456, tzinfo=UTC)


def entry(minutes_ago: int = 0, **values: Any) -> AuditEntry:
    known: dict[str, Any] = {
        "at": NOW - timedelta(minutes=minutes_ago),
        "organisation": "TEST0101",
        "user_name": "Zoë 日",
        "operation": Operation.GET_LEARNING_EVENTS,
        "outcome": ResponseCode.EXACT_MATCH,
        "ulns": (uln_of(1),),
    }
    return AuditEntry(**(known | values))


def record(store: Store, *entries: AuditEntry) -> None:
    with store.writing() as work:
        for each in entries:
            work.audit.record(each)


def views(store: Store, *ulns: str, offset: int = 0, limit: int = 20) -> tuple[int, list[AuditEntry]]:
    with store.reading() as work:
        total, page = work.audit.views(ulns, Operation.GET_LEARNING_EVENTS, offset, limit)
        return total, list(page)


def test_an_entry_comes_back_whole(store: Store) -> None:
    kept = entry(ulns=(uln_of(2), uln_of(1), uln_of(2)), criteria={"FamilyName": 'O\'Neil "日"', "ULN": ""})
    record(store, kept)
    assert views(store, uln_of(1)) == (1, [kept])
    assert views(store, uln_of(1), uln_of(2)) == (1, [kept])


def test_views_are_paged_newest_first(store: Store) -> None:
    minutes = [3, 1, 4, 0, 2]
    record(store, *(entry(minute, ulns=(uln_of(1 + minute % 2),)) for minute in minutes))
    everything = [entry(minute, ulns=(uln_of(1 + minute % 2),)) for minute in range(5)]
    pages = [views(store, uln_of(1), uln_of(2), offset=offset, limit=2) for offset in (0, 2, 4, 6)]
    assert pages == [(5, everything[:2]), (5, everything[2:4]), (5, everything[4:]), (5, [])]


def test_views_are_of_one_operation_and_of_these_ulns(store: Store) -> None:
    record(store, entry(operation=Operation.LEARNER_BY_ULN), entry(ulns=(uln_of(2),)), entry(ulns=()))
    assert views(store, uln_of(1)) == (0, [])
    assert views(store) == (0, [])


def test_entries_of_one_moment_have_a_stable_order(store: Store) -> None:
    record(store, *(entry(user_name=str(number)) for number in range(6)))
    first = [views(store, uln_of(1), offset=offset, limit=1)[1][0].user_name for offset in range(6)]
    assert first == ["5", "4", "3", "2", "1", "0"]


def test_finds_are_those_of_the_organisation_the_details_and_the_time(store: Store) -> None:
    details = learner().details
    find = entry(operation=Operation.LEARNER_BY_DEMOGRAPHICS, outcome="WSRC0001", details=details)
    record(
        store,
        replace(find, at=NOW - timedelta(minutes=50), outcome="WSRC0003"),
        find,
        replace(find, at=NOW - timedelta(hours=3)),
        replace(find, organisation="TEST0202"),
        replace(find, details=learner(date_of_birth=date(2004, 2, 28)).details),
        replace(find, details=None),
    )
    with store.reading() as work:
        found = work.audit.finds("TEST0101", details, NOW - timedelta(minutes=50))
    assert [(each.at, each.outcome) for each in found] == [
        (NOW, "WSRC0001"),
        (NOW - timedelta(minutes=50), "WSRC0003"),
    ]


def test_an_entry_is_undone_with_its_unit_of_work(store: Store) -> None:
    with undone(store) as work:
        work.audit.record(entry())
    assert views(store, uln_of(1)) == (0, [])


def test_a_group_of_reads_is_found_by_its_details(store: Store) -> None:
    people = [learner(given_name=f"N{number}").details for number in range(1000)]
    with store.writing() as work:
        work.audit.record_reads([entry(outcome=details.given_key, details=details) for details in people])
        for details in (people[0], people[617], people[999]):
            assert [each.outcome for each in work.audit.finds("TEST0101", details, NOW)] == [details.given_key]
