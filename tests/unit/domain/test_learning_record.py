from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest

from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.codes import ErrorCode, Operation, ResponseCode, UserType
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_record import (
    BRIEF_DETAILS,
    LearningEvent,
    LearningRecordRequest,
    LearningRecordResult,
    NotViewable,
    PlrAuditRequest,
    learning_record,
    view_audit,
)
from tests.fakes import NOW, InMemoryAuditTrail, InMemoryLearners, InMemoryLearningEvents, a_learner, a_linked_learner

MASTER, LINKED, OTHER = "9276308686", "1026893096", "6936002314"
MAEVE = a_learner(MASTER)


def an_event(event_id: int, uln: str = MASTER, **changes: Any) -> LearningEvent:
    event = LearningEvent(
        event_id=event_id,
        uln=uln,
        source="ILR",
        subject="GCSE in Sociology",
        subject_code="10009048",
        level="2",
        grade="9999999999",
        credits=4,
        award_date=date(2020, 8, 20),
        provider_name="MILL ROW ACADEMY",
        provider_ukprn="10099901",
        restriction="0",
    )
    return replace(event, **changes)


def record_of(
    *learners: Learner, events: tuple[LearningEvent, ...] = (), **wanted: Any
) -> tuple[str, str | None, list[int]]:
    request = LearningRecordRequest(**{"uln": MASTER, "given_name": "Maeve", "family_name": "Okafor"} | wanted)
    result = learning_record(request, InMemoryLearners(*learners), InMemoryLearningEvents(*events))
    return result.code, result.found_uln, [event.event_id for event in result.events]


@pytest.mark.parametrize("number", ["9999999999", "", "123", "0276308686"])
def test_a_uln_that_is_none(number: str) -> None:
    assert record_of(MAEVE, uln=number) == (ErrorCode.INVALID_ULN, None, [])


@pytest.mark.parametrize(
    "wanted",
    [
        {"uln": OTHER},
        {"given_name": "Maev"},
        {"family_name": "Smith"},
        {"date_of_birth": date(2004, 2, 28)},
        {"gender": "1"},
    ],
)
def test_a_learner_who_cannot_be_verified(wanted: dict[str, Any]) -> None:
    assert record_of(MAEVE, **wanted) == (ErrorCode.NOT_VERIFIED, None, [])


def test_deleted_learners_cannot_be_verified() -> None:
    deleted = replace(MAEVE, status="0")
    assert record_of(deleted) == (ErrorCode.NOT_VERIFIED, None, [])
    assert record_of(deleted, a_linked_learner(LINKED, MASTER), uln=LINKED) == (ErrorCode.NOT_VERIFIED, None, [])


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"given_name": "Okafor", "family_name": "Maeve"},
        {"date_of_birth": date(2004, 2, 29), "gender": "2"},
        {"date_of_birth": None, "gender": ""},
    ],
)
def test_a_learner_who_shares_is_shown_even_without_events(wanted: dict[str, Any]) -> None:
    assert record_of(MAEVE, **wanted) == (ResponseCode.EXACT_MATCH, MASTER, [])


@pytest.mark.parametrize("ability", ["0", "2"])
@pytest.mark.parametrize("user_type", [UserType.ORGANISATION, UserType.SERVICE])
def test_a_learner_who_does_not_share_is_not_shown(ability: str, user_type: UserType) -> None:
    learner = replace(MAEVE, ability_to_share=ability)
    assert record_of(learner, user_type=user_type, events=(an_event(1),)) == (ErrorCode.NOT_SHARED, MASTER, [])


@pytest.mark.parametrize("ability", ["0", "1", "2"])
def test_learners_always_see_their_own_record(ability: str) -> None:
    learner = replace(MAEVE, ability_to_share=ability)
    events = (an_event(1), an_event(2, sensitive=True))
    assert record_of(learner, user_type=UserType.LEARNER, events=events) == (ResponseCode.EXACT_MATCH, MASTER, [1, 2])


@pytest.mark.parametrize("user_type", [UserType.ORGANISATION, UserType.SERVICE])
def test_sensitive_qualifications_are_never_shown_to_organisations(user_type: UserType) -> None:
    events = (an_event(1), an_event(2, sensitive=True))
    assert record_of(MAEVE, user_type=user_type, events=events)[2] == [1]


def test_events_come_newest_first_then_by_number() -> None:
    older = date(2019, 1, 1)
    events = (an_event(5, award_date=older), an_event(4, award_date=None), an_event(9), an_event(2), an_event(7, OTHER))
    assert record_of(MAEVE, events=events)[2] == [2, 9, 5, 4]


