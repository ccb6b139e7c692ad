"""Exceptions of batches: what is stored comes back, lists are in order, and two people cannot end the same one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from lrs_soap.domain.actor import Actor
from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus, Resolution
from lrs_soap.domain.codes import Operation, ReturnCode
from lrs_soap.domain.exceptions_list import Caseworker, EndedError, NotResolvableError, close_overdue
from lrs_soap.domain.jobs import JobKind, Submission
from lrs_soap.domain.resolving import Outcome, accept, correct, discard, register_as_new
from lrs_soap.store import Store, UnitOfWork, open_store
from lrs_soap.store.batch_exceptions import ROWS_PER_CHUNK
from tests.factories import learner, uln_of
from tests.fakes import NOW
from tests.fakes_batches import SUBMITTED, a_record, an_exception
from tests.store.undoing import undone

USER = Actor("TEST0101", "jo.mills")
PERIOD = timedelta(days=45)
MAYBE = learner(1, date_of_birth=date(2004, 2, 28))
ANY_TEXT = st.text(max_size=40)
MOMENTS = st.datetimes(datetime(1950, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ULNS = st.integers(1, 1000).map(uln_of)
WHATEVER = st.fixed_dictionaries(
    {
        "submitted_at": MOMENTS,
        "code": st.sampled_from(ReturnCode).map(str),
        "values": st.dictionaries(st.sampled_from(["GivenName", "Notes"]), ANY_TEXT),
        "candidates": st.lists(ULNS, max_size=10).map(tuple),
        "reason": st.none() | st.just("'Łukasz' is wrong."),
        "status": st.sampled_from(ExceptionStatus),
        "resolution": st.none() | st.sampled_from(Resolution),
        "uln": st.none() | ULNS,
        "ended_at": st.none() | MOMENTS,
        "ended_by": st.none() | st.just("jo.mills"),
    }
)


def submit(work: UnitOfWork, records: int = 1) -> int:
    submission = Submission(kind=JobKind.REGISTRATION, by=USER, at=SUBMITTED, mode="FUL")
    return work.jobs.submit(submission, [a_record()] * records)


def add(store: Store, *exceptions: BatchException) -> list[BatchException]:
    """Store exceptions, each as the next record of a job, and return them as they are stored."""
    with store.writing() as work:
        job_id = submit(work, len(exceptions))
        for position, exception in enumerate(exceptions, 1):
            work.exceptions.add(replace(exception, job_id=job_id, position=position))
    organisations = {exception.organisation for exception in exceptions}
    with store.reading() as work:
        stored = [one for organisation in organisations for one in work.exceptions.of(organisation, None, job_id)]
    return sorted(stored, key=lambda exception: exception.exception_id)


def got(store: Store, number: int) -> BatchException | None:
    with store.reading() as work:
        return work.exceptions.get(number)


def numbers(store: Store, *wanted: Any) -> list[int]:
    with store.reading() as work:
        return [found.exception_id for found in work.exceptions.of(*wanted)]


def case(work: UnitOfWork, now: datetime = NOW) -> Caseworker:
    drawn = count()
    return Caseworker(
        by=USER,
        now=now,
        period=PERIOD,
        learners=work.learners,
        exceptions=work.exceptions,
        audit=work.audit,
        randbelow=lambda _: next(drawn),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=WHATEVER)
def test_whatever_is_stored_comes_back(store: Store, values: dict[str, Any]) -> None:
    sent = an_exception(**values)
    with undone(store) as work:
        work.exceptions.add(replace(sent, job_id=submit(work), position=1))
        (found,) = work.exceptions.of(sent.organisation)
        assert found == replace(sent, exception_id=found.exception_id, job_id=found.job_id, position=1)
        assert found.exception_id > 0
        assert work.exceptions.get(found.exception_id) == found
        another = an_exception(exception_id=found.exception_id, job_id=found.job_id, position=1)
        work.exceptions.replace(another)
        assert work.exceptions.get(found.exception_id) == another


def test_they_are_numbered_in_the_order_in_which_they_come(store: Store) -> None:
    first = [exception.exception_id for exception in add(store, an_exception(), an_exception())]
    second = [exception.exception_id for exception in add(store, an_exception())]
    assert first + second == sorted({*first, *second})


@pytest.mark.parametrize("number", [0, -1, 99, 2**63, -(2**70), 2**70])
def test_one_that_is_not_there(store: Store, number: int) -> None:
    add(store, an_exception())
    assert got(store, number) is None


def test_one_record_waits_once(store: Store) -> None:
    (known,) = add(store, an_exception())
    with pytest.raises(IntegrityError), store.writing() as work:
        work.exceptions.add(known)


def test_those_of_an_organisation_of_one_status_and_of_one_job(store: Store) -> None:
    resolved = an_exception(status=ExceptionStatus.RESOLVED, resolution=Resolution.DISCARDED)
    closed = an_exception(status=ExceptionStatus.CLOSED, resolution=Resolution.OVERDUE)
    first = add(store, closed, an_exception(), an_exception(organisation="OTHER001"), resolved)
    second = add(store, resolved, an_exception())
    mine = [first[0], first[1], first[3], *second]
    assert numbers(store, "TEST0101") == [one.exception_id for one in mine]
    assert numbers(store, "TEST0101", ExceptionStatus.OPEN) == [first[1].exception_id, second[1].exception_id]
    assert numbers(store, "TEST0101", None, second[0].job_id) == [one.exception_id for one in second]
    assert numbers(store, "TEST0101", ExceptionStatus.OPEN, first[0].job_id) == [first[1].exception_id]
    assert numbers(store, "OTHER001") == [first[2].exception_id]
    assert numbers(store, "test0101") == numbers(store, "TEST0101", None, 99) == []


@pytest.mark.parametrize("job_id", [None, 1])
def test_many_are_read_as_a_stream_and_in_order(store: Store, job_id: int | None) -> None:
    some = [
        an_exception(status=ExceptionStatus.RESOLVED) if place % 3 else an_exception()
        for place in range(2 * ROWS_PER_CHUNK + 7)
    ]
    stored = [one.exception_id for one in add(store, *some)]
    assert len(stored) == len(some)
    assert numbers(store, "TEST0101", None, job_id) == stored
    assert numbers(store, "TEST0101", ExceptionStatus.OPEN, job_id) == stored[::3]


def test_overdue_ones_come_oldest_first_and_only_open_ones(store: Store) -> None:
    days = [3, 1, 2, 5]
    waiting = [an_exception(submitted_at=SUBMITTED + timedelta(days=day)) for day in days]
    ended = an_exception(submitted_at=SUBMITTED, status=ExceptionStatus.RESOLVED)
    stored = add(store, *waiting, ended)
    with store.writing() as work:
        found = work.exceptions.overdue(SUBMITTED + timedelta(days=5), 10)
        assert found == [stored[1], stored[2], stored[0]]
        assert work.exceptions.overdue(SUBMITTED + timedelta(days=5), 2) == found[:2]
        assert work.exceptions.overdue(SUBMITTED + timedelta(days=1), 10) == []


def accepting(found: Caseworker, number: int) -> Outcome:
    return accept(found, number, MAYBE.uln)


def correcting(found: Caseworker, number: int) -> Outcome:
    return correct(found, number, {"GivenName": "Ada", "DateOfBirth": "2001-05-06"})


@pytest.mark.parametrize(
    ("way", "code", "learners"),
    [(accepting, None, 1), (correcting, "RC001", 2), (register_as_new, "RC001", 2), (discard, None, 1)],
)
def test_each_way_out_is_kept_with_its_line_in_the_audit_trail(
    store: Store, way: Callable[[Caseworker, int], Outcome], code: str | None, learners: int
) -> None:
    (waiting,) = add(store, an_exception(candidates=(MAYBE.uln,)))
    with store.writing() as work:
        work.learners.add(MAYBE)
        outcome = way(case(work), waiting.exception_id)
    assert (outcome.is_resolved, outcome.code) == (True, code)
    assert got(store, waiting.exception_id) == outcome.exception
    with store.reading() as work:
        assert work.learners.count() == learners
        for uln in outcome.ulns:
            assert work.learners.get(uln) is not None
            total, (entry,) = work.audit.views([uln], Operation.RESOLVE_EXCEPTION, 0, 20)
            assert (total, entry.outcome, entry.user_name) == (1, outcome.exception.resolution, "jo.mills")
            assert entry.criteria["Exception"] == str(waiting.exception_id)


def test_a_correction_in_vain_is_kept(store: Store) -> None:
    (waiting,) = add(store, an_exception())
    with store.writing() as work:
        outcome = correct(case(work), waiting.exception_id, {"Gender": "x\0"})
    expected = replace(waiting, code="RC011", values=a_record(Gender="x\0"), reason=outcome.reason)
    assert got(store, waiting.exception_id) == expected


def test_what_comes_to_nothing_leaves_nothing(store: Store) -> None:
    (waiting,) = add(store, an_exception())
    with undone(store) as work:
        outcome = register_as_new(case(work), waiting.exception_id)
    assert got(store, waiting.exception_id) == waiting
    with store.reading() as work:
        assert work.learners.count() == 0
        assert work.audit.views(outcome.ulns, Operation.RESOLVE_EXCEPTION, 0, 20) == (0, [])


@pytest.mark.parametrize("way", [accepting, correcting, register_as_new, discard])
def test_of_many_at_work_on_the_same_one_only_one_ends_it(
    store: Store, way: Callable[[Caseworker, int], Outcome]
) -> None:
    (waiting,) = add(store, an_exception(candidates=(MAYBE.uln,)))
    with store.writing() as work:
        work.learners.add(MAYBE)
    together = Barrier(8)

    def end(_: int) -> Outcome | NotResolvableError:
        together.wait()
        try:
            with store.writing() as work:
                return way(case(work), waiting.exception_id)
        except NotResolvableError as error:
            return error

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(end, range(8)))
    (won,) = (outcome for outcome in outcomes if isinstance(outcome, Outcome))
    assert sum(isinstance(outcome, EndedError) for outcome in outcomes) == 7
    assert got(store, waiting.exception_id) == won.exception
    with store.reading() as work:
        assert work.learners.count() == (2 if won.code else 1)
        assert work.audit.views(won.ulns, Operation.RESOLVE_EXCEPTION, 0, 20)[0] == (1 if won.ulns else 0)


def test_of_two_ways_at_once_the_second_is_told_of_the_first(store: Store) -> None:
    (waiting,) = add(store, an_exception(candidates=(MAYBE.uln,)))
    number = waiting.exception_id
    with ThreadPoolExecutor(1) as thread:
        with store.writing() as work:
            work.learners.add(MAYBE)
            accepting(case(work), number)
            second = thread.submit(partial(end_in_its_own, store, discard), number)
            with pytest.raises(TimeoutError):
                second.result(0.3)
        with pytest.raises(EndedError, match=f"accepted with ULN {MAYBE.uln}"):
            second.result(30)
    ended = got(store, number)
    assert ended is not None
    assert ended.resolution is Resolution.ACCEPTED


def end_in_its_own(store: Store, way: Callable[[Caseworker, int], Outcome], number: int) -> Outcome:
    with store.writing() as work:
        return way(case(work), number)


def close(store: Store, limit: int) -> int:
    with store.writing() as work:
        return close_overdue(work.exceptions, work.audit, NOW, timedelta(days=1), limit)


def test_several_workers_close_each_once(store: Store) -> None:
    stored = add(store, *[an_exception()] * 40)
    together = Barrier(4)

    def close_all(_: int) -> int:
        together.wait()
        closed = 0
        while number := close(store, 3):
            closed += number
        return closed

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(close_all, range(4))) == 40
    closed = [got(store, waiting.exception_id) for waiting in stored]
    assert closed == [
        replace(
            waiting,
            status=ExceptionStatus.CLOSED,
            resolution=Resolution.OVERDUE,
            ended_at=NOW,
            ended_by="worker",
        )
        for waiting in stored
    ]


def test_the_worker_does_not_wait_for_those_somebody_is_at_work_on(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    try:
        first, second = add(store, an_exception(), an_exception())
        with store.writing() as work:
            assert discard(case(work), first.exception_id).is_resolved
            assert close(store, 10) == 1
        assert close(store, 10) == 0
        statuses = [found.status for one in (first, second) if (found := got(store, one.exception_id))]
        assert statuses == [ExceptionStatus.RESOLVED, ExceptionStatus.CLOSED]
    finally:
        store.close()
