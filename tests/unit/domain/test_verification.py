from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from lrs_soap.domain.codes import ResponseCode, VerificationCode
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.verification import LearnerToVerify, RetrievedUln, Verification, retrieve, verify
from tests.fakes import InMemoryLearners, a_learner, a_linked_learner
from tests.unit.domain.strategies import people

MASTER, LINKED, OTHER = "9276308686", "1026893096", "6936002314"
MAEVE = a_learner(MASTER, previous_family_name="Zhang")
BO = a_linked_learner(LINKED, MASTER, given_name="Bo", family_name="Ray")
NOT_FOUND = Verification(VerificationCode.ULN_NOT_FOUND, None, ())
GIVEN, FAMILY = ("VRF1", "VRF2", "VRF3"), ("VRF4", "VRF5", "VRF6")


def verified(given_name: str, family_name: str, uln: str = MASTER, **wanted: Any) -> Verification:
    learners = InMemoryLearners(MAEVE, BO)
    return verify(LearnerToVerify(uln, given_name, family_name, **wanted), learners)


@pytest.mark.parametrize(
    ("given_name", "family_name"),
    [("Maeve", "Okafor"), ("MAEVE", "o'kafor"), ("Okafor", "Maeve"), ("Maeve", "Zhang"), ("Zhang", "Maeve")],
)
def test_names_may_be_swapped_or_former(given_name: str, family_name: str) -> None:
    result = verified(given_name, family_name)
    assert (result.code, result.flags) == (VerificationCode.VERIFIED, ())
    assert result.learner is not None
    assert result.learner.uln == MASTER


def test_date_of_birth_and_gender_count_when_given() -> None:
    assert verified("Maeve", "Okafor", date_of_birth=date(2004, 2, 29), gender="2").code is VerificationCode.VERIFIED
    assert verified("Maeve", "Okafor", date_of_birth=None, gender="").code is VerificationCode.VERIFIED


@pytest.mark.parametrize(
    ("given_name", "family_name", "flags"),
    [("Maev", "Okafor", GIVEN), ("Maeve", "Okafer", FAMILY), ("Maev", "Okafer", GIVEN + FAMILY)],
)
def test_names_that_are_only_similar(given_name: str, family_name: str, flags: tuple[str, ...]) -> None:
    result = verified(given_name, family_name)
    assert (result.code, result.flags) == (VerificationCode.SIMILAR, flags)
    assert result.learner is not None


@pytest.mark.parametrize(
    ("wanted", "flags"),
    [
        ({"given_name": "Ann"}, GIVEN),
        ({"family_name": "Smith"}, FAMILY),
        ({"date_of_birth": date(2004, 2, 28)}, ("VRF7",)),
        ({"gender": "1"}, ("VRF8",)),
        ({"gender": "9"}, ("VRF8",)),
        ({"given_name": "Maev", "gender": "1"}, (*GIVEN, "VRF8")),
        (
            {"given_name": "Ann", "family_name": "Smith", "date_of_birth": date(1999, 1, 1), "gender": "1"},
            (*GIVEN, *FAMILY, "VRF7", "VRF8"),
        ),
    ],
)
def test_anything_else_does_not_match_and_shows_no_identity(wanted: dict[str, Any], flags: tuple[str, ...]) -> None:
    result = verified(**{"given_name": "Maeve", "family_name": "Okafor"} | wanted)
    assert result == Verification(VerificationCode.NO_MATCH, None, flags)


@pytest.mark.parametrize("names", [("Bo", "Ray"), ("Maeve", "Okafor")])
def test_a_linked_learner_is_verified_as_its_master(names: tuple[str, str]) -> None:
    result = verified(*names, uln=LINKED)
    assert (result.code, result.flags) == (VerificationCode.VERIFIED_LINKED, ())
    assert result.learner is not None
    assert result.learner.uln == MASTER


def test_a_linked_learner_may_be_similar_or_not_match() -> None:
    assert verified("Maev", "Okafor", LINKED).code is VerificationCode.SIMILAR_LINKED
    assert verified("Ann", "Ray", LINKED) == Verification(VerificationCode.NO_MATCH, None, GIVEN)


def test_a_master_that_only_shares_one_name_does_not_mix_with_the_linked_record() -> None:
    assert verified("Bo", "Okafor", LINKED).code is VerificationCode.NO_MATCH


@pytest.mark.parametrize("learners", [(), (replace(MAEVE, status="0"),), (replace(BO, uln=MASTER, master_uln=OTHER),)])
def test_unknown_deleted_and_stranded_ulns_are_not_found(learners: tuple[Learner, ...]) -> None:
    wanted = LearnerToVerify(MASTER, "Maeve", "Okafor")
    assert verify(wanted, InMemoryLearners(*learners)) == NOT_FOUND


@given(people(), people())
def test_flags_are_left_out_exactly_on_success(one: dict[str, Any], other: dict[str, Any]) -> None:
    del other["last_known_post_code"]
    result = verify(LearnerToVerify(MASTER, **other), InMemoryLearners(a_learner(MASTER, **one)))
    assert (result.flags == ()) == (result.code is VerificationCode.VERIFIED)
    assert (result.learner is None) == (result.code is VerificationCode.NO_MATCH)
    assert list(result.flags) == sorted(result.flags)


def test_ulns_are_retrieved_in_the_order_asked() -> None:
    deleted = a_learner("1000000007", status="0")
    learners = InMemoryLearners(MAEVE, BO, deleted)
    master = learners.get(MASTER)
    assert retrieve([LINKED, OTHER, MASTER, deleted.uln, MASTER], learners) == (
        RetrievedUln(LINKED, MASTER, ResponseCode.LINKED_LEARNER, master),
        RetrievedUln(OTHER, None, ResponseCode.NO_MATCH, None),
        RetrievedUln(MASTER, None, ResponseCode.EXACT_MATCH, master),
        RetrievedUln(deleted.uln, None, ResponseCode.NO_MATCH, None),
        RetrievedUln(MASTER, None, ResponseCode.EXACT_MATCH, master),
    )


def test_nothing_asked_is_nothing_retrieved() -> None:
    assert retrieve([], InMemoryLearners(MAEVE)) == ()
