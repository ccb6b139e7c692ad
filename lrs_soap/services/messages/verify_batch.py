"""Batches of learners to verify: namespace `http://api.lrs.miap.gov.uk/vldmsg`."""

from lrs_soap.services import ns
from lrs_soap.services.messages.learner import MIAPBatchLearnerToVerify, MIAPVerifiedBatchLearner
from lrs_soap.services.messages.members import integer, long, part, text
from lrs_soap.services.spyne_support import ComplexModel


class BaseLearnerServiceRequestPart(ComplexModel):
    __namespace__ = ns.VERIFY_BATCH


class BaseLearnerServiceRqst(BaseLearnerServiceRequestPart):
    __namespace__ = ns.VERIFY_BATCH

    OrganisationRef = text(required=True, nillable=True)
    UKPRN = text(required=True, nillable=True)
    OrgPassword = text()
    UserName = text()


class LearnerServiceWrappedResponse(ComplexModel):
    __namespace__ = ns.VERIFY_BATCH


class VerifyBatchRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.VERIFY_BATCH

    LearnerRecordCount = integer(required=True)
    OrgEmail = text(required=True, nillable=True)
    Learner = part(MIAPBatchLearnerToVerify, many=True)


class VerifyBatchResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.VERIFY_BATCH

    ResponseCode = text()
    JobID = long(required=True)


class VerifyBatchOutputRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.VERIFY_BATCH

    JobID = long(required=True)


class VerifyBatchOutputResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.VERIFY_BATCH

    ResponseCode = text()
    JobStatus = text()
    JobStartedDateTime = text()
    JobFinishedDateTime = text()
    VerifiedLearner = part(MIAPVerifiedBatchLearner, many=True)