@pytest.mark.parametrize("names", [{}, {"given_name": "Bo", "family_name": "Ray"}])
def test_a_linked_learner_is_answered_with_all_of_the_person(names: dict[str, Any]) -> None:
    linked = a_linked_learner(LINKED, MASTER, given_name="Bo", family_name="Ray", ability_to_share="0")
    events = (an_event(1), an_event(2, LINKED), an_event(3, OTHER))
    assert record_of(MAEVE, linked, uln=LINKED, events=events, **names) == (ResponseCode.LINKED_LEARNER, MASTER, [1, 2])
    assert record_of(MAEVE, linked, events=events)[2] == [1, 2]


def test_ability_to_share_is_the_masters() -> None:
    linked = a_linked_learner(LINKED, MASTER, ability_to_share="1")
    master = replace(MAEVE, ability_to_share="2")
    assert record_of(master, linked, uln=LINKED) == (ErrorCode.NOT_SHARED, MASTER, [])


def test_details_of_master_and_linked_record_do_not_mix() -> None:
    linked = a_linked_learner(LINKED, MASTER, given_name="Bo", family_name="Ray", gender="1")
    wanted: dict[str, Any] = {"uln": LINKED, "given_name": "Bo", "family_name": "Ray", "gender": "2"}
    assert record_of(MAEVE, linked, **wanted) == (ErrorCode.NOT_VERIFIED, None, [])


def test_brief_events_leave_out_the_rest() -> None:
    full = an_event(1, status="P", under_data_challenge=True, language="ENG")
    request = LearningRecordRequest(MASTER, "Maeve", "Okafor", brief=True)
    result = learning_record(request, InMemoryLearners(MAEVE), InMemoryLearningEvents(full))
    assert isinstance(result, LearningRecordResult)
    for field in fields(LearningEvent):
        expected = getattr(full, field.name) if field.name in BRIEF_DETAILS else None
        assert getattr(result.events[0], field.name) == expected


class TestViewAudit:
    def views(self, number: int, uln: str = MASTER) -> list[AuditEntry]:
        return [
            AuditEntry(
                at=NOW + timedelta(minutes=minute),
                organisation="TEST0101",
                user_name="mis.user",
                operation=Operation.GET_LEARNING_EVENTS,
                outcome="WSRC0004",
                ulns=(uln,),
            )
            for minute in range(number)
        ]

    def test_newest_first_twenty_a_page(self) -> None:
        entries = self.views(45)
        shown = view_audit(PlrAuditRequest(MASTER, "Maeve", "Okafor", 2), InMemoryLearners(MAEVE), _trail(entries))
        assert (shown.page, shown.page_size, shown.page_count, shown.total) == (2, 20, 3, 45)
        assert shown.entries == tuple(reversed(entries))[20:40]

    @pytest.mark.parametrize("page", [1, 0, -7])
    def test_pages_count_from_one(self, page: int) -> None:
        entries = self.views(3)
        shown = view_audit(PlrAuditRequest(MASTER, "Maeve", "Okafor", page), InMemoryLearners(MAEVE), _trail(entries))
        assert (shown.page, shown.page_count, len(shown.entries)) == (1, 1, 3)

    def test_a_page_beyond_the_last_is_empty(self) -> None:
        shown = view_audit(
            PlrAuditRequest(MASTER, "Maeve", "Okafor", 9), InMemoryLearners(MAEVE), _trail(self.views(3))
        )
        assert (shown.page, shown.page_count, shown.total, shown.entries) == (9, 1, 3, ())

    def test_a_record_nobody_looked_at(self) -> None:
        shown = view_audit(PlrAuditRequest(MASTER, "Maeve", "Okafor"), InMemoryLearners(MAEVE), _trail([]))
        assert (shown.page_count, shown.total, shown.entries) == (0, 0, ())

    def test_views_by_way_of_linked_ulns_count_too(self) -> None:
        learners = InMemoryLearners(MAEVE, a_linked_learner(LINKED, MASTER))
        entries = _trail(self.views(1) + self.views(1, LINKED) + self.views(1, OTHER))
        for uln in (MASTER, LINKED):
            assert view_audit(PlrAuditRequest(uln, "Maeve", "Okafor"), learners, entries).total == 2

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            (("9999999999", "Maeve", "Okafor"), ErrorCode.INVALID_ULN),
            ((OTHER, "Maeve", "Okafor"), ErrorCode.NOT_VERIFIED),
            ((MASTER, "Maev", "Okafor"), ErrorCode.NOT_VERIFIED),
        ],
    )
    def test_whoever_does_not_know_the_learner_sees_nothing(
        self, wanted: tuple[str, str, str], code: ErrorCode
    ) -> None:
        with pytest.raises(NotViewable) as caught:
            view_audit(PlrAuditRequest(*wanted), InMemoryLearners(MAEVE), _trail(self.views(1)))
        assert caught.value.code is code


def _trail(entries: list[AuditEntry]) -> InMemoryAuditTrail:
    return InMemoryAuditTrail(*entries)
