from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain.codes import LearnerStatus, ResponseCode
from lrs_soap.domain.finding import (
    FindByDemographics,
    FindByUln,
    FindResult,
    find_by_demographics,
    find_by_uln,
)
from lrs_soap.domain.learner import Learner
from tests.fakes import InMemoryLearners, a_learner, a_linked_learner
from tests.unit.domain.strategies import people, registers, search_for

MASTER, LINKED, OTHER = "9276308686", "1026893096", "6936002314"
MAEVE = a_learner(MASTER)


def by_uln(given_name: str, family_name: str, *learners: Learner, uln: str = MASTER) -> FindResult:
    return find_by_uln(FindByUln(uln, given_name, family_name), InMemoryLearners(*learners))


def alike(number: int, **stored: Any) -> list[Learner]:
    """Return that many learners who differ from Maeve, and from each other, in postcode."""
    places = count(1)
    return [a_learner(f"1{n:09}", **{"last_known_post_code": f"M{next(places)} 1AE"} | stored) for n in range(number)]


def found(wanted: FindByDemographics, *learners: Learner) -> tuple[str, tuple[str, ...]]:
    result = find_by_demographics(wanted, InMemoryLearners(*learners))
    return result.code, result.ulns


class TestByUln:
    @pytest.mark.parametrize(
        ("given_name", "family_name"), [("Maeve", "Okafor"), ("MAEVE", "O'kafor"), ("Okafor", "Maeve")]
    )
    def test_names_that_agree_find_the_learner(self, given_name: str, family_name: str) -> None:
        assert by_uln(given_name, family_name, MAEVE) == FindResult(
            ResponseCode.EXACT_MATCH, by_uln("Maeve", "Okafor", MAEVE).learners
        )
        assert by_uln(given_name, family_name, MAEVE).ulns == (MASTER,)

    def test_former_and_preferred_names_agree(self) -> None:
        married = replace(MAEVE, family_name="Ray", previous_family_name="Okafor", preferred_given_name="May")
        assert by_uln("May", "Okafor", married).code is ResponseCode.EXACT_MATCH

    def test_similar_names_are_a_possible_match(self) -> None:
        result = by_uln("Maev", "Okafor", MAEVE)
        assert (result.code, result.ulns) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))

    @pytest.mark.parametrize("learners", [(), (MAEVE,), (replace(MAEVE, status=LearnerStatus.DELETED),)])
    def test_whoever_does_not_know_the_names_learns_nothing(self, learners: tuple[Learner, ...]) -> None:
        assert by_uln("Bo", "Okafor", *learners) == FindResult(ResponseCode.NO_MATCH)

    def test_a_deleted_learner_is_never_found(self) -> None:
        assert by_uln("Maeve", "Okafor", replace(MAEVE, status="0")) == FindResult(ResponseCode.NO_MATCH)

    @pytest.mark.parametrize(("given_name", "family_name"), [("-", "Okafor"), ("Maeve", "'"), ("", "")])
    def test_names_without_letters_are_too_little(self, given_name: str, family_name: str) -> None:
        assert by_uln(given_name, family_name, MAEVE) == FindResult(ResponseCode.INSUFFICIENT_DATA)

    @pytest.mark.parametrize(("given_name", "family_name"), [("Maeve", "Okafor"), ("Bo", "Ray")])
    def test_a_linked_learner_is_answered_with_its_master(self, given_name: str, family_name: str) -> None:
        linked = a_linked_learner(LINKED, MASTER, given_name="Bo", family_name="Ray")
        result = by_uln(given_name, family_name, MAEVE, linked, uln=LINKED)
        assert (result.code, result.ulns) == (ResponseCode.LINKED_LEARNER, (MASTER,))
        assert result.learners[0].substituted
        assert result.learners[0].learner.linked_ulns == (LINKED,)

    def test_similar_names_of_a_linked_learner_are_a_possible_match_with_its_master(self) -> None:
        result = by_uln("Maev", "Okafor", MAEVE, a_linked_learner(LINKED, MASTER), uln=LINKED)
        assert (result.code, result.ulns) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))
        assert result.learners[0].substituted

    @pytest.mark.parametrize("master", [(), (replace(MAEVE, status="0"),)])
    def test_a_linked_learner_without_live_master_is_not_found(self, master: tuple[Learner, ...]) -> None:
        result = by_uln("Maeve", "Okafor", a_linked_learner(LINKED, MASTER), *master, uln=LINKED)
        assert result == FindResult(ResponseCode.NO_MATCH)


