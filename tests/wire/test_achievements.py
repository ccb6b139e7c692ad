"""Achievements over the wire: every field through two SOAP toolkits, every code, and the events they become."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.domain.clock import SERVICE_ZONE, FixedClock
from lrs_soap.domain.codes import ErrorCode, ResponseCode
from tests import factories
from tests.wire import requests
from tests.wire.batches import Place, Values, achievement, served, stored
from tests.wire.records import filled
from tests.wire.soap import Reply, post
from tests.wire.toolkits import Services, answered, need_php

USER = {"OrganisationRef": "TST001", "OrgPassword": factories.PASSWORD, "UserName": "ao.user"}
EMAIL = "results@example.org"
PEOPLE = [stored(number) for number in range(200)]
SUBMITTED = datetime(2026, 6, 1, 10, 30, 0)  # noqa: DTZ001 - the contract's moments carry no zone
DONE = SUBMITTED.replace(hour=12, minute=0)
NOON = FixedClock(DONE.replace(tzinfo=SERVICE_ZONE))

Ask = Callable[..., Values]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A register of 200 people, served at half past ten."""
    fixed = {"LRS_SOAP_FIXED_TIME": SUBMITTED.isoformat()}
    with served(f"sqlite:///{tmp_path / 'register.db'}", PEOPLE, env=fixed) as place:
        yield place


@contextmanager
def asking(toolkit: str, address: str) -> Iterator[Ask]:
    """Give what calls an operation with a toolkit, and returns its result's members that are there."""
    if toolkit == "php":
        need_php()

        def ask(operation: str, **members: Any) -> Values:
            answer: Values = answered(address, "ExternalService", operation, **members)[f"{operation}Result"]
            return answer

        yield ask
    else:
        services = Services(address)
        yield lambda operation, **members: filled(services.call("ExternalService", operation, **members))
        services.close()


def submit(ask: Ask, achievements: list[Values], kind: str) -> int:
    """Submit achievements and return the number of their job."""
    members = {"emailAddress": EMAIL, "submissionType": kind, "achievements": {"Achievement": achievements}}
    answer = ask("SubmitAchievementBatchJob", invokingUser=USER, **members)
    job_id: int = answer.pop("JobId")
    assert answer == {"ResponseCode": "WSRC0007"}
    return job_id


def as_read(toolkit: str, **moments: datetime) -> Values:
    """Return moments as a toolkit reads them."""
    return {name: at if toolkit == "zeep" else at.isoformat() for name, at in moments.items()}


FAULTY: dict[int, tuple[Values, list[tuple[str, str]]]] = {
    10: ({"Uln": "1234567894"}, [("Uln", "FD003")]),
    11: ({"Action": 7}, [("Action", "FD012")]),
    12: ({"AchievementAwardDate": "2030-01-01T00:00:00"}, [("AchievementAwardDate", "FD007"), ("ActionDate", "FD008")]),
    13: ({"Uln": factories.uln_of(900)}, [("Uln", "LD001")]),
    14: ({"GivenName": "Zbigniew"}, [("GivenName", "LD002")]),
    15: ({"UnitOrQualificationReferenceNumber": "NOSUCH"}, [("UnitOrQualificationReferenceNumber", "BR001")]),
    16: ({"ProviderUkprn": "NOBODY99"}, [("ProviderUkprn", "BR002")]),
    17: ({"Grade": None}, [("Grade", "BR003")]),
    18: ({"Action": 2}, [("Action", "BR006")]),
    19: ({"Action": 3, "MisIdentifier": 'a "quoted", one'}, [("Action", "BR007")]),
}
CLASSES = {"FD": "FieldDataErrors", "LD": "LearnerDataErrors", "BR": "BusinessRuleErrors"}


def faulty_records() -> tuple[list[Values], list[tuple[str, ...]]]:
    """Return 200 records, every second ten of them with faults, and the lines of errors without their texts."""
    records: list[Values] = []
    lines: list[tuple[str, ...]] = []
    for number in range(200):
        changes, errors = FAULTY.get(number % 20, ({}, []))
        record = achievement(number, **changes)
        records.append({name: value for name, value in record.items() if value is not None})
        lines += [(str(number + 1), record["MisIdentifier"], *error) for error in errors]
    return records, lines


