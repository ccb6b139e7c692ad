"""Learning events: whole, in order, each with an ID of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.store import LearningEventError, Store
from tests.factories import event, learner, uln_of

OWNER = learner(1)


@pytest.fixture
def store(store: Store) -> Store:
    with store.writing() as work:
        work.learners.add(OWNER)
        work.learners.add(learner(2, family_name="Obi"))
    return store


def load(store: Store, *events: LearningEvent) -> None:
    with store.writing() as work:
        work.events.add_many(events)


def events_of(store: Store, *ulns: str) -> list[LearningEvent]:
    with store.reading() as work:
        return list(work.events.of(ulns))


def test_an_event_comes_back_whole(store: Store) -> None:
    plain = LearningEvent(event_id=7, uln=OWNER.uln, source="AO")
    full = event(
        OWNER,
        event_id=8,
        level="Level 2",
        credits=12,
        participation_start=date(2019, 9, 1),
        participation_end=date(2020, 7, 1),
        language="CYM",
        under_data_challenge=True,
        sensitive=True,
        status="P",
    )
    load(store, plain, full)
    assert events_of(store, OWNER.uln) == [full, plain]


def test_newest_award_first_then_by_id_and_undated_ones_last(store: Store) -> None:
    dates = {1: None, 2: date(2020, 1, 1), 3: date(2021, 1, 1), 4: date(2020, 1, 1), 5: None}
    other = learner(2)
    load(store, *(event(other if n == 4 else OWNER, event_id=n, award_date=day) for n, day in dates.items()))
    assert [each.event_id for each in events_of(store, uln_of(1), uln_of(2))] == [3, 2, 4, 1, 5]
    assert [each.event_id for each in events_of(store, uln_of(2), uln_of(3))] == [4]
    assert events_of(store) == []


def test_ids_given_by_the_store_keep_clear_of_those_that_came_with_an_event(store: Store) -> None:
    load(store, event(OWNER), event(OWNER))
    load(store, event(OWNER, event_id=5), event(OWNER), event(OWNER, event_id=3))
    load(store, event(OWNER))
    load(store, event(OWNER, event_id=4))
    load(store, event(OWNER))
    ids = sorted(each.event_id for each in events_of(store, OWNER.uln))
    assert len(set(ids)) == 8
    assert {3, 4, 5} < set(ids)


def test_ids_do_not_collide_when_many_load_at_once(store: Store) -> None:
    def load_some(number: int) -> None:
        load(store, event(OWNER, event_id=number * 3), event(OWNER))

    load(store, event(OWNER, event_id=1000))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(load_some, range(1, 25)))
    assert len({each.event_id for each in events_of(store, OWNER.uln)}) == 49


@pytest.mark.parametrize("wrong", [event(OWNER, event_id=1), event(learner(3), event_id=9), event(learner(3))])
def test_what_cannot_be_loaded_loads_nothing(store: Store, wrong: LearningEvent) -> None:
    load(store, event(OWNER, event_id=1))
    with store.writing() as work:
        with pytest.raises(LearningEventError):
            work.events.add_many([event(OWNER), wrong])
        work.events.add_many([event(OWNER)])
    assert len(events_of(store, OWNER.uln)) == 2


def test_no_events_is_nothing_to_do(store: Store) -> None:
    load(store)
    assert events_of(store, OWNER.uln) == []