class TestExact:
    def test_all_five_agree(self) -> None:
        wanted = search_for(MAEVE, family_name="OKAFOR", given_name="mae-ve", last_known_post_code="ls29ab")
        assert found(wanted, MAEVE, *alike(3)) == (ResponseCode.EXACT_MATCH, (MASTER,))

    @pytest.mark.parametrize("gender", ["0", "9"])
    def test_a_gender_that_is_not_stated_is_no_exact_match(self, gender: str) -> None:
        assert found(search_for(MAEVE, gender=gender), MAEVE) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))

    def test_swapped_names_are_a_possible_match(self) -> None:
        wanted = search_for(MAEVE, family_name="Maeve", given_name="Okafor")
        assert found(wanted, MAEVE) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))

    def test_a_live_record_comes_before_a_linked_one(self) -> None:
        linked = a_linked_learner(LINKED, OTHER)
        other = a_learner(OTHER, given_name="Bo")
        assert found(search_for(MAEVE), MAEVE, linked, other) == (ResponseCode.EXACT_MATCH, (MASTER,))

    def test_a_linked_record_is_answered_with_its_master(self) -> None:
        linked = [a_linked_learner(uln, MASTER, given_name="Bo") for uln in (LINKED, OTHER)]
        result = find_by_demographics(search_for(linked[0]), InMemoryLearners(MAEVE, *linked))
        assert (result.code, result.ulns) == (ResponseCode.LINKED_LEARNER, (MASTER,))
        assert result.learners[0].substituted

    def test_linked_records_of_two_masters_are_possible_matches(self) -> None:
        links = {"1000000007": OTHER, LINKED: MASTER}
        linked = [a_linked_learner(uln, master, given_name="Bo") for uln, master in links.items()]
        masters = (MAEVE, a_learner(OTHER, given_name="Ann"))
        assert found(search_for(linked[0]), *masters, *linked) == (ResponseCode.POSSIBLE_MATCHES, (OTHER, MASTER))

    def test_deleted_learners_and_masters_are_never_found(self) -> None:
        deleted = replace(MAEVE, status="0")
        assert found(search_for(MAEVE), deleted, a_linked_learner(LINKED, MASTER)) == (ResponseCode.NO_MATCH, ())


