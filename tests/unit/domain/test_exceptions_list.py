"""The records of batches that wait for a person: who may deal with them, how each can end, and what that leaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain import batch, uln
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus, Resolution
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import Channel, LearnerStatus, Operation, ReturnCode, is_exception
from lrs_soap.domain.exceptions_list import (
    Caseworker,
    EndedError,
    NotResolvableError,
    OverdueError,
    UnknownExceptionError,
    candidates,
    close_overdue,
    days_left,
    differing,
    due,
    from_result,
    is_overdue,
)
from lrs_soap.domain.jobs import JobRecord, Result
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import Stored
from lrs_soap.domain.resolving import (
    ELEMENTS,
    NoCandidateError,
    Outcome,
    UnknownElementError,
    accept,
    correct,
    discard,
    register_as_new,
)
from tests import factories
from tests.factories import uln_of
from tests.fakes import NOW, InMemoryAuditTrail, InMemoryLearners, a_learner, a_linked_learner
from tests.fakes_batches import SUBMITTED, InMemoryBatchExceptions, a_record, an_exception

PERIOD = timedelta(days=45)
USER = Actor("TEST0101", "jo.mills", Channel.PORTAL)
BORN_THE_DAY_BEFORE = a_learner(uln_of(1), date_of_birth=date(2004, 2, 28))
MOVED = a_learner(uln_of(2), last_known_post_code="M1 1AE")
TWIN = a_learner(uln_of(3))
MAYBE = an_exception(candidates=(BORN_THE_DAY_BEFORE.uln, MOVED.uln))

WAYS: dict[str, Callable[[Caseworker, int], Outcome]] = {
    "accept": lambda case, number: accept(case, number, MOVED.uln),
    "correct": lambda case, number: correct(case, number, {"Title": "Ms"}),
    "register": register_as_new,
    "discard": discard,
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


class Office:
    """Exceptions, learners and an audit trail, and somebody at work on them; the first exception has number 1."""

    def __init__(self, *exceptions: BatchException, learners: InMemoryLearners | None = None) -> None:
        self.learners = learners or InMemoryLearners(BORN_THE_DAY_BEFORE, MOVED)
        self.exceptions = InMemoryBatchExceptions(*exceptions)
        self.audit = InMemoryAuditTrail()
        self._drawn = count()

    def case(self, by: Actor = USER, now: datetime = NOW) -> Caseworker:
        return Caseworker(
            by=by,
            now=now,
            period=PERIOD,
            learners=self.learners,
            exceptions=self.exceptions,
            audit=self.audit,
            randbelow=lambda _: next(self._drawn),
        )

    def stored(self, number: int = 1) -> BatchException:
        found = self.exceptions.get(number)
        assert found is not None
        return found

    @property
    def entry(self) -> AuditEntry:
        (entry,) = self.audit.entries
        return entry


def an_entry(outcome: str, ulns: tuple[str, ...] = (), **criteria: str) -> AuditEntry:
    asked = {"Exception": "1", "JobID": "5", "Record": "2"} | criteria
    return AuditEntry(
        at=NOW,
        organisation="TEST0101",
        user_name="jo.mills",
        operation=Operation.RESOLVE_EXCEPTION,
        outcome=outcome,
        ulns=ulns,
        criteria=asked,
    )


def ended(exception: BatchException, resolution: Resolution, number: str | None, **changes: Any) -> BatchException:
    return replace(
        exception,
        exception_id=1,
        status=ExceptionStatus.RESOLVED,
        resolution=resolution,
        uln=number,
        ended_at=NOW,
        ended_by="jo.mills",
        **changes,
    )


def test_an_exception_is_made_of_the_result_of_a_record() -> None:
    job = factories.job(job_id=5, submitted_at=SUBMITTED)
    facts = {"candidates": [MOVED.uln], "reason": "One learner may be the one."}
    result = Result(ReturnCode.POSSIBLE_MATCHES, None, facts)
    assert from_result(job, JobRecord(2, a_record()), result) == an_exception(candidates=(MOVED.uln,))
    bare = from_result(job, JobRecord(2, {}), Result(ReturnCode.VALUE_MISSING))
    assert bare == an_exception(code="RC010", values={}, reason=None)


class TestTime:
    def test_it_is_due_a_period_after_the_submission(self) -> None:
        assert due(MAYBE, PERIOD) == SUBMITTED + PERIOD

    def test_a_clock_change_in_between_makes_no_difference(self) -> None:
        submitted = datetime(2026, 3, 2, 10, 15, tzinfo=SERVICE_ZONE)
        exception = an_exception(submitted_at=submitted)
        assert due(exception, PERIOD).isoformat() == "2026-04-16T11:15:00+01:00"
        assert not is_overdue(exception, due(exception, PERIOD), PERIOD)
        assert is_overdue(exception, due(exception, PERIOD) + timedelta(seconds=1), PERIOD)

    @pytest.mark.parametrize(
        ("now", "left"),
        [
            (SUBMITTED, 45),
            (SUBMITTED + timedelta(days=44, hours=23), 0),
            (SUBMITTED + PERIOD, 0),
            (SUBMITTED + timedelta(days=46), -1),
        ],
    )
    def test_days_are_counted_as_in_a_calendar(self, now: datetime, left: int) -> None:
        assert days_left(MAYBE, now, PERIOD) == left

    @given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(0, 90 * 86400))  # noqa: DTZ001
    def test_it_is_overdue_once_the_time_it_is_due_has_passed(self, submitted: datetime, later: int) -> None:
        exception = an_exception(submitted_at=submitted.replace(tzinfo=SERVICE_ZONE))
        now = (exception.submitted_at.astimezone(UTC) + timedelta(seconds=later)).astimezone(SERVICE_ZONE)
        overdue = is_overdue(exception, now, PERIOD)
        assert overdue == (later > PERIOD.total_seconds())
        assert overdue == (now.astimezone(UTC) > due(exception, PERIOD).astimezone(UTC))
        assert days_left(exception, now, PERIOD) <= 0 if overdue else days_left(exception, now, PERIOD) >= 0


class TestWhoMayDealWithIt:
    @every_way
    def test_the_organisation_that_submitted_it(self, way: Callable[[Caseworker, int], Outcome]) -> None:
        office = Office(MAYBE)
        other = office.case(by=Actor("OTHER001", "jo.mills"))
        with pytest.raises(UnknownExceptionError, match=r"there is no exception 1$"):
            way(other, 1)
        assert (office.stored(), office.audit.entries) == (replace(MAYBE, exception_id=1), [])

    @every_way
    def test_nobody_when_there_is_none(self, way: Callable[[Caseworker, int], Outcome]) -> None:
        with pytest.raises(UnknownExceptionError, match=r"there is no exception 2$"):
            way(Office(MAYBE).case(), 2)

    @every_way
    def test_nobody_once_it_is_resolved(self, way: Callable[[Caseworker, int], Outcome]) -> None:
        office = Office(MAYBE)
        discard(office.case(), 1)
        with pytest.raises(EndedError, match=r"exception 1 was resolved on 2026-03-02 by jo.mills: discarded; submit"):
            way(office.case(), 1)
        assert office.stored() == ended(MAYBE, Resolution.DISCARDED, None)

    @every_way
    def test_nobody_once_it_is_closed(self, way: Callable[[Caseworker, int], Outcome]) -> None:
        office = Office(replace(MAYBE, status=ExceptionStatus.CLOSED, resolution=Resolution.OVERDUE, ended_by="worker"))
        with pytest.raises(EndedError, match="exception 1 was closed by worker: overdue; submit the record again"):
            way(office.case(), 1)

    @every_way
    def test_nobody_after_its_time(self, way: Callable[[Caseworker, int], Outcome]) -> None:
        office = Office(MAYBE)
        with pytest.raises(OverdueError, match="had to be dealt with by 2026-04-13; submit the record again"):
            way(office.case(now=SUBMITTED + PERIOD + timedelta(seconds=1)), 1)
        assert office.stored().is_open
        assert way(office.case(now=SUBMITTED + PERIOD), 1).exception.exception_id == 1

    def test_it_can_still_be_looked_at_afterwards(self) -> None:
        office = Office(replace(MAYBE, status=ExceptionStatus.CLOSED))
        assert office.case().find(1) == office.stored()


class TestCandidates:
    def test_they_come_as_they_were_found(self) -> None:
        exception = an_exception(candidates=(MOVED.uln, BORN_THE_DAY_BEFORE.uln, uln_of(9)))
        assert candidates(exception, InMemoryLearners(BORN_THE_DAY_BEFORE, MOVED)) == (MOVED, BORN_THE_DAY_BEFORE)

    def test_of_a_linked_one_the_live_master_once(self) -> None:
        learners = InMemoryLearners(MOVED, a_linked_learner(uln_of(4), MOVED.uln, given_name="Mave"))
        (found,) = candidates(an_exception(candidates=(uln_of(4), MOVED.uln)), learners)
        assert (found.uln, found.linked_ulns) == (MOVED.uln, (uln_of(4),))

    def test_deleted_ones_are_none(self) -> None:
        learners = InMemoryLearners(replace(MOVED, status=LearnerStatus.DELETED))
        assert candidates(MAYBE, learners) == ()

    def test_one_alike_in_all_five_details_who_is_there_now_comes_first(self) -> None:
        assert candidates(MAYBE, InMemoryLearners(MOVED, TWIN)) == (TWIN, MOVED)
        assert candidates(an_exception(), InMemoryLearners(TWIN)) == (TWIN,)

    def test_of_linked_ones_alike_in_all_five_details_each_master(self) -> None:
        masters = [a_learner(uln_of(number), given_name=f"N{number}") for number in (5, 6)]
        linked = [a_linked_learner(uln_of(7 + place), master.uln) for place, master in enumerate(masters)]
        found = candidates(an_exception(), InMemoryLearners(*masters, *linked))
        assert [learner.uln for learner in found] == [uln_of(5), uln_of(6)]

    @pytest.mark.parametrize("born", ["", "29.02.2004", "2004-02-30"])
    def test_a_record_without_all_five_details_is_like_nobody(self, born: str) -> None:
        assert candidates(an_exception(values=a_record(DateOfBirth=born)), InMemoryLearners(TWIN)) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"FamilyName": "O'KAFOR", "GivenName": "mæve", "LastKnownPostCode": "ls29ab"}, ()),
        ({"FamilyName": "Okafo"}, ("FamilyName",)),
        ({"FamilyName": "Maeve", "GivenName": "Okafor"}, ("FamilyName", "GivenName")),
        ({"DateOfBirth": "2004-02-28"}, ("DateOfBirth",)),
        ({"DateOfBirth": "29/02/2004"}, ("DateOfBirth",)),
        ({"Gender": "9", "LastKnownPostCode": "LS2 9AD"}, ("Gender", "LastKnownPostCode")),
        ({"Gender": "", "DateOfBirth": ""}, ("DateOfBirth", "Gender")),
    ],
)
def test_which_of_the_five_details_differ(changes: dict[str, str], expected: tuple[str, ...]) -> None:
    assert differing(a_record(**changes), TWIN) == expected


class TestAccepting:
    def test_the_record_is_one_of_the_candidates(self) -> None:
        office = Office(MAYBE)
        before = list(office.learners)
        outcome = accept(office.case(), 1, MOVED.uln)
        assert outcome == Outcome(ended(MAYBE, Resolution.ACCEPTED, MOVED.uln), ulns=(MOVED.uln,))
        assert outcome.is_resolved
        assert office.stored() == outcome.exception
        assert list(office.learners) == before
        assert office.entry == an_entry("accepted", (MOVED.uln,), Resolution="accepted", ULN=MOVED.uln)

    def test_of_a_linked_one_the_master_is_the_result(self) -> None:
        learners = InMemoryLearners(MOVED, a_linked_learner(uln_of(4), MOVED.uln))
        for named in (uln_of(4), MOVED.uln):
            office = Office(an_exception(candidates=(uln_of(4),)), learners=learners)
            assert accept(office.case(), 1, named).exception.uln == MOVED.uln

    def test_one_registered_since_with_the_same_five_details(self) -> None:
        office = Office(MAYBE, learners=InMemoryLearners(MOVED, TWIN))
        assert accept(office.case(), 1, TWIN.uln).exception.uln == TWIN.uln

    @pytest.mark.parametrize("number", [uln_of(8), uln_of(9), "", "nonsense"])
    def test_nobody_else(self, number: str) -> None:
        stranger = a_learner(uln_of(8), given_name="Bo", date_of_birth=date(1990, 1, 1))
        office = Office(MAYBE, learners=InMemoryLearners(BORN_THE_DAY_BEFORE, MOVED, stranger))
        with pytest.raises(NoCandidateError, match=f"those are {BORN_THE_DAY_BEFORE.uln}, {MOVED.uln}$"):
            accept(office.case(), 1, number)
        assert (office.stored().is_open, office.audit.entries) == (True, [])

    def test_nobody_when_none_was_found(self) -> None:
        with pytest.raises(NoCandidateError, match="there are none: correct, register or discard the record"):
            accept(Office(an_exception(code="RC008")).case(), 1, MOVED.uln)

    def test_one_who_was_deleted_since_is_none(self) -> None:
        learners = InMemoryLearners(replace(MOVED, status=LearnerStatus.DELETED))
        with pytest.raises(NoCandidateError):
            accept(Office(MAYBE, learners=learners).case(), 1, MOVED.uln)


class TestCorrecting:
    def test_a_record_that_is_right_now_is_registered(self) -> None:
        wrong = an_exception(code="RC011", values=a_record(DateOfBirth="2001-13-01", Notes="?"))
        office = Office(wrong, learners=InMemoryLearners())
        changes = {"DateOfBirth": "2001-12-01", "Notes": "", "Title": "Ms"}
        outcome = correct(office.case(), 1, changes)
        (new,) = office.learners
        values = a_record(DateOfBirth="2001-12-01", Title="Ms")
        expected = ended(wrong, Resolution.CORRECTED, new.uln, values=values)
        assert outcome == Outcome(expected, ReturnCode.REGISTERED, ulns=(new.uln,))
        assert office.stored() == outcome.exception
        assert (new.title, new.date_of_birth, new.registered_by) == ("Ms", date(2001, 12, 1), "TEST0101")
        assert (new.created_via, new.created_at) == (Channel.PORTAL, NOW)
        assert office.entry == an_entry("corrected", (new.uln,), Resolution="corrected", **changes)

    def test_a_record_that_is_right_now_finds_and_updates_its_learner(self) -> None:
        office = Office(MAYBE)
        outcome = correct(office.case(), 1, {"DateOfBirth": "2004-02-28", "Title": "Dr"})
        assert (outcome.code, outcome.exception.uln) == (ReturnCode.UPDATED, BORN_THE_DAY_BEFORE.uln)
        updated = office.learners.get(BORN_THE_DAY_BEFORE.uln)
        assert updated is not None
        assert (updated.title, updated.updated_via) == ("Dr", Channel.PORTAL)

    def test_a_record_of_a_check_batch_is_registered_too(self) -> None:
        office = Office(an_exception(code="RC009"), learners=InMemoryLearners())
        assert correct(office.case(), 1, {"Title": "Ms"}).code is ReturnCode.REGISTERED

    def test_a_record_that_is_an_exception_still_stays_open_as_it_is_now(self) -> None:
        office = Office(an_exception(code="RC010", values=a_record(GivenName=""), reason="Missing: GivenName."))
        outcome = correct(office.case(), 1, {"GivenName": "Maeve"})
        both = {BORN_THE_DAY_BEFORE.uln, MOVED.uln}
        assert (outcome.is_resolved, outcome.code, set(outcome.ulns)) == (False, ReturnCode.POSSIBLE_MATCHES, both)
        assert outcome.reason == "2 learners may be the one."
        still_open = an_exception(exception_id=1, candidates=outcome.ulns, reason=outcome.reason)
        assert office.stored() == outcome.exception == still_open
        assert office.entry == an_entry("RC007", outcome.ulns, Resolution="corrected", GivenName="Maeve")
        assert accept(office.case(), 1, MOVED.uln).is_resolved

    def test_candidates_of_before_are_gone_when_a_value_is_wrong_now(self) -> None:
        office = Office(MAYBE)
        outcome = correct(office.case(), 1, {"Gender": "x"})
        assert (outcome.code, outcome.ulns, outcome.exception.candidates) == (ReturnCode.WRONG_FORMAT, (), ())
        assert "'x' should be 0 not known" in (outcome.reason or "")
        assert office.stored().values["Gender"] == "x"

    def test_outside_the_permitted_age_is_told_as_on_the_portal(self) -> None:
        office = Office(MAYBE)
        assert correct(office.case(), 1, {"DateOfBirth": "2020-01-01"}).code is ReturnCode.OUTSIDE_AGE

    @pytest.mark.parametrize("blank", ["", " ", "\t\n"])
    def test_an_empty_text_takes_a_value_out(self, blank: str) -> None:
        office = Office(MAYBE)
        outcome = correct(office.case(), 1, {"Gender": blank})
        assert (outcome.code, outcome.reason) == (ReturnCode.VALUE_MISSING, "Missing: Gender.")
        assert office.stored().values == a_record(Gender="")

    def test_taking_out_a_wrong_uln_finds_by_the_details(self) -> None:
        wrong = an_exception(code="RC009", values=a_record(ULN=MOVED.uln, DateOfBirth="2004-02-28"))
        outcome = correct(Office(wrong).case(), 1, {"ULN": ""})
        assert (outcome.code, outcome.exception.uln) == (ReturnCode.FOUND, BORN_THE_DAY_BEFORE.uln)

    def test_a_correction_stands_alone(self) -> None:
        repeated = an_exception(code="RC012", values=a_record(DateOfBirth="2004-02-28"))
        office = Office(repeated, repeated)
        for number in (1, 2):
            assert correct(office.case(), number, {}).exception.uln == BORN_THE_DAY_BEFORE.uln

    def test_elements_that_a_record_cannot_have_are_refused(self) -> None:
        office = Office(MAYBE)
        with pytest.raises(UnknownElementError, match="a record has no Age, dateofbirth; it has ULN, MISIdentifier, "):
            correct(office.case(), 1, {"Title": "Ms", "dateofbirth": "2004-02-28", "Age": "5"})
        assert office.stored().values == a_record()

    @given(
        st.dictionaries(st.sampled_from(ELEMENTS), st.sampled_from(["", "Maeve", "2004-02-28", "1", "0", "LS2 9AB"])),
        st.sampled_from([a_record(), a_record(Gender=""), a_record(ULN=MOVED.uln), {}]),
    )
    def test_whatever_is_corrected_it_is_resolved_with_a_uln_or_open_with_a_code(
        self, changes: dict[str, str], values: dict[str, str]
    ) -> None:
        office = Office(an_exception(values=values))
        outcome = correct(office.case(), 1, changes)
        stored = office.stored()
        assert outcome.exception == stored
        assert stored.values == {name: text for name, text in (values | changes).items() if text}
        assert outcome.code is not None
        assert outcome.is_resolved == (stored.uln is not None) == (not is_exception(outcome.code))
        if outcome.is_resolved:
            assert stored.resolution is Resolution.CORRECTED
        else:
            assert (stored.code, stored.reason) == (outcome.code, outcome.reason)
        assert len(office.audit.entries) == 1


class TestRegisteringAsNew:
    def test_although_others_may_be_the_one(self) -> None:
        office = Office(MAYBE)
        outcome = register_as_new(office.case(), 1)
        (new,) = (learner for learner in office.learners if learner.uln not in MAYBE.candidates)
        assert uln.is_valid(new.uln)
        assert outcome == Outcome(ended(MAYBE, Resolution.REGISTERED, new.uln), ReturnCode.REGISTERED, ulns=(new.uln,))
        assert office.stored() == outcome.exception
        assert (new.given_name, new.tier_level, new.registered_by) == ("Maeve", "1", "TEST0101")
        assert new.created_via == Channel.PORTAL
        assert office.entry == an_entry("registered", (new.uln,), Resolution="registered")

    def test_under_a_new_uln_whatever_uln_it_states(self) -> None:
        office = Office(an_exception(code="RC009", values=a_record(ULN=MOVED.uln)))
        outcome = register_as_new(office.case(), 1)
        assert outcome.exception.uln not in (None, MOVED.uln)

    def test_never_when_a_live_learner_has_the_same_five_details(self) -> None:
        office = Office(MAYBE, learners=InMemoryLearners(MOVED, TWIN))
        outcome = register_as_new(office.case(), 1)
        assert (outcome.is_resolved, outcome.code) == (False, ReturnCode.POSSIBLE_MATCHES)
        assert outcome.reason == f"The learner with ULN {TWIN.uln} has the same five details; accept that one."
        assert office.stored() == outcome.exception == replace(MAYBE, exception_id=1)
        assert len(list(office.learners)) == 2
        assert office.entry == an_entry("RC007", (TWIN.uln,), Resolution="registered")
        assert accept(office.case(), 1, TWIN.uln).is_resolved

    @pytest.mark.parametrize("status", [LearnerStatus.DELETED, LearnerStatus.LINKED])
    def test_others_than_live_ones_do_not_stand_in_the_way(self, status: str) -> None:
        other = replace(TWIN, status=status, master_uln=MOVED.uln)
        office = Office(MAYBE, learners=InMemoryLearners(MOVED, other))
        assert register_as_new(office.case(), 1).is_resolved

    @pytest.mark.parametrize(
        ("changes", "code", "reason"),
        [
            ({"Gender": ""}, ReturnCode.VALUE_MISSING, "Missing: Gender."),
            ({"Gender": "", "ULN": MOVED.uln}, ReturnCode.VALUE_MISSING, "Missing: Gender."),
            ({"Gender": " "}, ReturnCode.VALUE_MISSING, "Missing: Gender."),
            ({"VerificationType": "999"}, ReturnCode.VALUE_MISSING, "OtherVerificationDescription"),
            ({"Gender": "7"}, ReturnCode.WRONG_FORMAT, "'7' should be 0 not known"),
            ({"ULN": "9999999999"}, ReturnCode.WRONG_FORMAT, "check digit"),
            ({"Title": "Prisoner"}, ReturnCode.WRONG_FORMAT, "prohibited-text"),
            ({"DateOfBirth": "2020-01-01"}, ReturnCode.OUTSIDE_AGE, "permitted age"),
            ({"GivenName": "---"}, ReturnCode.INSUFFICIENT_DATA, "'---' holds no letter or digit"),
            (
                {"VerificationType": "", "AbilityToShare": ""},
                ReturnCode.INSUFFICIENT_DATA,
                "Missing for a registration: VerificationType, AbilityToShare.",
            ),
        ],
    )
    def test_never_when_a_value_is_missing_or_wrong(
        self, changes: dict[str, str], code: ReturnCode, reason: str
    ) -> None:
        wrong = replace(MAYBE, values=a_record(**changes))
        office = Office(wrong)
        outcome = register_as_new(office.case(), 1)
        assert (outcome.is_resolved, outcome.code, outcome.ulns) == (False, code, ())
        assert reason in (outcome.reason or "")
        assert office.stored() == outcome.exception == replace(wrong, exception_id=1)
        assert office.entry == an_entry(code, Resolution="registered")

    def test_somebody_who_was_faster_is_named(self) -> None:
        class Overtaken(InMemoryLearners):
            def add(self, learner: Learner) -> Stored:
                super().add(replace(learner, uln=TWIN.uln))
                return super().add(learner)

        outcome = register_as_new(Office(MAYBE, learners=Overtaken()).case(), 1)
        assert (outcome.code, outcome.ulns) == (ReturnCode.POSSIBLE_MATCHES, (TWIN.uln,))

    def test_somebody_who_was_faster_and_is_gone_again_is_told_apart(self) -> None:
        class Refusing(InMemoryLearners):
            def add(self, _learner: Learner) -> Stored:
                return Stored.DETAILS_TAKEN

        with pytest.raises(batch.RecordRaced):
            register_as_new(Office(MAYBE, learners=Refusing()).case(), 1)


def test_a_record_is_discarded() -> None:
    office = Office(MAYBE)
    outcome = discard(office.case(), 1)
    assert outcome == Outcome(ended(MAYBE, Resolution.DISCARDED, None))
    assert office.stored() == outcome.exception
    assert len(list(office.learners)) == 2
    assert office.entry == an_entry("discarded", Resolution="discarded")


class TestClosing:
    def close(self, office: Office, now: datetime, limit: int = 10) -> int:
        return close_overdue(office.exceptions, office.audit, now, PERIOD, limit)

    def test_those_whose_time_is_over_are_closed_and_kept(self) -> None:
        late, later = an_exception(), an_exception(submitted_at=SUBMITTED + timedelta(seconds=1))
        office = Office(late, later)
        now = SUBMITTED + PERIOD + timedelta(seconds=1)
        assert self.close(office, now) == 1
        assert office.stored(1) == replace(
            late,
            exception_id=1,
            status=ExceptionStatus.CLOSED,
            resolution=Resolution.OVERDUE,
            ended_at=now,
            ended_by="worker",
        )
        assert office.stored(2).is_open
        expected = an_entry("overdue", Resolution="overdue")
        assert office.entry == replace(
            expected, at=now, user_name="worker", operation=Operation.CLOSE_EXCEPTION, organisation=late.organisation
        )

    def test_the_worker_closes_some_at_a_time_of_whatever_organisation(self) -> None:
        exceptions = [an_exception(position=place, organisation=f"TEST{place}") for place in range(5)]
        office = Office(*exceptions)
        now = SUBMITTED + PERIOD * 2
        assert [self.close(office, now, limit=2) for _ in range(4)] == [2, 2, 1, 0]
        assert [entry.organisation for entry in office.audit.entries] == [f"TEST{place}" for place in range(5)]

    def test_those_that_ended_are_left_as_they_are(self) -> None:
        office = Office(MAYBE)
        discard(office.case(), 1)
        assert self.close(office, SUBMITTED + PERIOD * 2) == 0
        assert office.stored().resolution is Resolution.DISCARDED

    def test_none_is_closed_in_time(self) -> None:
        office = Office(MAYBE)
        assert self.close(office, SUBMITTED + PERIOD) == 0


def test_all_errors_can_be_told_as_one() -> None:
    kinds = (UnknownExceptionError, EndedError, OverdueError, NoCandidateError, UnknownElementError)
    assert all(issubclass(kind, NotResolvableError) for kind in kinds)
