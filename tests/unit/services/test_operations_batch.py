"""Batches of learners at the service's side of the store: what is kept of a submission, and what its output tells."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from lrs_soap.domain.codes import FindType
from lrs_soap.domain.jobs import JobKind, JobStatus, Result, Source
from lrs_soap.services import operations_batch as operations
from lrs_soap.services.messages import batch, learner, verify_batch
from lrs_soap.services.register import Register
from tests import factories
from tests.unit.services.jobs import SUBMITTED, audited, begin, blank, finish, job, register_of, told

CALLER = {"OrganisationRef": None, "UKPRN": "test0101", "OrgPassword": factories.PASSWORD, "UserName": "mis.user"}
STRANGER = CALLER | {"UKPRN": "TEST0202"}


@pytest.fixture
def register() -> Iterator[Register]:
    others = factories.organisation(ukprn="TEST0202", reference="TST002")
    with register_of(factories.organisation(), others) as register:
        yield register


def batch_of(*learners: Mapping[str, str | None], count: int | None = None, job_type: str = "FUL") -> Any:
    return blank(
        batch.BatchRegistrationRqst,
        **CALLER,
        JobType=job_type,
        LearnerRecordCount=len(learners) if count is None else count,
        Learner=[blank(learner.BatchLearner, **each) for each in learners],
    )


def verify_batch_of(*learners: Mapping[str, str | None], email: str | None = None) -> Any:
    return blank(
        verify_batch.VerifyBatchRqst,
        **CALLER,
        LearnerRecordCount=len(learners),
        OrgEmail=email,
        Learner=[blank(learner.MIAPBatchLearnerToVerify, **each) for each in learners],
    )


def output(register: Register, job_id: int, caller: dict[str, Any] = CALLER) -> Any:
    return operations.get_batch_output(register, blank(batch.BatchOutputRqst, JobID=job_id, **caller))


def verify_output(register: Register, job_id: int, caller: dict[str, Any] = CALLER) -> Any:
    return operations.get_verify_batch_output(
        register, blank(verify_batch.VerifyBatchOutputRqst, JobID=job_id, **caller)
    )


MAEVE = {"GivenName": "Maeve", "FamilyName": "Okafor"}


def test_what_is_submitted_is_kept_as_sent_without_what_is_empty(register: Register) -> None:
    sent = MAEVE | {"ULN": "", "MISIdentifier": " 17 ", "Title": None, "Notes": "\n"}
    answer = operations.submit_batch(register, batch_of(sent, MAEVE, job_type="CHK"))
    assert told(answer) == {"ResponseCode": "WSRC0007", "JobID": answer.JobID}
    kept = job(register, answer.JobID)
    assert (kept.kind, kept.mode, kept.source) == (JobKind.REGISTRATION, FindType.CHECK, Source.WEB_SERVICE)
    assert (kept.organisation, kept.user_name, kept.status) == ("TEST0101", "mis.user", JobStatus.WAITING)
    assert (kept.submitted_at, kept.record_count, kept.email) == (SUBMITTED, 2, None)
    with register.store.reading() as work:
        records = [(record.position, record.values) for record in work.jobs.records(kept.job_id)]
    assert records == [(1, MAEVE | {"MISIdentifier": " 17 ", "Notes": "\n"}), (2, MAEVE)]


def test_a_verify_batch_keeps_the_address_when_one_is_given(register: Register) -> None:
    sent = {"ULN": "9276308686", **MAEVE, "DateOfBirth": "", "Gender": None}
    first = operations.submit_verify_batch(register, verify_batch_of(sent, email="mis@example.org"))
    second = operations.submit_verify_batch(register, verify_batch_of(sent, email=""))
    assert (first.ResponseCode, second.ResponseCode) == ("WSRC0007", "WSRC0007")
    assert job(register, first.JobID).kind is JobKind.VERIFICATION
    assert (job(register, first.JobID).email, job(register, second.JobID).email) == ("mis@example.org", None)
    with register.store.reading() as work:
        assert [record.values for record in work.jobs.records(first.JobID)] == [{"ULN": "9276308686", **MAEVE}]


def test_a_submission_stands_in_the_audit_trail_with_its_job(register: Register) -> None:
    job_id = operations.submit_batch(register, batch_of(MAEVE)).JobID
    (line,) = audited(register)
    assert (line["operation"], line["outcome"]) == ("submitBatchRegistration", "WSRC0007")
    assert line["criteria"] == f'{{"JobID": "{job_id}"}}'


@pytest.mark.parametrize("count", [1, 3])
def test_a_wrong_count_is_answered_and_nothing_is_kept(register: Register, count: int) -> None:
    answer = operations.submit_batch(register, batch_of(MAEVE, MAEVE, count=count))
    assert told(answer) == {"ResponseCode": "WSRC0017", "JobID": 0}
    with register.store.reading() as work:
        assert work.jobs.of("TEST0101") == []
    assert [line["outcome"] for line in audited(register)] == ["WSRC0017"]


def test_a_job_that_waits_tells_its_status_alone(register: Register) -> None:
    job_id = operations.submit_batch(register, batch_of(MAEVE)).JobID
    assert told(output(register, job_id)) == {"ResponseCode": "WSRC0008", "JobStatus": "Waiting"}


def test_a_job_in_progress_tells_when_it_was_started(register: Register) -> None:
    job_id = operations.submit_batch(register, batch_of(MAEVE, MAEVE)).JobID
    begin(register, Result("RC001", "9276308686"))
    assert told(output(register, job_id)) == {
        "ResponseCode": "WSRC0008",
        "JobStatus": "InProgress",
        "JobStartedDateTime": "2026-06-01 10:30:07",
    }


ONE_OF_EACH = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)


def test_a_finished_job_counts_and_keeps_the_order(register: Register) -> None:
    sent = [MAEVE | {"MISIdentifier": str(number), "ULN": "1026893096"} for number in ONE_OF_EACH]
    job_id = operations.submit_batch(register, batch_of(*sent)).JobID
    ulns = dict.fromkeys((1, 2, 3, 5), "9276308686")
    finish(register, *(Result(f"RC{number:03}", ulns.get(number)) for number in ONE_OF_EACH))
    answer = told(output(register, job_id))
    learners = answer.pop("Learner")
    assert answer == {
        "ResponseCode": "WSRC0009",
        "JobStatus": "Successful",
        "NewLearnersCount": 1,
        "ExistsUpdatedLearnersCount": 4,
        "PossibleMatchLearnersCount": 2,
        "LearnersNotFoundCount": 1,
        "RejectedLearnersCount": 4,
        "JobStartedDateTime": "2026-06-01 10:30:07",
        "JobFinishedDateTime": "2026-06-01 10:31:59",
    }
    expected = [
        values | {"ULN": ulns.get(number, "1026893096"), "ReturnCode": f"RC{number:03}"}
        for number, values in zip(ONE_OF_EACH, sent, strict=True)
    ]
    assert [told(each) for each in learners] == expected
    (line,) = [line for line in audited(register) if line["operation"] == "getBatchRegistrationOutput"]
    assert (line["outcome"], line["ulns"]) == ("WSRC0009", " ".join(["9276308686"] * 4))


def test_a_failed_job_tells_what_was_done_before(register: Register) -> None:
    job_id = operations.submit_batch(register, batch_of(MAEVE, MAEVE, MAEVE)).JobID
    finish(register, Result("RC001", "9276308686"), status=JobStatus.FAILED)
    answer = output(register, job_id)
    assert (answer.ResponseCode, answer.JobStatus, answer.NewLearnersCount) == ("WSRC0010", "Failed", 1)
    assert [told(each) for each in answer.Learner] == [MAEVE | {"ULN": "9276308686", "ReturnCode": "RC001"}]


def test_a_verification_tells_what_was_searched_and_what_is_stored(register: Register) -> None:
    sent = {"MISIdentifier": "a", "ULN": "9276308686", **MAEVE, "DateOfBirth": "2004-02-29", "Gender": "2"}
    other = {"ULN": "1026893096", **MAEVE, "DateOfBirth": None, "Gender": ""}
    job_id = operations.submit_verify_batch(register, verify_batch_of(sent, other)).JobID
    stored = {
        "ULN": "9276308686",
        "FamilyName": "Okafor",
        "GivenName": "Maeve",
        "DateOfBirth": "2004-02-29",
        "Gender": "2",
    }
    flags = ["VRF1", "VRF2"]
    finish(
        register,
        Result("WSVRC001", "9276308686", {"stored": stored, "FailureFlag": []}),
        Result("WSVRC005", None, {"FailureFlag": flags}),
    )
    answer = told(verify_output(register, job_id))
    first, second = map(told, answer.pop("VerifiedLearner"))
    assert answer == {
        "ResponseCode": "WSRC0009",
        "JobStatus": "Successful",
        "JobStartedDateTime": "2026-06-01 10:30:07",
        "JobFinishedDateTime": "2026-06-01 10:31:59",
    }
    searched = {f"Searched{name}": sent[name] for name in operations.SEARCHED}
    assert first == {"MISIdentifier": "a", **searched, "ResponseCode": "WSVRC001", **stored}
    assert second == {
        "SearchedULN": "1026893096",
        "SearchedFamilyName": "Okafor",
        "SearchedGivenName": "Maeve",
        "ResponseCode": "WSVRC005",
        "FailureFlag": flags,
    }


def test_jobs_of_others_and_of_another_kind_are_unknown(register: Register) -> None:
    job_id = operations.submit_batch(register, batch_of(MAEVE)).JobID
    finish(register, Result("RC001", "9276308686"))
    unknown = {"ResponseCode": "WSRC0018"}
    assert told(output(register, job_id, STRANGER)) == unknown
    assert told(verify_output(register, job_id)) == unknown
    for number in (job_id + 1, 0, -1, 2**63 - 1, -(2**63)):
        assert told(output(register, number)) == unknown
    assert output(register, job_id).ResponseCode == "WSRC0009"


def test_5000_records_of_a_file_come_out_in_order(register: Register) -> None:
    learners = [MAEVE | {"MISIdentifier": str(number)} for number in range(5000)]
    job_id = operations.submit_batch(register, batch_of(*learners)).JobID
    finish(register, *(Result("RC007", None, {"candidates": ["9276308686"]}) for _ in learners))
    answer = output(register, job_id)
    assert [each.MISIdentifier for each in answer.Learner] == [str(number) for number in range(5000)]
    assert answer.PossibleMatchLearnersCount == 5000