class TestPossible:
    @pytest.mark.parametrize(
        "blank", [{"family_name": "-"}, {"given_name": "'"}, {"last_known_post_code": " "}, {"gender": ""}]
    )
    def test_each_of_the_five_is_needed(self, blank: dict[str, str]) -> None:
        assert found(search_for(MAEVE, **blank), MAEVE) == (ResponseCode.INSUFFICIENT_DATA, ())

    @pytest.mark.parametrize(
        "wanted",
        [
            {"given_name": "Maev"},
            {"family_name": "Ocafor", "last_known_post_code": "M1 1AE"},
            {"date_of_birth": date(2004, 3, 12)},
            {"date_of_birth": date(2004, 2, 1)},
            {"gender": "1"},
            {"last_known_post_code": "M1 1AE"},
        ],
    )
    def test_close_details_find_the_learner(self, wanted: dict[str, Any]) -> None:
        assert found(search_for(MAEVE, **wanted), MAEVE) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))

    def test_a_date_with_day_and_month_swapped_finds_the_learner(self) -> None:
        stored = replace(MAEVE, date_of_birth=date(2004, 3, 12))
        wanted = search_for(stored, date_of_birth=date(2004, 12, 3), last_known_post_code="M1 1AE")
        assert found(wanted, stored) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))

    @pytest.mark.parametrize(
        ("stored", "wanted"),
        [
            ({}, {"date_of_birth": date(2004, 2, 1), "last_known_post_code": "LS2 1ZZ"}),
            ({}, {"date_of_birth": date(2004, 2, 1), "given_name": "Meave"}),
            ({"date_of_birth": date(2004, 2, 1)}, {"last_known_post_code": "LS2 1ZZ"}),
            ({}, {"given_name": "Meave", "family_name": "Okafon", "last_known_post_code": "AB10 1AB"}),
        ],
    )
    def test_a_date_known_by_its_month_and_two_close_names_find_the_learner(
        self, stored: dict[str, Any], wanted: dict[str, Any]
    ) -> None:
        assert found(search_for(MAEVE, **wanted), replace(MAEVE, **stored)) == ("WSRC0003", (MASTER,))

    def test_nobody_like_that_is_no_match(self) -> None:
        assert found(search_for(MAEVE, family_name="Zhang", given_name="Bo"), MAEVE) == (ResponseCode.NO_MATCH, ())

    def test_best_first_and_ties_by_uln(self) -> None:
        similar, tied = a_learner(LINKED, given_name="Maev"), a_learner(OTHER, given_name="Maev", gender="0")
        wanted = search_for(MAEVE, last_known_post_code="M1 1AE")
        assert found(wanted, tied, similar, MAEVE)[1] == (MASTER, LINKED, OTHER)

    def test_up_to_ten_are_shown_and_more_are_too_many(self) -> None:
        assert found(search_for(MAEVE), *alike(10))[0] == ResponseCode.POSSIBLE_MATCHES
        assert len(found(search_for(MAEVE), *alike(10))[1]) == 10
        assert found(search_for(MAEVE), *alike(11)) == (ResponseCode.TOO_MANY_MATCHES, ())

    def test_several_alike_but_for_the_postcode_are_answered_alone(self) -> None:
        lookalike = a_learner(OTHER, given_name="Maev")
        code, ulns = found(search_for(MAEVE), *alike(2), lookalike)
        assert (code, ulns) == (ResponseCode.POSSIBLE_MATCHES, ("1000000000", "1000000001"))
        assert OTHER in found(search_for(MAEVE), *alike(1), lookalike)[1]

    def test_a_linked_candidate_is_replaced_by_its_master_once(self) -> None:
        linked = [a_linked_learner(uln, MASTER, given_name="Bo") for uln in (LINKED, OTHER)]
        wanted = search_for(linked[0], last_known_post_code="M1 1AE")
        result = find_by_demographics(wanted, InMemoryLearners(replace(MAEVE, date_of_birth=date(1999, 9, 9)), *linked))
        assert (result.code, result.ulns) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))
        assert result.learners[0].substituted

    def test_a_master_that_is_a_candidate_itself_is_not_substituted(self) -> None:
        linked = a_linked_learner(LINKED, MASTER)
        wanted = search_for(MAEVE, last_known_post_code="M1 1AE")
        result = find_by_demographics(wanted, InMemoryLearners(MAEVE, linked))
        assert [(f.learner.uln, f.substituted) for f in result.learners] == [(MASTER, False)]

    def test_candidates_linked_to_nobody_live_are_left_out(self) -> None:
        wanted = search_for(MAEVE, last_known_post_code="M1 1AE")
        assert found(wanted, a_linked_learner(LINKED, MASTER)) == (ResponseCode.NO_MATCH, ())

    def test_a_linked_candidate_too_far_from_its_master_is_left_out(self) -> None:
        far = [a_linked_learner(f"10000000{n}", f"10000000{n + 1}", given_name="Bo") for n in range(10, 21)]
        others = [replace(one, family_name="Li", date_of_birth=date(1980, 1, 1)) for one in far[1:]]
        master = a_learner("1000000021", date_of_birth=date(1999, 9, 9))
        wanted = search_for(far[0], last_known_post_code="M1 1AE")
        assert found(wanted, far[0], *others, master) == (ResponseCode.NO_MATCH, ())

    def test_who_was_linked_since_the_comparison_is_not_shown(self) -> None:
        class Racing(InMemoryLearners):
            def many(self, ulns: Iterable[str]) -> Mapping[str, Learner]:
                self.replace(replace(MAEVE, status=LearnerStatus.LINKED, master_uln=OTHER), MAEVE.version)
                return super().many(ulns)

        similar = a_learner(LINKED, given_name="Maev")
        result = find_by_demographics(search_for(MAEVE, last_known_post_code="M1 1AE"), Racing(MAEVE, similar))
        assert (result.code, result.ulns) == (ResponseCode.POSSIBLE_MATCHES, (LINKED,))


