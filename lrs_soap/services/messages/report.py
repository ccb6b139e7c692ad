"""Verifying learners and retrieving ULNs: namespace `http://api.lrs.miap.gov.uk/reportmsg`."""

from lrs_soap.services import ns
from lrs_soap.services.messages.learner import MIAPLearnerToVerify, MIAPRetrievedULN, MIAPVerifiedLearner
from lrs_soap.services.messages.members import part, text
from lrs_soap.services.spyne_support import ComplexModel


class BaseLearnerServiceRequestPart(ComplexModel):
    __namespace__ = ns.REPORT


class BaseLearnerServiceRqst(BaseLearnerServiceRequestPart):
    __namespace__ = ns.REPORT

    OrganisationRef = text(required=True, nillable=True)
    UKPRN = text(required=True, nillable=True)
    OrgPassword = text()
    UserName = text()


class LearnerServiceWrappedResponse(ComplexModel):
    __namespace__ = ns.REPORT


class ArrayOfString(ComplexModel):
    __namespace__ = ns.REPORT

    ULN = text(many=True)


class ArrayOfMIAPRetrievedULN(ComplexModel):
    __namespace__ = ns.REPORT

    VerifiedULN = part(MIAPRetrievedULN, many=True)


class RetrieveULNsRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.REPORT

    ULNsToRetrieve = part(ArrayOfString)


class RetrieveULNsResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.REPORT

    RetrievedULNs = part(ArrayOfMIAPRetrievedULN)


class VerifyLearnerRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.REPORT

    LearnerToVerify = part(MIAPLearnerToVerify)


class VerifyLearnerResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.REPORT

    VerifiedLearner = part(MIAPVerifiedLearner)