@pytest.mark.parametrize("toolkit", ["zeep", "php"])
def test_200_achievements_are_submitted_and_every_field_is_read_back(place: Place, toolkit: str) -> None:
    records, lines = faulty_records()
    with asking(toolkit, place.address) as ask:
        job_id = submit(ask, records, "Provisional")
        place.work_off(NOON)
        answer = ask("GetAchievementBatchJob", invokingUser=USER, jobId=job_id)
    rows = list(csv.reader(io.StringIO(answer.pop("AchievementBatchErrorFile"))))
    assert rows[0] == ["RecordNumber", "MisIdentifier", "Field", "Code", "Text"]
    assert [tuple(row[:4]) for row in rows[1:]] == lines
    assert all(len(row) == 5 and row[4].endswith(".") for row in rows[1:])
    errors = Counter(CLASSES[code[:2]] for _, code in {line[0]: (line[0], line[3]) for line in lines}.values())
    assert answer == {
        "ResponseCode": "WSRC0009",
        "AchievementsCreated": 100,
        "AchievementsPromotedToFinal": 0,
        "AchievementsReinstated": 0,
        "AchievementsUpdated": 0,
        "AchievementsWithdrawn": 0,
        **errors,
        "Duration": "00:00:00",
        **as_read(toolkit, StartDate=DONE, EndDate=DONE, SubmittedDate=SUBMITTED),
        "Filename": f"AO_TST001_{job_id}.CSV",
        "JobID": job_id,
        "NumberOfRecords": 200,
        "PercentageSuccessfulRecords": 50,
        "Status": "Successful",
        "SuccessfulFinalAchievements": 0,
        "SuccessfulProvisionalAchievements": 100,
        "Type": "Provisional",
        "User": "ao.user",
    }


def external(place: Place, message: str) -> Reply:
    return post(place.address, "ExternalService", message)


COUNTERS = (
    "AchievementsCreated",
    "AchievementsPromotedToFinal",
    "AchievementsReinstated",
    "AchievementsUpdated",
    "AchievementsWithdrawn",
    "BusinessRuleErrors",
    "FieldDataErrors",
    "LearnerDataErrors",
    "SuccessfulFinalAchievements",
    "SuccessfulProvisionalAchievements",
)


def counted(place: Place, *achievements: Values, kind: str = "Final") -> dict[str, int]:
    """Submit achievements, have them done and return the counters that are not 0."""
    submitted = external(place, requests.submit_achievements(*achievements, submissionType=kind))
    assert submitted.code == ResponseCode.BATCH_ACCEPTED
    place.work_off(NOON)
    reply = external(place, requests.achievement_job(submitted.anywhere("JobId") or ""))
    assert reply.code == ResponseCode.BATCH_FINISHED
    numbers = {name: int(reply.anywhere(name) or "") for name in COUNTERS}
    return {name: number for name, number in numbers.items() if number}


def grades(place: Place, number: int = 0) -> list[tuple[str, str]]:
    """Return grade and status of the learning events that awarding organisations reported of a person."""
    who = stored(number)
    message = requests.events(who.uln, givenName=who.given_name, familyName=who.family_name)
    reply = post(place.address, "LearnerServiceR9", message)
    path = "GetLearnerLearningEventsResult/LearnerRecord/LearningEvent"
    assert set(reply.all(f"{path}/Source")) <= {"AO"}
    return list(zip(reply.all(f"{path}/Grade"), reply.all(f"{path}/Status"), strict=True))