class TestTellingApart:
    def test_an_optional_detail_brings_too_many_down(self) -> None:
        others = alike(11, place_of_birth="Ely")
        wanted = search_for(MAEVE, last_known_post_code="B1 1AA", place_of_birth="Leeds")
        one = replace(MAEVE, place_of_birth="LEEDS")
        assert found(wanted, *others, one) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))

    def test_those_without_the_detail_stay_while_the_list_can_be_shown(self) -> None:
        wanted = search_for(MAEVE, last_known_post_code="B1 1AA", email_address="m@okafor.uk")
        one = replace(MAEVE, email_address="M@okafor.uk")
        assert len(found(wanted, *alike(4), one)[1]) == 5
        assert found(wanted, *alike(4), one)[1][0] == MASTER
        assert found(wanted, *alike(11), one) == (ResponseCode.POSSIBLE_MATCHES, (MASTER,))

    def test_a_detail_nobody_agrees_on_leaves_the_list_alone(self) -> None:
        wanted = search_for(MAEVE, last_known_post_code="B1 1AA", school_at_age_16="Mill Row Academy")
        assert len(found(wanted, *alike(3, school_at_age_16="Ely High"))[1]) == 3
        assert found(wanted, *alike(11, school_at_age_16="Ely High")) == (ResponseCode.TOO_MANY_MATCHES, ())

    def test_a_better_candidate_is_not_lost_to_a_detail(self) -> None:
        better = replace(MAEVE, place_of_birth="Ely")
        worse = a_learner(OTHER, given_name="Maev", family_name="Ocafor", place_of_birth="Leeds")
        wanted = search_for(MAEVE, last_known_post_code="LS2 1AA", place_of_birth="Leeds")
        assert set(found(wanted, better, worse)[1]) == {MASTER, OTHER}


@given(registers(), st.data())
def test_every_live_learner_is_found_by_its_own_details(register: list[Learner], data: st.DataObject) -> None:
    for learner in register:
        assert found(search_for(learner), *register) == (ResponseCode.EXACT_MATCH, (learner.uln,))


@given(registers(), people())
def test_an_answer_is_in_order_and_the_same_every_time(register: list[Learner], person: dict[str, Any]) -> None:
    born = register[0].date_of_birth if register else date(2000, 1, 1)
    wanted = FindByDemographics(**person | {"date_of_birth": born})
    code, ulns = found(wanted, *register)
    assert found(wanted, *reversed(register)) == (code, ulns)
    assert len(set(ulns)) == len(ulns) <= 10
    assert bool(ulns) == (code in (ResponseCode.EXACT_MATCH, ResponseCode.POSSIBLE_MATCHES))


@given(registers())
def test_swapped_names_are_found(register: list[Learner]) -> None:
    for learner in register:
        wanted = search_for(learner, family_name=learner.given_name, given_name=learner.family_name)
        code, ulns = found(wanted, *register)
        assert learner.uln in ulns or code in (ResponseCode.TOO_MANY_MATCHES, ResponseCode.EXACT_MATCH)


@given(registers(), people())
def test_more_criteria_never_hide_an_exact_match(register: list[Learner], person: dict[str, Any]) -> None:
    for learner in register:
        wanted = search_for(learner, previous_family_name=person["family_name"], place_of_birth="Leeds")
        assert found(wanted, *register) == (ResponseCode.EXACT_MATCH, (learner.uln,))
