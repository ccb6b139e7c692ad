"""Answers that the service gives on other days: a batch still at work, a learner changed since, a record not shown."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from lrs_soap.domain.codes import ErrorCode, ResponseCode, Service
from lrs_soap.domain.jobs import JobStatus
from lrs_soap.services import observing, operations_batch, operations_external
from lrs_soap.services.messages import batch, external, model, r9, verify_batch
from lrs_soap.services.messages.members import make
from lrs_soap.services.messages.register import UpdateLearnerResp
from lrs_soap.services.register import Register, admit
from lrs_soap.services.translate import members
from lrs_soap.testbench.scenarios.effects import StandsAside
from lrs_soap.testbench.scenarios.facts import claim_of

UNFINISHED: Final = ResponseCode.BATCH_NOT_FINISHED
OUTPUTS: Final[Mapping[type, Callable[[Register, Any], Any]]] = {
    batch.BatchOutputRqst: operations_batch.get_batch_output,
    verify_batch.VerifyBatchOutputRqst: operations_batch.get_verify_batch_output,
    external.GetAchievementBatchJob: operations_external.get_achievement_job,
}
BEGUN: Final = ("JobID", "NumberOfRecords", "StartDate", "SubmittedDate", "Type", "User")


def unfinished_output(register: Register, request: Any) -> Any:
    """Return the output of a batch that is still at work. Stands aside when the caller has no such batch."""
    answer = OUTPUTS[type(request)](register, request)
    told = members(answer)
    result = told.get("GetAchievementBatchJobResult")
    if (told if result is None else members(result))["ResponseCode"] == ResponseCode.UNKNOWN_JOB.value:
        raise StandsAside(answer)
    observing.note(outcome=UNFINISHED.value)
    if result is None:
        return _learners_at_work(answer, register.clock.now())
    return make(type(answer), GetAchievementBatchJobResult=_achievements_at_work(result))


def _learners_at_work(answer: Any, now: datetime) -> Any:
    started = members(answer).get("JobStartedDateTime") or f"{now:%Y-%m-%d %H:%M:%S}"
    status = JobStatus.IN_PROGRESS.value
    return make(type(answer), ResponseCode=UNFINISHED.value, JobStatus=status, JobStartedDateTime=started)


def _achievements_at_work(result: Any) -> Any:
    begun = {name: value for name, value in members(result).items() if name in BEGUN}
    begun["StartDate"] = begun["StartDate"] or begun["SubmittedDate"]
    status = JobStatus.IN_PROGRESS.value
    return make(model.AchievementBatchJobResponse, ResponseCode=UNFINISHED.value, Status=status, **begun)


def changed_since(register: Register, request: Any) -> Any:
    """Return the answer to an update of a learner whom somebody else has changed."""
    admit(register, claim_of(request), Service.UPDATE)
    code = ResponseCode.RECORD_CHANGED.value
    observing.note(outcome=code)
    if isinstance(request, r9.UpdateLearnerSubsetFields):
        return make(r9.UpdateLearnerSubsetFieldsResponse, UpdateLearnerSubsetFieldsResult=code)
    return make(UpdateLearnerResp, ResponseCode=code)


def no_learning_record(code: ErrorCode) -> Callable[[Register, Any], Any]:
    """Return what answers a request for learning events with one of the codes that are no faults there."""

    def answer(register: Register, request: Any) -> Any:
        admit(register, claim_of(request), Service.LEARNING_EVENTS)
        observing.note(outcome=code.value)
        result = make(
            model.GetLearnerLearningEventsResponse,
            ResponseCode=code.value,
            FoundULN=request.uln or "" if code is ErrorCode.NOT_SHARED else "",
            IncomingULN=request.uln or "",
            LearnerRecord=make(model.ArrayOfLearningEvent),
        )
        return make(r9.GetLearnerLearningEventsResponse, GetLearnerLearningEventsResult=result)

    return answer