def test_an_achievement_from_its_first_report_to_its_reinstatement(place: Place) -> None:
    one = achievement(0)
    provisional = {"SuccessfulProvisionalAchievements": 1}
    final = {"SuccessfulFinalAchievements": 1}
    assert grades(place) == []
    assert counted(place, one, kind="Provisional") == {"AchievementsCreated": 1} | provisional
    assert counted(place, one, kind="Provisional") == provisional, "reported twice it is one event"
    assert counted(place, one | {"Grade": "B"}, kind="Provisional") == {"AchievementsUpdated": 1} | provisional
    assert grades(place) == [("B", "P")]
    assert counted(place, one) == {"AchievementsPromotedToFinal": 1} | final
    assert grades(place) == [("A", "F")]
    assert counted(place, one | {"Action": 2}) == {"AchievementsWithdrawn": 1} | final
    assert grades(place) == []
    assert counted(place, one | {"Action": 3}) == {"AchievementsReinstated": 1} | final
    assert grades(place) == [("A", "F")]
    assert counted(place, one, one | {"Action": 2}, one | {"Action": 3}) == {
        "AchievementsWithdrawn": 1,
        "AchievementsReinstated": 1,
        "SuccessfulFinalAchievements": 3,
    }


def test_a_nil_achievement_among_others_keeps_its_place_and_is_an_error(place: Place) -> None:
    message = requests.submit_achievements({}, achievement(1)).replace(
        "<x:Achievement></x:Achievement>",
        '<x:Achievement xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>',
    )
    job_id = external(place, message).anywhere("JobId") or ""
    place.work_off(NOON)
    reply = external(place, requests.achievement_job(job_id))
    assert (reply.anywhere("FieldDataErrors"), reply.anywhere("AchievementsCreated")) == ("1", "1")
    lines = (reply.anywhere("AchievementBatchErrorFile") or "").splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == {"1"}


def test_a_submission_under_way_and_one_that_failed(place: Place) -> None:
    job_id = external(place, requests.submit_achievements(achievement(0), achievement(1))).anywhere("JobId") or ""
    known = {
        "JobID": job_id,
        "NumberOfRecords": "2",
        "SubmittedDate": "2026-06-01T10:30:00",
        "Type": "Final",
        "User": "ao.user",
    }
    reply = external(place, requests.achievement_job(job_id))
    assert reply.members() == {"ResponseCode": "WSRC0008", "Status": "Waiting"} | known
    place.give_up("out of paper", NOON)
    reply = external(place, requests.achievement_job(job_id))
    ended = {"StartDate": "2026-06-01T12:00:00", "EndDate": "2026-06-01T12:00:00", "Duration": "00:00:00"}
    assert reply.members() == known | ended | dict.fromkeys(COUNTERS, "0") | {
        "ResponseCode": "WSRC0010",
        "Status": "Failed",
        "RejectionReason": "out of paper",
        "PercentageSuccessfulRecords": "0",
    }


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A register without learners, for requests that change nothing."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('achievements') / 'register.db'}") as place:
        yield place


