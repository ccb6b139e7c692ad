from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain import uln
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.codes import LearnerStatus, Operation, ResponseCode, VerificationType
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.registration import (
    LearnerToRegister,
    NoFreeUln,
    RegisterResult,
    RegistrationPolicy,
    register,
    tier_level,
)
from tests.fakes import NOW, InMemoryAuditTrail, InMemoryLearners, a_learner
from tests.unit.domain.strategies import people

SCHOOL = Actor("TEST0101", "mis.user")
ASKING = RegistrationPolicy(requires_find=True)
REFUSED = RegisterResult(ResponseCode.NOT_REGISTERED, None)


def someone(**changes: Any) -> LearnerToRegister:
    values: dict[str, Any] = {
        "given_name": "Maeve",
        "family_name": "Okafor",
        "date_of_birth": date(2004, 2, 29),
        "gender": "2",
        "last_known_post_code": "LS2 9AB",
        "verification_type": "1",
        "ability_to_share": "1",
    }
    return LearnerToRegister(**values | changes)


def a_find(minutes_ago: float, outcome: str = ResponseCode.NO_MATCH, **changes: Any) -> AuditEntry:
    entry = AuditEntry(
        at=NOW - timedelta(minutes=minutes_ago),
        organisation=SCHOOL.organisation,
        user_name="another.user",
        operation=Operation.LEARNER_BY_DEMOGRAPHICS,
        outcome=outcome,
        details=someone().details,
    )
    return replace(entry, **changes)


def in_turn() -> Callable[[int], int]:
    numbers = count()
    return lambda _: next(numbers)


def registering(
    wanted: LearnerToRegister,
    learners: InMemoryLearners,
    *finds: AuditEntry,
    policy: RegistrationPolicy = RegistrationPolicy(),  # noqa: B008 - frozen
    randbelow: Callable[[int], int] | None = None,
    by: Actor = SCHOOL,
) -> RegisterResult:
    return register(
        wanted,
        by,
        learners=learners,
        audit=InMemoryAuditTrail(*finds),
        now=NOW,
        policy=policy,
        randbelow=randbelow or in_turn(),
    )


def registered(wanted: LearnerToRegister, by: Actor = SCHOOL) -> Learner:
    learners = InMemoryLearners()
    result = registering(wanted, learners, by=by)
    assert result.code is ResponseCode.REGISTERED
    assert result.uln is not None
    record = learners.get(result.uln)
    assert record is not None
    return record


def test_a_new_learner_gets_a_valid_uln() -> None:
    assert uln.is_valid(registered(someone()).uln)


def test_a_new_record_is_live_and_says_whence_it_came() -> None:
    record = registered(someone(), Actor("TEST0101", "clerk", "Portal"))
    assert (record.version, record.status, record.tier_level) == (1, LearnerStatus.LIVE, "1")
    assert (record.created_at, record.updated_at) == (NOW, NOW)
    assert (record.registered_by, record.updated_by) == ("TEST0101", "TEST0101")
    assert (record.created_via, record.updated_via) == ("Portal", "Portal")


def test_names_and_postcode_are_kept_as_sent_and_empty_texts_are_absent() -> None:
    record = registered(someone(family_name="o'kafor", last_known_post_code="ls29ab", title="", notes="Sat in row 2"))
    assert (record.family_name, record.last_known_post_code) == ("o'kafor", "ls29ab")
    assert (record.title, record.notes) == (None, "Sat in row 2")


@pytest.mark.parametrize("kind", VerificationType)
def test_the_tier_level_follows_the_verification_type(kind: VerificationType) -> None:
    expected = {VerificationType.NONE_PROVIDED: "0", VerificationType.RELATIONSHIP_WITH_SCHOOL: "1"}.get(kind, "2")
    assert tier_level(kind) == expected
    assert registered(someone(verification_type=kind.value)).tier_level == expected


def test_an_unheard_of_verification_type_earns_nothing() -> None:
    assert tier_level("55") == "0"


def test_the_same_five_details_cannot_be_registered_twice() -> None:
    learners = InMemoryLearners(a_learner(family_name="O'Kafor", last_known_post_code="LS29AB"))
    assert registering(someone(), learners) == REFUSED
    assert len(list(learners)) == 1


