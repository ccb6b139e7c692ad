"""Achievements at the service's side of the store: which submissions are refused, what is kept, and what is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lrs_soap.domain.codes import ErrorCode
from lrs_soap.domain.jobs import JobKind, JobStatus, Result, Source
from lrs_soap.services import operations_external as operations
from lrs_soap.services.faults import RegisterFault
from lrs_soap.services.messages import external, model
from lrs_soap.services.register import Register
from tests import factories
from tests.unit.services.jobs import FINISHED, STARTED, SUBMITTED, audited, begin, blank, finish, job, register_of, told

USER = {"OrganisationRef": "TST001", "OrgPassword": factories.PASSWORD, "UserName": "ao.user"}
NOTHING_DONE = dict.fromkeys(operations.COUNTERS, 0)


@pytest.fixture
def register() -> Iterator[Register]:
    college = factories.organisation(ukprn="TEST0202", reference="TST002")
    other = factories.organisation(ukprn="TEST0303", reference="TST003", awarding=True)
    with register_of(factories.organisation(awarding=True), college, other) as register:
        yield register


def user(**changes: str | None) -> Any:
    return blank(model.User, **(USER | changes))


def achievement(**members: Any) -> Any:
    known = {"AchievementAwardDate": "2024-08-22T00:00:00", "Action": 1, "ActionDate": "2024-08-23T09:00:00Z"}
    return blank(external.Achievement, **(known | members))


def submission(*achievements: Any, **changes: Any) -> Any:
    members = {
        "invokingUser": user(),
        "emailAddress": "results@example.org",
        "submissionType": "Final",
        "achievements": blank(external.ArrayOfAchievement, Achievement=list(achievements) or None),
    }
    return blank(external.SubmitAchievementBatchJob, **(members | changes))


def submitted(register: Register, *achievements: Any, **changes: Any) -> Any:
    answer = operations.submit_achievements(register, submission(*achievements, **changes))
    return answer.SubmitAchievementBatchJobResult


def looked_up(register: Register, job_id: int | None, **changes: str | None) -> dict[str, Any]:
    request = blank(external.GetAchievementBatchJob, invokingUser=user(**changes), jobId=job_id)
    return told(operations.get_achievement_job(register, request).GetAchievementBatchJobResult)


def refusal(register: Register, *achievements: Any, **changes: Any) -> ErrorCode:
    with pytest.raises(RegisterFault) as caught:
        submitted(register, *achievements, **changes)
    return caught.value.code


def test_what_is_submitted_is_kept_as_text_without_what_is_empty(register: Register) -> None:
    sent = achievement(Gender=0, Grade="", Uln="9276308686", GivenName=None, MisIdentifier=" 7 ")
    answer = submitted(register, sent, None, submissionType="Provisional")
    assert told(answer) == {"ResponseCode": "WSRC0007", "JobId": answer.JobId}
    kept = job(register, answer.JobId)
    assert (kept.kind, kept.mode, kept.source) == (JobKind.ACHIEVEMENTS, "Provisional", Source.WEB_SERVICE)
    assert (kept.organisation, kept.user_name, kept.email) == ("TEST0101", "ao.user", "results@example.org")
    assert kept.submitted_at == SUBMITTED
    with register.store.reading() as work:
        first, second = (record.values for record in work.jobs.records(kept.job_id))
    assert first == {
        "AchievementAwardDate": "2024-08-22T00:00:00",
        "Action": "1",
        "ActionDate": "2024-08-23T09:00:00Z",
        "Gender": "0",
        "Uln": "9276308686",
        "MisIdentifier": " 7 ",
    }
    assert second == {}, "a nil achievement keeps its place, and comes to a field data error"


@pytest.mark.parametrize(
    "email", [None, "", " ", "results", "@example.org", "a@b", "a b@example.org", "a@x.org,b@x.org"]
)
def test_an_email_address_is_mandatory_and_must_be_one(register: Register, email: str | None) -> None:
    assert refusal(register, achievement(), emailAddress=email) == ErrorCode.INVALID_EMAIL


@pytest.mark.parametrize("kind", [None, "", "final", "FINAL", " Final", "Provisional ", "Both"])
def test_the_submission_type_is_one_of_two_words(register: Register, kind: str | None) -> None:
    assert refusal(register, achievement(), submissionType=kind) == ErrorCode.INVALID_SUBMISSION_TYPE


def test_a_submission_holds_1_to_5000_achievements(register: Register) -> None:
    assert refusal(register) == ErrorCode.NO_ACHIEVEMENTS
    assert refusal(register, None, None) == ErrorCode.NO_ACHIEVEMENTS
    assert refusal(register, achievements=None) == ErrorCode.NO_ACHIEVEMENTS
    assert refusal(register, *[achievement()] * 5001) == ErrorCode.TOO_MANY_ACHIEVEMENTS
    assert submitted(register, *[achievement()] * 5000).ResponseCode == "WSRC0007"


def test_the_order_of_checks(register: Register) -> None:
    everything = {"emailAddress": "", "submissionType": "", "achievements": None}
    college = user(OrganisationRef="TST002")
    assert refusal(register, invokingUser=None, **everything) == ErrorCode.UNKNOWN_ORGANISATION
    assert refusal(register, invokingUser=college, **everything) == ErrorCode.INVALID_EMAIL
    everything["emailAddress"] = "a@example.org"
    assert refusal(register, invokingUser=college, **everything) == ErrorCode.INVALID_SUBMISSION_TYPE
    everything["submissionType"] = "Final"
    assert refusal(register, invokingUser=college, **everything) == ErrorCode.NO_ACHIEVEMENTS
    too_many = blank(external.ArrayOfAchievement, Achievement=[achievement()] * 5001)
    assert refusal(register, invokingUser=college, achievements=too_many) == ErrorCode.TOO_MANY_ACHIEVEMENTS


def test_an_organisation_that_awards_nothing_is_told_so(register: Register) -> None:
    answer = submitted(register, achievement(), invokingUser=user(OrganisationRef="TST002"))
    assert told(answer) == {"ResponseCode": "WSRC0043", "JobId": 0}
    with register.store.reading() as work:
        assert work.jobs.of("TEST0202") == []
    assert [line["outcome"] for line in audited(register)] == ["WSRC0043"]


PROGRESS = {"NumberOfRecords": 3, "SubmittedDate": SUBMITTED, "Type": "Final", "User": "ao.user"}
ENDED = {"StartDate": STARTED, "EndDate": FINISHED, "Duration": "00:01:52"}


def test_a_job_under_way_tells_no_counts(register: Register) -> None:
    job_id = submitted(register, *[achievement()] * 3).JobId
    known = {"ResponseCode": "WSRC0008", "JobID": job_id, **PROGRESS}
    assert looked_up(register, job_id) == known | {"Status": "Waiting"}
    begin(register, Result("created", "9276308686"))
    assert looked_up(register, job_id) == known | {"Status": "InProgress", "StartDate": STARTED}


def test_a_finished_job_tells_every_count_and_lists_the_errors(register: Register) -> None:
    job_id = submitted(register, *[achievement(MisIdentifier=name) for name in ("a", "b", "c,d")]).JobId
    errors = [
        {"field": "Uln", "code": "FD002", "text": 'not "ten" digits'},
        {"field": "Grade", "code": "X", "text": "é"},
    ]
    finish(
        register,
        Result("created", "9276308686"),
        Result("updated", "9276308686"),
        Result("field data error", None, {"errors": errors}),
    )
    assert looked_up(register, job_id) == NOTHING_DONE | PROGRESS | ENDED | {
        "ResponseCode": "WSRC0009",
        "JobID": job_id,
        "Status": "Successful",
        "AchievementsCreated": 1,
        "AchievementsUpdated": 1,
        "FieldDataErrors": 1,
        "SuccessfulFinalAchievements": 2,
        "PercentageSuccessfulRecords": 66.67,
        "Filename": f"AO_TST001_{job_id}.CSV",
        "AchievementBatchErrorFile": (
            'RecordNumber,MisIdentifier,Field,Code,Text\n3,"c,d",Uln,FD002,"not ""ten"" digits"\n3,"c,d",Grade,X,é\n'
        ),
    }


def test_without_errors_there_is_no_file(register: Register) -> None:
    job_id = submitted(register, achievement(), submissionType="Provisional").JobId
    finish(register, Result("created", "9276308686"))
    answer = looked_up(register, job_id)
    assert not {"AchievementBatchErrorFile", "Filename", "RejectionReason"} & answer.keys()
    assert answer["SuccessfulProvisionalAchievements"] == 1
    assert answer["PercentageSuccessfulRecords"] == 100


def test_a_failed_job_tells_why_and_what_was_done_before(register: Register) -> None:
    job_id = submitted(register, *[achievement()] * 3).JobId
    finish(register, Result("created", "9276308686"), status=JobStatus.FAILED)
    assert looked_up(register, job_id) == NOTHING_DONE | PROGRESS | ENDED | {
        "ResponseCode": "WSRC0010",
        "JobID": job_id,
        "Status": "Failed",
        "RejectionReason": "a reason",
        "AchievementsCreated": 1,
        "SuccessfulFinalAchievements": 1,
        "PercentageSuccessfulRecords": 100,
    }


def test_jobs_of_others_are_unknown(register: Register) -> None:
    job_id = submitted(register, achievement()).JobId
    for number, reference in ((job_id, "TST003"), (job_id, "TST002"), (job_id + 1, "TST001"), (None, "TST001")):
        assert looked_up(register, number, OrganisationRef=reference) == {"ResponseCode": "WSRC0018"}
    assert [line["outcome"] for line in audited(register)] == ["WSRC0007", *["WSRC0018"] * 4]


LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("started", "seconds", "expected"),
    [
        (datetime(2026, 6, 1, 9, 30, tzinfo=LONDON), 0.9, "00:00:00"),
        (datetime(2026, 6, 1, 9, 30, tzinfo=LONDON), 59, "00:00:59"),
        (datetime(2026, 6, 1, 9, 30, tzinfo=LONDON), 100 * 3600 + 61, "100:01:01"),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC).astimezone(LONDON), 3600, "01:00:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(LONDON), 3600, "01:00:00"),
        (datetime(2026, 6, 1, 9, 30, tzinfo=LONDON), -5, "00:00:00"),
    ],
)
def test_the_duration_is_what_has_gone_by(started: datetime, seconds: float, expected: str) -> None:
    finished = (started.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(LONDON)
    done = factories.job(kind=JobKind.ACHIEVEMENTS, started_at=started, finished_at=finished)
    assert operations._duration(done) == expected
    assert operations._duration(replace(done, finished_at=None)) is None
