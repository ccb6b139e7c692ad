from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain.actor import Actor
from lrs_soap.domain.codes import ResponseCode
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import Stored
from lrs_soap.domain.updating import MANDATORY, UPDATABLE, LearnerUpdate, UpdateResult, update
from tests.fakes import NOW, InMemoryLearners, a_learner, a_linked_learner
from tests.unit.domain.strategies import family_names, people

MASTER, LINKED, OTHER = "9276308686", "1026893096", "6936002314"
MAEVE = a_learner(MASTER, notes="Sat in row 2", title="Ms")
COLLEGE = Actor("TEST0202", "clerk", "Portal")


def updating(
    changes: dict[str, Any], *others: Learner, uln: str = MASTER, version: int = 3, learner: Learner = MAEVE
) -> tuple[UpdateResult, Learner]:
    learners = InMemoryLearners(learner, *others)
    result = update(LearnerUpdate(uln, version, changes), COLLEGE, learners=learners, now=NOW)
    record = learners.get(learner.uln)
    assert record is not None
    return result, record


def code(changes: dict[str, Any], *others: Learner, **how: Any) -> str:
    result, record = updating(changes, *others, **how)
    if result.code is not ResponseCode.UPDATED:
        assert record.version == 3
        assert record.updated_at == MAEVE.updated_at
    return result.code


def test_a_change_is_stored_with_who_when_and_how() -> None:
    result, record = updating({"given_name": "Mae"})
    assert result == UpdateResult(ResponseCode.UPDATED, MASTER)
    assert (record.given_name, record.version, record.updated_at) == ("Mae", 4, NOW)
    assert (record.updated_by, record.updated_via) == ("TEST0202", "Portal")
    assert (record.created_at, record.created_via, record.registered_by) == (MAEVE.created_at, "WebServices", None)


def test_absent_stays_and_empty_clears() -> None:
    assert updating({"title": None})[1].title is None
    assert updating({"title": ""})[1].title is None
    assert updating({"title": None})[1].notes == "Sat in row 2"


@pytest.mark.parametrize("name", sorted(MANDATORY))
def test_what_is_mandatory_is_never_cleared(name: str) -> None:
    assert code({name: None}) is ResponseCode.NOTHING_TO_UPDATE
    assert code({name: ""}) is ResponseCode.NOTHING_TO_UPDATE


@pytest.mark.parametrize("name", ["uln", "version", "status", "tier_level", "created_at", "nonsense"])
def test_what_is_not_for_callers_to_change_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        updating({name: "1"})


def test_the_five_subset_fields_can_be_changed() -> None:
    changes = {
        "email_address": "m@okafor.uk",
        "telephone_number": "0113 496 0000",
        "ability_to_share": "2",
        "school_at_age_16": "Mill Row Academy",
        "preferred_given_name": "May",
    }
    record = updating(changes)[1]
    assert {name: getattr(record, name) for name in changes} == changes


class TestChecks:
    @pytest.mark.parametrize("others", [(), (a_learner(OTHER, status="0"),), (a_linked_learner(OTHER, "1000000007"),)])
    def test_no_such_uln(self, others: tuple[Learner, ...]) -> None:
        learners = InMemoryLearners(MAEVE, *others)
        result = update(LearnerUpdate(OTHER, 3, {}), COLLEGE, learners=learners, now=NOW)
        assert result == UpdateResult(ResponseCode.NO_SUCH_ULN, None)

    @pytest.mark.parametrize("version", [0, 2, 4])
    def test_another_version(self, version: int) -> None:
        assert code({"title": "Dr"}, version=version) is ResponseCode.RECORD_CHANGED

    @pytest.mark.parametrize("stored", ["1", "2"])
    def test_a_notice_once_seen_stays_seen(self, stored: str) -> None:
        learner = replace(MAEVE, ability_to_share=stored)
        assert code({"ability_to_share": "0"}, learner=learner) is ResponseCode.SHARING_NOT_CHANGEABLE

    @pytest.mark.parametrize(("stored", "wanted"), [("0", "1"), ("0", "2"), ("1", "2"), ("2", "1")])
    def test_any_other_decision_may_be_taken(self, stored: str, wanted: str) -> None:
        learner = replace(MAEVE, ability_to_share=stored)
        assert code({"ability_to_share": wanted}, learner=learner) is ResponseCode.UPDATED

    def test_another_live_learner_with_the_five_details(self) -> None:
        twin = a_learner(OTHER, given_name="Bo")
        assert code({"given_name": "BO"}, twin) is ResponseCode.NOT_REGISTERED

    @pytest.mark.parametrize("status", ["0", "2"])
    def test_deleted_and_linked_records_do_not_stand_in_the_way(self, status: str) -> None:
        other = a_learner(OTHER, given_name="Bo", status=status, master_uln=MASTER)
        assert code({"given_name": "Bo"}, other) is ResponseCode.UPDATED

    @pytest.mark.parametrize("changes", [{}, {"title": "Ms"}, {"given_name": "Maeve", "place_of_birth": None}])
    def test_nothing_differs(self, changes: dict[str, Any]) -> None:
        assert code(changes) is ResponseCode.NOTHING_TO_UPDATE

    def test_they_come_in_order(self) -> None:
        twin = a_learner(OTHER, given_name="Bo")
        changes = {"given_name": "Bo", "ability_to_share": "0"}
        assert code(changes, twin, version=9) is ResponseCode.RECORD_CHANGED
        assert code(changes, twin) is ResponseCode.SHARING_NOT_CHANGEABLE
        assert code({"given_name": "Bo"}, twin) is ResponseCode.NOT_REGISTERED
        assert code({}, version=9) is ResponseCode.RECORD_CHANGED


