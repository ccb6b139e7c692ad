"""LearnerService.svc: the operations on learners under the names of the live service."""

from lrs_soap.services import operations, operations_batch
from lrs_soap.services.messages import batch, find, register, report, verify_batch
from lrs_soap.services.publishing import Exchange, publish
from lrs_soap.services.spyne_support import Service

LEARNER_BY_ULN = Exchange(
    find.LearnerByULNRqst,
    "FindLearnerByULN",
    find.FindLearnerResp,
    "FindLearnerResponse",
    operations.learner_by_uln,
)
LEARNER_BY_DEMOGRAPHICS = Exchange(
    find.LearnerByDemographicsRqst,
    "FindLearnerByDemographics",
    find.FindLearnerResp,
    "FindLearnerResponse",
    operations.learner_by_demographics,
)
REGISTER_LEARNER = Exchange(
    register.RegisterSingleLearnerRqst,
    "RegisterLearner",
    register.RegisterSingleLearnerResp,
    "RegisterLearnerResponse",
    operations.register_learner,
)
UPDATE_LEARNER = Exchange(
    register.UpdateLearnerRqst,
    "UpdateLearner",
    register.UpdateLearnerResp,
    "UpdateLearnerResponse",
    operations.update_learner,
)
SUBMIT_BATCH = Exchange(
    batch.BatchRegistrationRqst,
    "SubmitBatch",
    batch.BatchRegistrationResp,
    "SubmitBatchResponse",
    operations_batch.submit_batch,
)
GET_BATCH_OUTPUT = Exchange(
    batch.BatchOutputRqst,
    "GetSubmitBatchOutput",
    batch.BatchOutputResp,
    "GetSubmitBatchOutputResponse",
    operations_batch.get_batch_output,
)
SUBMIT_VERIFY_BATCH = Exchange(
    verify_batch.VerifyBatchRqst,
    "SubmitVerifyBatch",
    verify_batch.VerifyBatchResp,
    "SubmitVerifyBatchResponse",
    operations_batch.submit_verify_batch,
)
GET_VERIFY_BATCH_OUTPUT = Exchange(
    verify_batch.VerifyBatchOutputRqst,
    "GetVerifyBatchOutput",
    verify_batch.VerifyBatchOutputResp,
    "GetVerifyBatchOutputResponse",
    operations_batch.get_verify_batch_output,
)
VERIFY_LEARNER = Exchange(
    report.VerifyLearnerRqst,
    "VerifyLearner",
    report.VerifyLearnerResp,
    "VerifyLearnerResponse",
    operations.verify_learner,
)
RETRIEVE_ULNS = Exchange(
    report.RetrieveULNsRqst,
    "RetrieveULNs",
    report.RetrieveULNsResp,
    "RetrieveULNsResponse",
    operations.retrieve_ulns,
)


class LearnerService(Service):
    """The operations of LearnerService.svc."""

    learnerByULN = publish(LEARNER_BY_ULN)  # noqa: N815
    learnerByDemographics = publish(LEARNER_BY_DEMOGRAPHICS)  # noqa: N815
    registerSingleLearner = publish(REGISTER_LEARNER)  # noqa: N815
    updateSingleLearner = publish(UPDATE_LEARNER)  # noqa: N815
    submitBatchRegistration = publish(SUBMIT_BATCH)  # noqa: N815
    getBatchRegistrationOutput = publish(GET_BATCH_OUTPUT)  # noqa: N815
    submitVerifyBatch = publish(SUBMIT_VERIFY_BATCH)  # noqa: N815
    getVerifyBatchOutput = publish(GET_VERIFY_BATCH_OUTPUT)  # noqa: N815
    verifyLearner = publish(VERIFY_LEARNER)  # noqa: N815
    retrieveULNs = publish(RETRIEVE_ULNS)  # noqa: N815
