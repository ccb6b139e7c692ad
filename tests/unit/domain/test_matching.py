from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain.matching import Comparison, Ground, Level, compare, compare_names, swapped_date
from tests.fakes import a_learner
from tests.unit.domain.strategies import any_text, dates_of_birth, people, search_for

MAEVE = a_learner(date_of_birth=date(2004, 3, 12))


def compared(wanted: dict[str, Any] | None = None, **stored: Any) -> Comparison:
    return compare(search_for(MAEVE, **wanted or {}), replace(MAEVE, **stored))


def level(comparison: Comparison, detail: str) -> tuple[Level, Ground]:
    agreement = comparison.of(detail)
    assert agreement is not None
    return agreement.level, agreement.ground


def test_a_learner_agrees_with_its_own_details() -> None:
    itself = compared()
    assert {agreement.level for agreement in itself.five} == {Level.AGREES}
    assert (itself.base, itself.score, itself.is_candidate) == (5.0, 5.0, True)
    assert itself.agreements == itself.five


@pytest.mark.parametrize(
    ("stored", "detail", "expected"),
    [
        ({"given_name": "MAEVE"}, "given_name", (Level.AGREES, Ground.EQUAL)),
        ({"given_name": "Bo", "preferred_given_name": "Maeve"}, "given_name", (Level.AGREES, Ground.OTHER_NAME)),
        ({"given_name": "Bo", "middle_other_name": "Ann Maeve"}, "given_name", (Level.AGREES, Ground.OTHER_NAME)),
        ({"given_name": "Maev"}, "given_name", (Level.SIMILAR, Ground.CLOSE)),
        ({"given_name": "Bo"}, "given_name", (Level.DIFFERS, Ground.UNLIKE)),
        ({"family_name": "Ray", "previous_family_name": "Okafor"}, "family_name", (Level.AGREES, Ground.OTHER_NAME)),
        ({"family_name": "Ray", "family_name_at_age_16": "Okafor"}, "family_name", (Level.AGREES, Ground.OTHER_NAME)),
        ({"family_name": "Ocafor"}, "family_name", (Level.SIMILAR, Ground.CLOSE)),
        ({"date_of_birth": date(2004, 12, 3)}, "date_of_birth", (Level.SIMILAR, Ground.SWAPPED_DATE)),
        ({"date_of_birth": date(2004, 3, 1)}, "date_of_birth", (Level.SIMILAR, Ground.FIRST_OF_MONTH)),
        ({"date_of_birth": date(2005, 3, 1)}, "date_of_birth", (Level.DIFFERS, Ground.UNLIKE)),
        ({"date_of_birth": date(2004, 3, 13)}, "date_of_birth", (Level.DIFFERS, Ground.UNLIKE)),
        ({"gender": "0"}, "gender", (Level.AGREES, Ground.NOT_STATED)),
        ({"gender": "9"}, "gender", (Level.AGREES, Ground.NOT_STATED)),
        ({"gender": "1"}, "gender", (Level.DIFFERS, Ground.UNLIKE)),
        ({"last_known_post_code": "ls29ab"}, "last_known_post_code", (Level.AGREES, Ground.EQUAL)),
        ({"last_known_post_code": "LS2 1AA"}, "last_known_post_code", (Level.SIMILAR, Ground.OUTWARD)),
        ({"last_known_post_code": "M1 1AE"}, "last_known_post_code", (Level.DIFFERS, Ground.UNLIKE)),
    ],
)
def test_each_detail_has_its_levels(stored: dict[str, Any], detail: str, expected: tuple[Level, Ground]) -> None:
    assert level(compared(**stored), detail) == expected


def test_the_first_of_a_month_that_was_asked_for_counts_in_part_too() -> None:
    first = compared({"date_of_birth": date(2004, 3, 1)})
    assert level(first, "date_of_birth") == (Level.SIMILAR, Ground.FIRST_OF_MONTH)


@pytest.mark.parametrize(
    ("wanted", "stored", "expected"),
    [
        ("a@b.uk", "A@B.UK", Level.AGREES),
        ("a@b.uk", "c@b.uk", Level.DIFFERS),
        ("a@b.uk", None, Level.UNKNOWN),
    ],
)
def test_an_email_address_agrees_letter_case_aside(wanted: str, stored: str | None, expected: Level) -> None:
    comparison = compared({"email_address": wanted}, email_address=stored)
    assert level(comparison, "email_address")[0] is expected


@pytest.mark.parametrize("detail", ["previous_family_name", "school_at_age_16", "place_of_birth"])
def test_optional_details_raise_and_lower(detail: str) -> None:
    unknown = compared({detail: "Mill Row"})
    assert level(unknown, detail)[0] is Level.UNKNOWN
    agrees = compared({detail: "Mill Row"}, **{detail: "MILL ROW"})
    differs = compared({detail: "Leeds"}, **{detail: "Ely"})
    assert differs.score < unknown.score < agrees.score
    assert differs.base == unknown.base == agrees.base
    assert differs.is_candidate


