"""The store: what is kept, what others see of it, and counts that are exact however many processes count."""

import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lrs_soap.testbench.control import Control
from lrs_soap.testbench.scenarios import Counts, Match, Scenario, ScenarioStore, UnknownScenarioError
from tests.unit.testbench.scenarios.bench import opened_control

PROCESSES = 4
CALLS = 60


@pytest.fixture
def store(control: Control) -> ScenarioStore:
    return ScenarioStore(control)


@pytest.fixture
def neighbour(control: Control) -> Iterator[ScenarioStore]:
    """Give the store as another process has it."""
    with opened_control(control.directory) as other:
        yield ScenarioStore(other)


def active(store: ScenarioStore, world: str = "default") -> list[int]:
    return [plan.scenario.id for plan in store.active(world)]


def test_what_is_added_is_kept_as_it_is(store: ScenarioStore) -> None:
    added = store.add(Scenario(name="slow", parameters={"seconds": 2}, match=Match(first=2), note="for the timeout"))
    assert added.id > 0
    assert store.get(added.id) == added
    assert store.list() == [added]


def test_worlds_are_apart_and_order_is_kept(store: ScenarioStore) -> None:
    first, other, second = (store.add(Scenario(name="slow", world=world)) for world in ("a", "b", "a"))
    assert [one.id for one in store.list("a")] == [first.id, second.id] == active(store, "a")
    assert active(store, "b") == [other.id]
    assert store.clear("a") == 2
    assert store.list() == [other]
    assert (active(store, "a"), active(store, "b")) == ([], [other.id])


def test_others_see_changes_at_once(store: ScenarioStore, neighbour: ScenarioStore) -> None:
    assert active(neighbour) == []
    added = store.add(Scenario(name="slow"))
    assert active(neighbour) == [added.id]
    neighbour.replace(added.model_copy(update={"enabled": False}))
    assert active(store) == []
    neighbour.remove(added.id)
    assert store.list() == []


def test_a_number_is_not_given_twice(store: ScenarioStore) -> None:
    first = store.add(Scenario(name="slow"))
    store.remove(first.id)
    assert store.add(Scenario(name="slow")).id > first.id


def test_an_unknown_scenario_is_called_so(store: ScenarioStore) -> None:
    for ask in (store.get, store.remove, lambda number: store.replace(Scenario(id=number, name="slow"))):
        with pytest.raises(UnknownScenarioError, match="there is no scenario 7"):
            ask(7)


def test_counts_last_until_the_scenario_is_replaced_or_the_world_rewound(store: ScenarioStore) -> None:
    scenario, other = store.add(Scenario(name="slow")), store.add(Scenario(name="slow", world="b"))
    for restart in (lambda: store.replace(scenario), lambda: store.rewind("default")):
        with store.counting() as counting:
            for one in (scenario, other):
                counting.call(one.id)
                counting.act(one.id)
                counting.tally(one.id, "key", 1.0, None)
        assert store.counts("default") == {scenario.id: Counts(1, 1)}
        restart()
        assert store.counts("default") == {scenario.id: Counts(0, 0)}
        with store.counting() as counting:
            assert counting.tally(scenario.id, "key", 1.0, None)[0] == 1
    assert store.counts("b") == {other.id: Counts(2, 2)}


def test_a_scenario_that_is_gone_counts_nothing(store: ScenarioStore) -> None:
    scenario = store.add(Scenario(name="slow"))
    with store.counting() as counting:
        counting.tally(scenario.id, "key", 1.0, None)
    store.remove(scenario.id)
    with store.counting() as counting:
        assert counting.call(scenario.id) is None


def test_a_tally_begins_anew_when_its_time_is_over(store: ScenarioStore) -> None:
    scenario = store.add(Scenario(name="slow"))
    told = []
    for now, key in [(100.0, "a"), (105.0, "a"), (105.0, "b"), (109.5, "a"), (110.0, "a"), (90.0, "a")]:
        with store.counting() as counting:
            told.append(counting.tally(scenario.id, key, now, 10.0))
    assert told == [(1, 10.0), (2, 5.0), (1, 10.0), (3, 0.5), (1, 10.0), (1, 10.0)]


def test_a_tally_for_ever_outlasts_clocks_put_back(store: ScenarioStore) -> None:
    scenario = store.add(Scenario(name="slow"))
    counted = []
    for now in (2e9, 1e9, -1e9):
        with store.counting() as counting:
            counted.append(counting.tally(scenario.id, "a", now, None)[0])
    assert counted == [1, 2, 3]


def test_what_fails_while_counting_is_not_counted(store: ScenarioStore) -> None:
    scenario = store.add(Scenario(name="slow"))
    with suppress(ZeroDivisionError), store.counting() as counting:
        counting.call(scenario.id)
        raise ZeroDivisionError
    assert store.counts("default")[scenario.id] == Counts(0, 0)


def count(directory: str, number: int) -> list[int]:
    """Count calls in a process of its own, and return the numbers they got."""
    with opened_control(Path(directory)) as control:
        store = ScenarioStore(control)
        numbers = []
        for _ in range(CALLS):
            with store.counting() as counting:
                counts = counting.call(number)
                assert counts is not None
                counting.tally(number, "key", 1.0, None)
                numbers.append(counts.calls)
    return numbers


def test_no_process_loses_a_count_or_gets_one_twice(store: ScenarioStore, control: Control) -> None:
    scenario = store.add(Scenario(name="slow"))
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        counted = pool.starmap(count, [(str(control.directory), scenario.id)] * PROCESSES)
        pool.close()
        pool.join()
    assert sorted(number for numbers in counted for number in numbers) == list(range(1, PROCESSES * CALLS + 1))
    with store.counting() as counting:
        assert counting.tally(scenario.id, "key", 1.0, None)[0] == PROCESSES * CALLS + 1