ONE = achievement(0)
REFUSED: dict[str, tuple[ErrorCode, str]] = {
    "no email address": (ErrorCode.INVALID_EMAIL, requests.submit_achievements(ONE, emailAddress=None)),
    "an empty email address": (ErrorCode.INVALID_EMAIL, requests.submit_achievements(ONE, emailAddress="")),
    "a wrong email address": (ErrorCode.INVALID_EMAIL, requests.submit_achievements(ONE, emailAddress="results")),
    "no submission type": (
        ErrorCode.INVALID_SUBMISSION_TYPE,
        requests.submit_achievements(ONE, submissionType=None),
    ),
    "a wrong submission type": (
        ErrorCode.INVALID_SUBMISSION_TYPE,
        requests.submit_achievements(ONE, submissionType="final"),
    ),
    "no list": (ErrorCode.NO_ACHIEVEMENTS, requests.submit_achievements(achievements=None)),
    "an empty list": (ErrorCode.NO_ACHIEVEMENTS, requests.submit_achievements()),
    "5,001": (
        ErrorCode.TOO_MANY_ACHIEVEMENTS,
        requests.submit_achievements(*[{name: ONE[name] for name in requests.ACHIEVEMENT_ORDER[:3]}] * 5001),
    ),
    "a date that is none": (
        ErrorCode.INVALID_REQUEST,
        requests.submit_achievements(ONE | {"ActionDate": "2024-08-23"}),
    ),
    "a number that is none": (ErrorCode.INVALID_REQUEST, requests.submit_achievements(ONE | {"Action": "one"})),
    "an empty date": (ErrorCode.INVALID_REQUEST, requests.submit_achievements(ONE | {"DateofBirth": ""})),
    "no action": (ErrorCode.INVALID_REQUEST, requests.submit_achievements(ONE | {"Action": None})),
    "a job that is no number": (ErrorCode.INVALID_REQUEST, requests.achievement_job("x")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_faulty_submissions(empty: Place, case: str) -> None:
    code, message = REFUSED[case]
    reply = external(empty, message)
    assert (reply.code, reply.find("faultcode")) == (code, "s:Client")
    assert reply.further


def test_5000_at_once_are_accepted(empty: Place) -> None:
    submitted = external(empty, requests.submit_achievements(*[ONE] * 5000))
    assert submitted.code == ResponseCode.BATCH_ACCEPTED
    reply = external(empty, requests.achievement_job(submitted.anywhere("JobId") or ""))
    assert (reply.code, reply.anywhere("NumberOfRecords")) == ("WSRC0008", "5000")


USERS = {
    ErrorCode.UNKNOWN_ORGANISATION: requests.AO_USER | {"OrganisationRef": "NOBODY"},
    ErrorCode.WRONG_PASSWORD: requests.AO_USER | {"OrgPassword": "wrong"},
    ErrorCode.NOT_GRANTED: requests.AO_USER | {"OrganisationRef": "TST004"},
}


@pytest.mark.parametrize("code", USERS)
def test_who_may_submit_and_ask(empty: Place, code: ErrorCode) -> None:
    faulty = requests.submit_achievements(user=USERS[code], emailAddress="", achievements=None)
    for message in (faulty, requests.achievement_job(1, USERS[code])):
        assert external(empty, message).code == code
    assert external(empty, requests.submit_achievements(ONE, user=None)).code == ErrorCode.UNKNOWN_ORGANISATION
    assert external(empty, requests.achievement_job(1, None)).code == ErrorCode.UNKNOWN_ORGANISATION


def test_an_organisation_that_is_not_set_up_to_award_is_answered(empty: Place) -> None:
    school = requests.AO_USER | {"OrganisationRef": "TST003"}
    reply = external(empty, requests.submit_achievements(ONE, user=school))
    assert reply.members() == {"ResponseCode": "WSRC0043", "JobId": "0"}
    assert external(empty, requests.achievement_job(1, school)).code == ResponseCode.UNKNOWN_JOB


def test_jobs_of_others_of_another_kind_and_of_nobody_are_unknown(empty: Place) -> None:
    ours = external(empty, requests.submit_achievements(ONE)).anywhere("JobId") or ""
    batch = post(empty.address, "LearnerService", requests.submit_batch({"GivenName": "A", "FamilyName": "B"}))
    neighbour = requests.AO_USER | {"OrganisationRef": "TST002"}
    unknown = [
        requests.achievement_job(ours, neighbour),
        requests.achievement_job(batch.find("JobID")),
        requests.achievement_job(None),
        *(requests.achievement_job(number) for number in (0, -1, 2**31 - 1)),
    ]
    for message in unknown:
        assert external(empty, message).members() == {"ResponseCode": "WSRC0018"}
    assert external(empty, requests.achievement_job(ours)).code == ResponseCode.BATCH_NOT_FINISHED
    assert post(empty.address, "LearnerService", requests.batch_output(ours)).code == ResponseCode.UNKNOWN_JOB


def test_the_other_addresses_take_no_achievements(empty: Place) -> None:
    for service in ("LearnerService", "LearnerServiceR9", "LearnerRegister"):
        reply = post(empty.address, service, requests.submit_achievements(ONE))
        assert reply.code == ErrorCode.UNKNOWN_OPERATION
    assert external(empty, requests.submit_batch({"GivenName": "A", "FamilyName": "B"})).code == "WSEC0002"