class TestFamilyName:
    def test_the_old_one_becomes_the_previous_one(self) -> None:
        record = updating({"family_name": "Ray"})[1]
        assert (record.family_name, record.previous_family_name) == ("Ray", "Okafor")

    def test_it_replaces_an_older_one(self) -> None:
        learner = replace(MAEVE, previous_family_name="Zhang")
        assert updating({"family_name": "Ray"}, learner=learner)[1].previous_family_name == "Okafor"

    def test_the_request_may_set_the_previous_one(self) -> None:
        changes = {"family_name": "Ray", "previous_family_name": "Zhang"}
        assert updating(changes)[1].previous_family_name == "Zhang"

    @pytest.mark.parametrize("empty", [None, ""])
    def test_an_empty_previous_one_is_not_set(self, empty: str | None) -> None:
        changes = {"family_name": "Ray", "previous_family_name": empty}
        assert updating(changes)[1].previous_family_name == "Okafor"

    def test_another_spelling_is_not_another_name(self) -> None:
        record = updating({"family_name": "O'KAFOR"})[1]
        assert (record.family_name, record.previous_family_name) == ("O'KAFOR", None)


@pytest.mark.parametrize(("kind", "tier"), [("0", "0"), ("1", "1"), ("2", "2"), ("999", "2")])
def test_the_tier_level_follows_the_verification_type(kind: str, tier: str) -> None:
    learner = replace(MAEVE, verification_type="3", tier_level="1")
    record = updating({"verification_type": kind}, learner=learner)[1]
    assert record.tier_level == tier


def test_the_tier_level_stays_when_the_verification_type_does() -> None:
    learner = replace(MAEVE, verification_type="3", tier_level="1")
    assert updating({"verification_type": "3", "title": "Dr"}, learner=learner)[1].tier_level == "1"


def test_an_update_of_a_linked_uln_updates_the_master() -> None:
    linked = a_linked_learner(LINKED, MASTER, given_name="Bo", version=8)
    result, master = updating({"title": "Dr"}, linked, uln=LINKED)
    assert result == UpdateResult(ResponseCode.UPDATED, MASTER)
    assert (master.title, master.version) == ("Dr", 4)
    assert code({"title": "Dr"}, linked, uln=LINKED, version=8) is ResponseCode.RECORD_CHANGED


def test_of_two_updates_with_one_version_one_wins() -> None:
    learners = InMemoryLearners(MAEVE)
    wanted = [LearnerUpdate(MASTER, 3, {"title": title}) for title in ("Dr", "Prof")]
    codes = [update(each, COLLEGE, learners=learners, now=NOW).code for each in wanted]
    assert codes == [ResponseCode.UPDATED, ResponseCode.RECORD_CHANGED]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Stored.VERSION_CHANGED, ResponseCode.RECORD_CHANGED),
        (Stored.DETAILS_TAKEN, ResponseCode.NOT_REGISTERED),
        (Stored.STORED, ResponseCode.UPDATED),
    ],
)
def test_the_store_has_the_last_word_in_a_race(outcome: Stored, expected: ResponseCode) -> None:
    class Overtaken(InMemoryLearners):
        def replace(self, learner: Learner, expected_version: int) -> Stored:
            assert expected_version == learner.version - 1
            return outcome

    result = update(LearnerUpdate(MASTER, 3, {"title": "Dr"}), COLLEGE, learners=Overtaken(MAEVE), now=NOW)
    assert result.code is expected


@given(people(), people())
def test_an_update_round_trip_restores_the_details(one: dict[str, Any], other: dict[str, Any]) -> None:
    learners = InMemoryLearners(a_learner(MASTER, **one))
    there = update(LearnerUpdate(MASTER, 3, other), COLLEGE, learners=learners, now=NOW)
    moved = there.code is ResponseCode.UPDATED
    assert moved == (one != other)
    back = update(LearnerUpdate(MASTER, 3 + moved, one), COLLEGE, learners=learners, now=NOW + timedelta(1))
    assert back.code is there.code
    record = learners.get(MASTER)
    assert record is not None
    assert {name: getattr(record, name) for name in one} == one
    assert record.version == 3 + 2 * moved


@given(people(), st.sampled_from(sorted(UPDATABLE - MANDATORY)), family_names)
def test_an_update_that_is_sent_again_changes_nothing(person: dict[str, Any], name: str, text: str) -> None:
    value = date(2020, 2, 2) if name.startswith("date") else text
    learners = InMemoryLearners(MAEVE)
    first = update(LearnerUpdate(MASTER, 3, person | {name: value}), COLLEGE, learners=learners, now=NOW)
    again = update(LearnerUpdate(MASTER, 4, person | {name: value}), COLLEGE, learners=learners, now=NOW)
    assert (first.code, again.code) == (ResponseCode.UPDATED, ResponseCode.NOTHING_TO_UPDATE)