@pytest.mark.parametrize("blank", [None, "", "  ", "-"])
def test_optional_details_that_are_not_given_are_not_compared(blank: str | None) -> None:
    wanted = {"previous_family_name": blank, "school_at_age_16": blank, "place_of_birth": blank}
    assert compared(wanted, previous_family_name="Ray", school_at_age_16="Ely", place_of_birth="Ely").optional == ()


@pytest.mark.parametrize(
    "stored",
    [
        {"family_name": "Zhang"},
        {"given_name": "Bo"},
        {"date_of_birth": date(1999, 9, 9)},
        {"gender": "1"},
        {"last_known_post_code": "M1 1AE"},
        {"gender": "1", "last_known_post_code": "M1 1AE"},
        {"family_name": "Ocafor", "given_name": "Maev", "gender": "1", "last_known_post_code": "M1 1AE"},
        {"family_name": "Ocafor", "date_of_birth": date(2004, 12, 3), "last_known_post_code": "M1 1AE"},
        {"family_name": "Maeve", "given_name": "Okafor", "last_known_post_code": "M1 1AE"},
        {"date_of_birth": date(2004, 3, 1), "last_known_post_code": "LS2 1AA"},
    ],
)
def test_a_candidate_agrees_in_birth_and_names_or_in_four_of_five(stored: dict[str, Any]) -> None:
    assert compared(**stored).is_candidate


@pytest.mark.parametrize(
    "stored",
    [
        {"family_name": "Zhang", "given_name": "Bo"},
        {"family_name": "Zhang", "last_known_post_code": "LS2 1AA"},
        {"family_name": "Zhang", "gender": "1"},
        {"date_of_birth": date(2004, 3, 13), "last_known_post_code": "LS2 1AA"},
        {"date_of_birth": date(2004, 3, 13), "family_name": "Ocafor"},
        {"date_of_birth": date(2004, 3, 1), "last_known_post_code": "M1 1AE"},
        {"date_of_birth": date(2004, 12, 3), "family_name": "Zhang"},
    ],
)
def test_less_than_that_is_no_candidate(stored: dict[str, Any]) -> None:
    assert not compared(**stored).is_candidate


def test_an_optional_detail_can_make_a_candidate() -> None:
    stored: dict[str, Any] = {"family_name": "Zhang", "last_known_post_code": "LS2 1AA", "email_address": "a@b.uk"}
    assert not compared({}, **stored).is_candidate
    assert compared({"email_address": "a@b.uk"}, **stored).is_candidate


def test_names_may_be_swapped() -> None:
    both = compare_names("Okafor", "Maeve", MAEVE)
    assert (both.level, both.swapped) == (Level.AGREES, True)
    assert compare_names("Okafor", "Maev", MAEVE).level is Level.SIMILAR
    assert compare_names("Okafor", "Bo", MAEVE).level is Level.DIFFERS


def test_names_as_they_stand_come_before_swapped_ones() -> None:
    swapped = replace(MAEVE, uln="1026893096", family_name="Maeve", given_name="Okafor")
    assert compare(search_for(MAEVE), MAEVE).order < compare(search_for(MAEVE), swapped).order


@given(people(), people())
def test_five_details_compare_the_same_both_ways(one: dict[str, Any], other: dict[str, Any]) -> None:
    a, b = a_learner(**one), a_learner(**other)
    there, back = compare(search_for(a), b), compare(search_for(b), a)
    assert there.base == pytest.approx(back.base)
    assert there.is_candidate == back.is_candidate
    assert there.is_alike_but_for_post_code == back.is_alike_but_for_post_code


@given(people(), people())
def test_nothing_beats_the_learner_itself(one: dict[str, Any], other: dict[str, Any]) -> None:
    a, b = a_learner(**one), a_learner(**other)
    assert compare(search_for(a), a).is_candidate
    assert compare(search_for(a), a).score >= compare(search_for(a), b).score


@given(any_text, any_text)
def test_swapping_what_was_sent_never_loses_an_agreement(given_name: str, family_name: str) -> None:
    stored = a_learner(given_name=given_name, family_name=family_name)
    straight, swapped = compare_names(given_name, family_name, stored), compare_names(family_name, given_name, stored)
    assert straight.level == swapped.level
    assert straight.points == pytest.approx(swapped.points)


@given(dates_of_birth)
def test_a_swapped_date_swaps_back(day: date) -> None:
    swapped = swapped_date(day)
    assert swapped is None or (swapped != day and swapped_date(swapped) == day)
    assert (swapped is None) == (day.day > 12 or day.day == day.month)


@given(people(), st.permutations(["0", "1", "2", "9"]))
def test_a_gender_that_is_not_stated_agrees_with_anything(one: dict[str, Any], genders: list[str]) -> None:
    stored = a_learner(**one | {"gender": genders[0]})
    comparison = compare(search_for(stored, gender=genders[1]), stored)
    stated = {genders[0], genders[1]} == {"1", "2"}
    assert level(comparison, "gender")[0] is (Level.DIFFERS if stated else Level.AGREES)
