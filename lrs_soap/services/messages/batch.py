"""Batches of learners to find and register: namespace `http://api.lrs.miap.gov.uk/batchmsg`."""

from lrs_soap.services import ns
from lrs_soap.services.messages.learner import BatchLearner, OutputBatchLearner
from lrs_soap.services.messages.members import integer, long, part, text
from lrs_soap.services.spyne_support import ComplexModel


class BaseLearnerServiceRequestPart(ComplexModel):
    __namespace__ = ns.BATCH


class BaseLearnerServiceRqst(BaseLearnerServiceRequestPart):
    __namespace__ = ns.BATCH

    OrganisationRef = text(required=True, nillable=True)
    UKPRN = text(required=True, nillable=True)
    OrgPassword = text()
    UserName = text()


class LearnerServiceWrappedResponse(ComplexModel):
    __namespace__ = ns.BATCH


class BatchRegistrationRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.BATCH

    JobType = text()
    LearnerRecordCount = integer(required=True)
    Learner = part(BatchLearner, many=True)


class BatchRegistrationResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.BATCH

    ResponseCode = text()
    JobID = long(required=True)


class BatchOutputRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.BATCH

    JobID = long(required=True)


class BatchOutputResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.BATCH

    ResponseCode = text()
    JobStatus = text()
    NewLearnersCount = integer()
    ExistsUpdatedLearnersCount = integer()
    PossibleMatchLearnersCount = integer()
    LearnersNotFoundCount = integer()
    RejectedLearnersCount = integer()
    JobStartedDateTime = text()
    JobFinishedDateTime = text()
    Learner = part(OutputBatchLearner, many=True)
