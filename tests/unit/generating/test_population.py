"""Populations: reproducible, distinct, and made of values that the register takes."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from lrs_soap.domain import elements, formats, uln
from lrs_soap.domain.learner import Learner
from lrs_soap.generating import Population
from lrs_soap.generating.birth import births
from lrs_soap.generating.naming import origins
from lrs_soap.generating.person import UNKNOWN_POST_CODE, draw_person
from lrs_soap.generating.placing import INWARD_PARTS
from lrs_soap.generating.population import BLOCK, FIRST_DAY, ExhaustedError
from lrs_soap.generating.producing import produced
from lrs_soap.generating.storing import RowMaker

UNKNOWN = date(1900, 1, 1)
ELEMENTS = {**elements.TEXTS, **elements.DATES}


@pytest.fixture(scope="module")
def learners() -> list[Learner]:
    return list(Population(3 * BLOCK - 100))


def breaches(one: Learner) -> list[tuple[str, str]]:
    """Return the fields of a learner that a batch would refuse, each with the rule it breaks."""
    values = {element: str(value) for element, name in ELEMENTS.items() if (value := getattr(one, name))}
    return [(breach.field, breach.rule) for breach in formats.breaches(values, FIRST_DAY)]


def people(block: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return learners without their ULNs."""
    return [{name: value for name, value in one.items() if not name.endswith("uln")} for one in block]


def test_a_population_has_as_many_learners_as_were_asked_for(learners: list[Learner]) -> None:
    assert len(learners) == 3 * BLOCK - 100


def test_the_same_seed_makes_the_same_learners() -> None:
    assert Population(10, seed=7).block(2) == Population(10, seed=7).block(2)


def test_another_seed_makes_others() -> None:
    one, other = (people(Population(10, seed).fields(0)) for seed in (7, 8))
    assert not [person for person in one if person in other]


def test_people_do_not_depend_on_how_many_there_are() -> None:
    one, other = (people(Population(count, seed=7).fields(1)) for count in (10, 1_000_000))
    assert one == other


def test_several_processes_make_what_one_makes() -> None:
    make = RowMaker(Population(3 * BLOCK), "sqlite")
    with produced(make, 1) as alone, produced(make, 2) as shared:
        assert list(shared(0, 3)) == list(alone(0, 3))


def test_every_uln_is_valid_and_in_use_once(learners: list[Learner]) -> None:
    ulns = [learner.uln for learner in learners]
    assert all(map(uln.is_valid, ulns))
    assert len(set(ulns)) == len(ulns)


def test_ulns_are_spread_over_all_there_are_and_do_not_follow_each_other(learners: list[Learner]) -> None:
    numbers = [int(learner.uln) for learner in learners]
    steps = {after - before for before, after in pairwise(numbers)}
    assert min(numbers) < 1_010_000_000
    assert max(numbers) > 9_900_000_000
    assert len(steps) > len(numbers) / 2


def test_no_two_live_learners_share_all_five_details(learners: list[Learner]) -> None:
    details = [learner.details for learner in learners if learner.is_live]
    assert len(set(details)) == len(details)


# 0.0 draws a learner without a known postcode, 0.5 one like most, 0.006 one whose date of birth nobody knew.
@pytest.mark.parametrize("drawn", [0.0, 0.006, 0.5])
def test_not_even_the_same_draws_make_the_same_details_in_two_blocks(drawn: float) -> None:
    people = [draw_person(lambda: drawn, births(FIRST_DAY), turn) for turn in range(INWARD_PARTS)]
    assert len({(person.date_of_birth, person.post_code.upper().replace(" ", "")) for person in people}) == INWARD_PARTS


def test_a_population_ends_where_details_could_repeat() -> None:
    assert Population(10).block(INWARD_PARTS - 1)
    with pytest.raises(ExhaustedError, match="seed 3 has no more learners"):
        Population(10, seed=3).block(INWARD_PARTS)


def test_every_value_is_one_that_a_batch_would_take(learners: list[Learner]) -> None:
    found = Counter(breach for one in learners for breach in breaches(one))
    assert set(found) == {("DateOfBirth", "permitted-age")}
    assert found["DateOfBirth", "permitted-age"] == sum(one.date_of_birth == UNKNOWN for one in learners)


def test_one_in_a_hundred_shares_a_date_of_birth_that_stands_for_none(learners: list[Learner]) -> None:
    assert 100 < sum(one.date_of_birth == UNKNOWN for one in learners) < 200


def test_most_are_at_school_or_college_and_none_is_younger_than_13(learners: list[Learner]) -> None:
    born = [one.date_of_birth for one in learners if one.date_of_birth != UNKNOWN]
    assert max(born) <= date(2012, 9, 1)
    assert 0.5 < sum(one > date(2005, 9, 1) for one in born) / len(born) < 0.8


def test_given_names_are_those_of_the_year_of_birth() -> None:
    english = origins().pick(0.1)
    young, old = ({english.given_name("female", year, at / 1000) for at in range(1000)} for year in (2011, 1950))
    assert "Isla" in young - old
    assert "Maureen" in old - young


def test_names_are_of_many_kinds(learners: list[Learner]) -> None:
    common = Counter(one.family_name for one in learners)
    every = set(common)
    assert common.most_common(1)[0][0] in {"Smith", "Jones"}
    assert len(every) > 2000
    assert any("-" in name for name in every)
    assert any(name.startswith("O'") for name in every)
    assert any(name.startswith("Mc") for name in every)
    assert any(not name.isascii() for name in every)


def test_postcodes_are_as_frequent_as_people_in_their_areas(learners: list[Learner]) -> None:
    areas = Counter(one.last_known_post_code[:2].upper() for one in learners)
    assert len(areas) > 100
    assert areas["BT"] > areas["LD"]
    assert any(one.last_known_post_code == UNKNOWN_POST_CODE for one in learners)


def test_a_linked_record_follows_its_live_master_and_is_of_the_same_person(learners: list[Learner]) -> None:
    pairs = [(master, linked) for master, linked in pairwise(learners) if linked.is_linked]
    assert 30 < len(pairs) < 200
    for master, linked in pairs:
        assert master.is_live
        assert linked.master_uln == master.uln
        assert (linked.given_name, linked.date_of_birth) == (master.given_name, master.date_of_birth)


def test_a_few_are_deleted(learners: list[Learner]) -> None:
    assert 10 < sum(one.is_deleted for one in learners) < 100


def test_all_records_stand_for_themselves_where_that_is_wanted() -> None:
    assert all(one.is_live for one in Population(10, live_only=True).block(0))


def test_records_were_made_before_the_day_and_changed_after_they_were_made(learners: list[Learner]) -> None:
    assert all(one.created_at <= one.updated_at for one in learners)
    assert all(one.updated_at.date() < FIRST_DAY for one in learners)
    assert all(one.version > 1 for one in learners if one.updated_at > one.created_at)
