"""Populations in a register, on either database: found like any other learner, without clashes, all or none."""

from collections import Counter

import pytest

from lrs_soap.domain.codes import ResponseCode
from lrs_soap.domain.finding import FindByDemographics, FindByUln, find_by_demographics, find_by_uln
from lrs_soap.domain.learner import Learner
from lrs_soap.generating import Population
from lrs_soap.generating.population import BLOCK
from lrs_soap.generating.storing import store_population
from lrs_soap.store import Store
from lrs_soap.store.bulk import INDEXES


def stored(store: Store, population: Population) -> Counter[str]:
    """Store a population, and return how many learners and indexes were told of."""
    told: Counter[str] = Counter()
    store_population(
        store,
        population,
        progress=lambda number: told.update(learners=number),
        built=lambda _: told.update(indexes=1),
        processes=1,
    )
    return told


def count(store: Store) -> int:
    with store.reading() as work:
        return work.learners.count()


def by_uln(one: Learner) -> FindByUln:
    return FindByUln(one.uln, one.given_name, one.family_name)


def by_demographics(one: Learner) -> FindByDemographics:
    return FindByDemographics(one.family_name, one.given_name, one.date_of_birth, one.gender, one.last_known_post_code)


def test_everyone_is_found_by_uln_and_by_demographics(store: Store) -> None:
    population = Population(150)
    assert stored(store, population) == {"learners": 150, "indexes": INDEXES}
    with store.reading() as work:
        for one in population:
            if not one.is_live:
                continue
            found = find_by_uln(by_uln(one), work.learners)
            assert (found.code, found.ulns) == (ResponseCode.EXACT_MATCH, (one.uln,))
            found = find_by_demographics(by_demographics(one), work.learners)
            assert (found.code, found.ulns) == (ResponseCode.EXACT_MATCH, (one.uln,))


def test_a_linked_record_leads_to_its_master(store: Store) -> None:
    population = Population(600)
    stored(store, population)
    linked = next(one for one in population if one.is_linked)
    with store.reading() as work:
        found = find_by_uln(by_uln(linked), work.learners)
    assert (found.code, found.ulns) == (ResponseCode.LINKED_LEARNER, (linked.master_uln,))


def test_the_same_population_again_adds_others_in_its_place(store: Store) -> None:
    stored(store, Population(200))
    assert stored(store, Population(200)) == {"learners": 200}
    assert count(store) == 400
    with store.reading() as work:
        for one in Population(200):
            found = work.learners.get(one.uln)
            assert found is not None
            assert found.details == one.details


def test_a_population_that_is_there_in_part_is_filled_up(store: Store) -> None:
    some = [one for one in Population(BLOCK).block(0)[:30] if one.is_live]
    with store.writing() as work:
        work.learners.add_many(some)
    stored(store, Population(BLOCK))
    assert count(store) == len(some) + BLOCK


def test_a_load_that_is_interrupted_leaves_an_empty_register_empty(store: Store) -> None:
    def interrupt(_number: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store_population(store, Population(100), progress=interrupt, built=str, processes=1)
    assert count(store) == 0
    assert stored(store, Population(100)) == {"learners": 100, "indexes": INDEXES}


def test_a_load_that_is_interrupted_while_indexes_are_built_leaves_nothing(store: Store) -> None:
    def interrupt(_name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store_population(store, Population(100), progress=int, built=interrupt, processes=1)
    assert count(store) == 0


def test_a_load_that_is_interrupted_leaves_a_register_as_it_was(store: Store) -> None:
    stored(store, Population(50))

    def interrupt(_number: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store_population(store, Population(100, seed=2), progress=interrupt, built=str, processes=1)
    assert count(store) == 50