@pytest.mark.parametrize("status", ["0", "2"])
def test_deleted_and_linked_records_do_not_stand_in_the_way(status: str) -> None:
    other = a_learner(status=status, master_uln="1026893096")
    assert registering(someone(), InMemoryLearners(other)).code is ResponseCode.REGISTERED


def test_one_other_detail_is_enough() -> None:
    learners = InMemoryLearners(a_learner(gender="1"))
    assert registering(someone(), learners).code is ResponseCode.REGISTERED


def test_a_uln_is_never_issued_again() -> None:
    taken = uln.draw(lambda _: 0)
    learners = InMemoryLearners(a_learner(taken, status=LearnerStatus.DELETED))
    result = registering(someone(), learners)
    assert result.code is ResponseCode.REGISTERED
    assert result.uln != taken


def test_a_source_that_repeats_itself_is_reported() -> None:
    learners = InMemoryLearners(a_learner(uln.draw(lambda _: 0), given_name="Bo"))
    with pytest.raises(NoFreeUln):
        registering(someone(), learners, randbelow=lambda _: 0)


class TestFindBeforeRegistering:
    def test_is_not_asked_for_by_default(self) -> None:
        assert registering(someone(), InMemoryLearners()).code is ResponseCode.REGISTERED

    @pytest.mark.parametrize("minutes_ago", [0, 1, 120])
    @pytest.mark.parametrize("outcome", ["WSRC0001", "WSRC0002", "WSRC0003"])
    def test_a_find_within_the_window_counts(self, minutes_ago: int, outcome: str) -> None:
        result = registering(someone(), InMemoryLearners(), a_find(minutes_ago, outcome), policy=ASKING)
        assert result.code is ResponseCode.REGISTERED

    @pytest.mark.parametrize(
        "finds",
        [
            (),
            (a_find(120.1),),
            (a_find(5, organisation="TEST0102"),),
            (a_find(5, details=someone(gender="1").details),),
            (a_find(5, operation=Operation.LEARNER_BY_ULN),),
        ],
    )
    def test_anything_else_does_not(self, finds: tuple[AuditEntry, ...]) -> None:
        learners = InMemoryLearners()
        assert registering(someone(), learners, *finds, policy=ASKING) == REFUSED
        assert list(learners) == []

    def test_details_count_as_they_are_compared(self) -> None:
        wanted = someone(family_name="OKAFOR", last_known_post_code="ls29ab")
        assert registering(wanted, InMemoryLearners(), a_find(5), policy=ASKING).code is ResponseCode.REGISTERED

    @pytest.mark.parametrize(
        ("minutes_ago", "outcome", "allowed"),
        [(4, "WSRC0003", False), (5, "WSRC0003", True), (4, "WSRC0001", True)],
    )
    def test_possible_matches_must_be_looked_at_first(self, minutes_ago: int, outcome: str, allowed: bool) -> None:
        policy = RegistrationPolicy(requires_find=True, review_time=timedelta(minutes=5))
        result = registering(someone(), InMemoryLearners(), a_find(minutes_ago, outcome), policy=policy)
        assert (result.code is ResponseCode.REGISTERED) == allowed

    def test_a_review_that_outlasts_the_window_still_holds(self) -> None:
        policy = RegistrationPolicy(True, timedelta(minutes=10), timedelta(minutes=60))
        finds = (a_find(30, "WSRC0003"), a_find(1, "WSRC0001"))
        assert registering(someone(), InMemoryLearners(), *finds, policy=policy) == REFUSED

    def test_a_review_time_without_the_setting_asks_nothing(self) -> None:
        policy = RegistrationPolicy(review_time=timedelta(minutes=5))
        result = registering(someone(), InMemoryLearners(), a_find(1, "WSRC0003"), policy=policy)
        assert result.code is ResponseCode.REGISTERED


@given(st.lists(people(), max_size=8))
def test_no_two_live_learners_share_all_five(wanted: list[dict[str, Any]]) -> None:
    learners, randbelow = InMemoryLearners(), in_turn()
    results = [registering(someone(**person), learners, randbelow=randbelow) for person in wanted]
    details = [learner.details for learner in learners]
    assert len(details) == len(set(details)) == sum(result.uln is not None for result in results)
