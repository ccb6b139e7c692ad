"""Achievements: found whatever became of them, one per identity, and gone from learning records once withdrawn."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lrs_soap.domain.achievement import Achievement
from lrs_soap.domain.achievements import Outcome, process
from lrs_soap.domain.codes import SubmissionType
from lrs_soap.store import Store, UnitOfWork
from lrs_soap.store.engine import make_engine, parse_url
from tests.factories import (
    MOMENT,
    achievement,
    achievement_values,
    awarding_organisation,
    event,
    learner,
    linked_to,
    organisation,
    qualification,
)
from tests.store.test_query_plans import Planner, scans

OWNER = learner(1)
LINKED = linked_to(OWNER, 2)
AWARDER = awarding_organisation()
DAY = date(2024, 8, 22)
REPORTED = achievement(OWNER, language="CYM", credits=3, sensitive=True, status="P")


@pytest.fixture
def store(store: Store) -> Store:
    with store.writing() as work:
        work.learners.add_many([OWNER, LINKED])
        work.organisations.add(organisation())
        work.organisations.add(AWARDER)
        work.qualifications.put_many([qualification()])
    return store


def added(store: Store, *achievements: Achievement) -> None:
    with store.writing() as work:
        assert all(work.achievements.add(one) for one in achievements)


def find(work: UnitOfWork, *ulns: str, **wanted: Any) -> Achievement | None:
    asked: dict[str, Any] = {"reported_by": "AWARD001", "reference": "60012345", "awarded": DAY} | wanted
    return work.achievements.find(ulns or (OWNER.uln,), **asked)


def found(work: UnitOfWork) -> Achievement:
    known = find(work)
    assert known is not None
    return known


def test_an_achievement_comes_back_whole(store: Store) -> None:
    added(store, REPORTED)
    with store.reading() as work:
        known = found(work)
        assert known == replace(REPORTED, event=replace(REPORTED.event, event_id=known.event.event_id))
        assert known.event.event_id > 0
        assert work.events.of([OWNER.uln]) == [known.event]


@pytest.mark.parametrize(
    "wanted",
    [{"reported_by": "AWARD002"}, {"reference": "60012346"}, {"awarded": date(2024, 8, 21)}, {"reference": ""}],
)
def test_another_is_not_found(wanted: dict[str, Any], store: Store) -> None:
    added(store, REPORTED)
    with store.reading() as work:
        assert find(work, **wanted) is None
        assert find(work, LINKED.uln) is None
        assert work.achievements.find([], "AWARD001", "60012345", DAY) is None
        assert find(work, "not a ULN") is None


def test_any_uln_of_the_person_and_any_spelling_of_the_reference_will_do(store: Store) -> None:
    added(store, achievement(LINKED, subject_code="J/502/3295"))
    with store.reading() as work:
        for reference in ("J/502/3295", "j5023295", "J-502-3295"):
            known = find(work, OWNER.uln, LINKED.uln, reference=reference)
            assert known is not None
            assert (known.event.uln, known.event.subject_code) == (LINKED.uln, "J/502/3295")


def test_events_that_nobody_reported_are_no_achievements(store: Store) -> None:
    plain = event(OWNER, subject_code="60012345", award_date=DAY)
    with store.writing() as work:
        work.events.add_many([plain, plain])
        assert find(work) is None
        assert work.achievements.add(REPORTED)
        assert len(work.events.of([OWNER.uln])) == 3


def test_the_same_achievement_is_not_added_twice(store: Store) -> None:
    added(store, REPORTED)
    others = (
        achievement(LINKED),
        achievement(OWNER, "AWARD002"),
        achievement(OWNER, subject_code="60012346"),
        achievement(OWNER, award_date=date(2024, 8, 21)),
    )
    with store.writing() as work:
        assert not work.achievements.add(achievement(OWNER, grade="9"))
        assert not work.achievements.add(achievement(OWNER, withdrawn=True))
        assert all(work.achievements.add(other) for other in others)
        assert found(work).event.grade == "7"


def test_a_withdrawn_achievement_is_found_and_shows_in_no_learning_record(store: Store) -> None:
    added(store, REPORTED)
    with store.writing() as work:
        work.achievements.replace(replace(found(work), withdrawn=True))
    with store.writing() as work:
        withdrawn = found(work)
        assert withdrawn.withdrawn
        assert work.events.of([OWNER.uln]) == []
        work.achievements.replace(replace(withdrawn, withdrawn=False))
    with store.reading() as work:
        assert work.events.of([OWNER.uln]) == [withdrawn.event]


def test_of_two_alike_of_one_person_the_one_that_was_not_withdrawn_is_found(store: Store) -> None:
    added(store, achievement(OWNER, withdrawn=True), achievement(LINKED), achievement(LINKED, "AWARD002"))
    with store.reading() as work:
        known = find(work, OWNER.uln, LINKED.uln)
    assert known is not None
    assert (known.event.uln, known.withdrawn) == (LINKED.uln, False)


def test_an_achievement_is_replaced_whole_and_alone(store: Store) -> None:
    added(store, REPORTED, achievement(OWNER, subject_code="60012346"))
    with store.writing() as work:
        known = found(work)
        changed = replace(known, event=replace(known.event, grade="9", status="F", language=None, date_loaded=MOMENT))
        work.achievements.replace(changed)
    with store.reading() as work:
        assert found(work) == changed
        other = find(work, reference="60012346")
    assert other is not None
    assert other.event.grade == "7"


def sent(work: UnitOfWork, **values: str) -> str:
    return process(
        achievement_values(OWNER, **values),
        submission_type=SubmissionType.FINAL,
        reporter=AWARDER,
        now=MOMENT,
        learners=work.learners,
        achievements=work.achievements,
        qualifications=work.qualifications,
        organisations=work.organisations,
    ).code


def test_a_record_is_carried_out_on_the_store(store: Store) -> None:
    codes = []
    for values in ({}, {}, {"Grade": "8"}, {"Action": "2"}, {"Action": "3"}, {"Grade": "A"}):
        with store.writing() as work:
            codes.append(sent(work, **values))
    assert codes == ["created", "unchanged", "updated", "withdrawn", "reinstated", "business rule error"]
    with store.reading() as work:
        assert [one.grade for one in work.events.of([OWNER.uln])] == ["8"]


def test_of_simultaneous_reports_of_one_achievement_one_creates_it(store: Store) -> None:
    together = threading.Barrier(8)

    def report(number: int) -> str:
        together.wait()
        with store.writing() as work:
            return sent(work, Grade="789"[number % 3])

    with ThreadPoolExecutor(8) as threads:
        codes = Counter(threads.map(report, range(8)))
    assert codes[Outcome.CREATED] == 1
    assert set(codes) <= {Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED}
    with store.reading() as work:
        assert len(work.events.of([OWNER.uln])) == 1


def test_whoever_found_an_achievement_first_is_waited_for(store: Store) -> None:
    added(store, REPORTED)
    has_found = threading.Event()

    def withdraw() -> None:
        with store.writing() as work:
            known = found(work)
            has_found.set()
            time.sleep(0.3)
            work.achievements.replace(replace(known, withdrawn=True))

    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(withdraw)
        assert has_found.wait(30)
        with store.writing() as work:
            assert found(work).withdrawn
        slow.result()


QUESTIONS = {
    "find": lambda work: work.achievements.find([OWNER.uln, LINKED.uln], "AWARD001", "60012345", DAY),
    "replace": lambda work: work.achievements.replace(achievement(OWNER, event_id=7)),
    "qualification": lambda work: work.qualifications.get("60012345"),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_no_table_is_read_whole(question: Any, database_url: str) -> None:
    planner = Planner(make_engine(parse_url(database_url)))
    is_sqlite = planner.engine.dialect.name == "sqlite"
    plans = planner.plans(question, *([] if is_sqlite else ["SET enable_seqscan = off"]))
    planner.engine.dispose()
    assert scans(plans) == []
    assert "SCAN qualification" not in plans
    assert ("SEARCH" if is_sqlite else "Index") in plans
