"""Finding learners: namespace `http://api.lrs.miap.gov.uk/findmsg`."""

from lrs_soap.services import ns
from lrs_soap.services.messages.learner import Learner
from lrs_soap.services.messages.members import part, text
from lrs_soap.services.spyne_support import ComplexModel


class BaseLearnerServiceRequestPart(ComplexModel):
    __namespace__ = ns.FIND


class BaseFindLearnerServiceRqst(BaseLearnerServiceRequestPart):
    __namespace__ = ns.FIND

    FindType = text()
    OrganisationRef = text(required=True, nillable=True)
    UKPRN = text(required=True, nillable=True)
    OrgPassword = text()
    UserName = text()


class LearnerServiceWrappedResponse(ComplexModel):
    __namespace__ = ns.FIND


class LearnerByULNRqst(BaseFindLearnerServiceRqst):
    __namespace__ = ns.FIND

    ULN = text()
    FamilyName = text()
    GivenName = text()


class FindLearnerResp(LearnerServiceWrappedResponse):
    __namespace__ = ns.FIND

    ResponseCode = text()
    ULN = text()
    FamilyName = text()
    GivenName = text()
    DateOfBirth = text()
    Gender = text()
    LastKnownPostCode = text()
    PreviousFamilyName = text()
    SchoolAtAge16 = text()
    PlaceOfBirth = text()
    EmailAddress = text()
    Learner = part(Learner, many=True)


class LearnerByDemographicsRqst(BaseFindLearnerServiceRqst):
    __namespace__ = ns.FIND

    FamilyName = text()
    GivenName = text()
    DateOfBirth = text()
    Gender = text()
    LastKnownPostCode = text()
    PreviousFamilyName = text(required=True, nillable=True)
    SchoolAtAge16 = text(required=True, nillable=True)
    PlaceOfBirth = text(required=True, nillable=True)
    EmailAddress = text(required=True, nillable=True)
