"""Registering and updating learners: namespace `http://api.lrs.miap.gov.uk/regmsg`."""

from lrs_soap.services import ns
from lrs_soap.services.messages.learner import LearnerToRegister, LearnerToUpdate
from lrs_soap.services.messages.members import part, text
from lrs_soap.services.spyne_support import ComplexModel


class BaseLearnerServiceRequestPart(ComplexModel):
    __namespace__ = ns.REGISTER


class BaseLearnerServiceRqst(BaseLearnerServiceRequestPart):
    __namespace__ = ns.REGISTER

    OrganisationRef = text(required=True, nillable=True)
    UKPRN = text(required=True, nillable=True)
    OrgPassword = text()
    UserName = text()


class LearnerServiceWrappedResponse(ComplexModel):
    __namespace__ = ns.REGISTER


class RegisterSingleLearnerRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.REGISTER

    Learner = part(LearnerToRegister)


class RegisterSingleLearnerResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.REGISTER

    ResponseCode = text()
    ULN = text()


class UpdateLearnerRqst(BaseLearnerServiceRqst):
    __namespace__ = ns.REGISTER

    Learner = part(LearnerToUpdate)


class UpdateLearnerResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.REGISTER

    ResponseCode = text()
