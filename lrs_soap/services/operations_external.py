"""The operations of ExternalService: awarding organisations hand in achievements, and ask what became of them."""

from collections.abc import Mapping
from typing import Any, Final

from lrs_soap.domain import achievements, formats
from lrs_soap.domain.codes import ErrorCode, Operation, ResponseCode, Service, SubmissionType
from lrs_soap.domain.jobs import Job, JobKind
from lrs_soap.services import jobs
from lrs_soap.services.credentials import Claim
from lrs_soap.services.faults import RegisterFault
from lrs_soap.services.messages import external, model
from lrs_soap.services.messages.members import make
from lrs_soap.services.register import Call, Register, admit
from lrs_soap.store import UnitOfWork

MOST_ACHIEVEMENTS: Final = 5_000
ERRORS: Final = ("BusinessRuleErrors", "FieldDataErrors", "LearnerDataErrors")
COUNTERS: Final[Mapping[str, str]] = {
    "AchievementsCreated": "created",
    "AchievementsPromotedToFinal": "promoted",
    "AchievementsReinstated": "reinstated",
    "AchievementsUpdated": "updated",
    "AchievementsWithdrawn": "withdrawn",
    "BusinessRuleErrors": "business_rule_errors",
    "FieldDataErrors": "field_data_errors",
    "LearnerDataErrors": "learner_data_errors",
    "PercentageSuccessfulRecords": "percentage_successful",
    "SuccessfulFinalAchievements": "successful_final",
    "SuccessfulProvisionalAchievements": "successful_provisional",
}


def claim_of(user: Any) -> Claim:
    """Return whom an invokingUser says the request comes from; it may be absent."""
    if user is None:
        return Claim(None, None, None, None)
    return Claim(None, user.OrganisationRef, user.OrgPassword, user.UserName)


def submit_achievements(where: Register, request: Any) -> Any:
    """Take in achievements to report. Rule: "achievement batches"."""
    call = admit(where, claim_of(request.invokingUser), Service.ACHIEVEMENTS)
    records = (request.achievements and request.achievements.Achievement) or []
    _check_submission(request.emailAddress, request.submissionType, records)
    if not call.organisation.awarding:
        code = ResponseCode.NOT_AN_AWARDING_ORGANISATION
        where.store.audit_later(call.entry(Operation.SUBMIT_ACHIEVEMENTS, code))
        return _accepted(code, 0)
    job_id = jobs.submit(
        call,
        Operation.SUBMIT_ACHIEVEMENTS,
        JobKind.ACHIEVEMENTS,
        [jobs.record_values(record) for record in records],
        mode=request.submissionType,
        email=request.emailAddress,
    )
    return _accepted(ResponseCode.BATCH_ACCEPTED, job_id)


def _accepted(code: ResponseCode, job_id: int) -> Any:
    result = make(model.SubmitAchievementBatchJobResponse, ResponseCode=code.value, JobId=job_id)
    return make(external.SubmitAchievementBatchJobResponse, SubmitAchievementBatchJobResult=result)


def _check_submission(email: str | None, submission_type: str | None, records: list[Any]) -> None:
    """Raise the fault of the first thing that is wrong with a submission as a whole."""
    if not email or formats.FORMATS["EmailAddress"].breach("emailAddress", email):
        raise RegisterFault(ErrorCode.INVALID_EMAIL, "emailAddress must be one address, such as name@example.org.")
    if submission_type not in tuple(SubmissionType):
        raise RegisterFault(
            ErrorCode.INVALID_SUBMISSION_TYPE,
            f"submissionType must be {' or '.join(SubmissionType)}, in these letters.",
        )
    if all(record is None for record in records):
        raise RegisterFault(ErrorCode.NO_ACHIEVEMENTS, "achievements must hold at least one Achievement.")
    if len(records) > MOST_ACHIEVEMENTS:
        raise RegisterFault(
            ErrorCode.TOO_MANY_ACHIEVEMENTS,
            f"achievements holds {len(records):,}; send at most {MOST_ACHIEVEMENTS:,} at once.",
        )


def get_achievement_job(where: Register, request: Any) -> Any:
    """Tell how a submission of achievements stands and, once it is finished, what came of it."""
    call = admit(where, claim_of(request.invokingUser), Service.ACHIEVEMENTS)
    with where.store.reading() as work:
        job = jobs.find_job(call, JobKind.ACHIEVEMENTS, request.jobId, work)
        outcome = _outcome(call, job, work) if job is not None and job.is_finished else {}
    jobs.audit_output(call, Operation.GET_ACHIEVEMENT_JOB, job, request.jobId)
    progress = {} if job is None else _progress(job)
    answer = make(model.AchievementBatchJobResponse, ResponseCode=jobs.code_of(job).value, **progress, **outcome)
    return make(external.GetAchievementBatchJobResponse, GetAchievementBatchJobResult=answer)


def _progress(job: Job) -> dict[str, Any]:
    return {
        "Duration": _duration(job),
        "EndDate": job.finished_at,
        "JobID": job.job_id,
        "NumberOfRecords": job.record_count,
        "RejectionReason": job.reason,
        "StartDate": job.started_at,
        "Status": job.status.value,
        "SubmittedDate": job.submitted_at,
        "Type": job.mode,
        "User": job.user_name,
    }


def _duration(job: Job) -> str | None:
    if job.started_at is None or job.finished_at is None:
        return None
    # Moments of one zone are subtracted by the clock on the wall, which jumps twice a year.
    elapsed = job.finished_at.timestamp() - job.started_at.timestamp()
    minutes, seconds = divmod(max(0, int(elapsed)), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _outcome(call: Call, job: Job, work: UnitOfWork) -> dict[str, Any]:
    """Return what a finished job came to: its counters and, when there are errors, the file that lists them."""
    summary = achievements.summarise(work.jobs.counts(job.job_id), SubmissionType(job.mode))
    answer = {member: getattr(summary, name) for member, name in COUNTERS.items()}
    if not any(answer[member] for member in ERRORS):
        return answer | {"Filename": job.file_name}
    return answer | {
        "AchievementBatchErrorFile": "".join(achievements.error_file(work.jobs.records(job.job_id))),
        "Filename": job.file_name or f"AO_{call.organisation.reference}_{job.job_id}.CSV",
    }
