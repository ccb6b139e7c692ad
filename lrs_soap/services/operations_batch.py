"""The operations on batches of learners: what is submitted is durable before the answer, which names its job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from lrs_soap.domain.codes import Operation, ResponseCode, Service, counts_as
from lrs_soap.domain.jobs import Job, JobKind, Result, Values
from lrs_soap.services import jobs
from lrs_soap.services.messages import batch as batch_messages
from lrs_soap.services.messages import learner as learner_messages
from lrs_soap.services.messages import verify_batch as verify_messages
from lrs_soap.services.messages.members import make
from lrs_soap.services.register import Call, Register, admit
from lrs_soap.services.translate import claim_of

SEARCHED: Final = ("ULN", "FamilyName", "GivenName", "DateOfBirth", "Gender")
COUNTS: Final[Mapping[str, str]] = {
    "new": "NewLearnersCount",
    "exists_updated": "ExistsUpdatedLearnersCount",
    "possible_match": "PossibleMatchLearnersCount",
    "not_found": "LearnersNotFoundCount",
    "rejected": "RejectedLearnersCount",
}


def submit_batch(where: Register, request: Any) -> Any:
    """Take in a batch of learners to find, register and update. Rule: "registration batches"."""
    call = admit(where, claim_of(request), Service.BATCH)
    answer = _submit(call, Operation.SUBMIT_BATCH, JobKind.REGISTRATION, request, mode=request.JobType)
    return make(batch_messages.BatchRegistrationResp, **answer)


def submit_verify_batch(where: Register, request: Any) -> Any:
    """Take in a batch of learners to verify. Rule: "verification batches"."""
    call = admit(where, claim_of(request), Service.BATCH)
    answer = _submit(call, Operation.SUBMIT_VERIFY_BATCH, JobKind.VERIFICATION, request, email=request.OrgEmail)
    return make(verify_messages.VerifyBatchResp, **answer)


def _submit(
    call: Call, operation: Operation, kind: JobKind, request: Any, *, mode: str = "", email: str | None = None
) -> dict[str, Any]:
    if request.LearnerRecordCount != len(request.Learner):
        code = ResponseCode.WRONG_RECORD_COUNT
        call.register.store.audit_later(call.entry(operation, code))
        return {"ResponseCode": code.value, "JobID": 0}
    records = [jobs.record_values(learner) for learner in request.Learner]
    job_id = jobs.submit(call, operation, kind, records, mode=mode, email=email)
    return {"ResponseCode": ResponseCode.BATCH_ACCEPTED.value, "JobID": job_id}


def get_batch_output(where: Register, request: Any) -> Any:
    """Tell how a batch of learners stands and, once it is finished, what became of each. Rule: "batch outputs"."""
    call = admit(where, claim_of(request), Service.BATCH)
    with where.store.reading() as work:
        job = jobs.find_job(call, JobKind.REGISTRATION, request.JobID, work)
        counts = _counts(work.jobs.counts(job.job_id)) if job is not None and job.is_finished else {}
        results = jobs.outcomes(job, work)
    jobs.audit_output(call, Operation.GET_BATCH_OUTPUT, job, request.JobID, results)
    learners = [_output_learner(*outcome) for outcome in results]
    return make(batch_messages.BatchOutputResp, **_progress(job), **counts, Learner=learners)


def get_verify_batch_output(where: Register, request: Any) -> Any:
    """Tell how a batch of learners to verify stands and, once it is finished, what each verification came to."""
    call = admit(where, claim_of(request), Service.BATCH)
    with where.store.reading() as work:
        job = jobs.find_job(call, JobKind.VERIFICATION, request.JobID, work)
        results = jobs.outcomes(job, work)
    jobs.audit_output(call, Operation.GET_VERIFY_BATCH_OUTPUT, job, request.JobID, results)
    learners = [_verified_learner(*outcome) for outcome in results]
    return make(verify_messages.VerifyBatchOutputResp, **_progress(job), VerifiedLearner=learners)


def _progress(job: Job | None) -> dict[str, str | None]:
    if job is None:
        return {"ResponseCode": jobs.code_of(job).value}
    return {
        "ResponseCode": jobs.code_of(job).value,
        "JobStatus": job.status.value,
        "JobStartedDateTime": _moment(job.started_at),
        "JobFinishedDateTime": _moment(job.finished_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else None


def _counts(by_code: Mapping[str, int]) -> dict[str, int]:
    counts = dict.fromkeys(COUNTS.values(), 0)
    for code, number in by_code.items():
        counts[COUNTS[counts_as(code)]] += number
    return counts


def _output_learner(values: Values, result: Result) -> Any:
    uln = {"ULN": result.uln} if result.uln else {}
    return make(learner_messages.OutputBatchLearner, **{**values, **uln}, ReturnCode=result.code)


def _verified_learner(values: Values, result: Result) -> Any:
    searched = {f"Searched{name}": values.get(name) for name in SEARCHED}
    return make(
        learner_messages.MIAPVerifiedBatchLearner,
        MISIdentifier=values.get("MISIdentifier"),
        **searched,
        ResponseCode=result.code,
        **result.facts.get("stored", {}),
        FailureFlag=result.facts.get("FailureFlag", []),
    )
