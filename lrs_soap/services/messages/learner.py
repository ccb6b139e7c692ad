"""Learners as messages carry them: namespace `http://api.lrs.miap.gov.uk/learner`."""

from lrs_soap.services import ns
from lrs_soap.services.messages.members import integer, part, text
from lrs_soap.services.spyne_support import ComplexModel


class BaseLearnerServiceRequestPart(ComplexModel):
    __namespace__ = ns.LEARNER


class ArrayOfString(ComplexModel):
    __namespace__ = ns.LEARNER

    ULN = text(many=True)


class Learner(ComplexModel):
    __namespace__ = ns.LEARNER

    CreatedDate = text()
    LastUpdatedDate = text()
    ULN = text()
    MasterSubstituted = text()
    Title = text()
    GivenName = text()
    MiddleOtherName = text()
    FamilyName = text()
    PreferredGivenName = text()
    PreviousFamilyName = text()
    FamilyNameAtAge16 = text()
    SchoolAtAge16 = text()
    LastKnownAddressLine1 = text()
    LastKnownAddressLine2 = text()
    LastKnownAddressTown = text()
    LastKnownAddressCountyOrCity = text()
    LastKnownPostCode = text()
    DateOfAddressCapture = text()
    DateOfBirth = text()
    PlaceOfBirth = text()
    Gender = text()
    EmailAddress = text()
    Nationality = text()
    ScottishCandidateNumber = text()
    VerificationType = text()
    OtherVerificationDescription = text()
    TierLevel = text()
    AbilityToShare = text()
    LearnerStatus = text()
    LinkedULNs = part(ArrayOfString, ns.LEARNER)
    Notes = text()
    VersionNumber = integer(required=True)


class LearnerToRegister(BaseLearnerServiceRequestPart):
    __namespace__ = ns.LEARNER

    Title = text()
    GivenName = text()
    MiddleOtherName = text()
    FamilyName = text()
    PreferredGivenName = text()
    PreviousFamilyName = text()
    FamilyNameAtAge16 = text()
    SchoolAtAge16 = text()
    LastKnownAddressLine1 = text()
    LastKnownAddressLine2 = text()
    LastKnownAddressTown = text()
    LastKnownAddressCountyOrCity = text()
    LastKnownPostCode = text()
    DateOfAddressCapture = text()
    DateOfBirth = text()
    PlaceOfBirth = text()
    Gender = text()
    EmailAddress = text()
    Nationality = text()
    ScottishCandidateNumber = text()
    VerificationType = text()
    OtherVerificationDescription = text()
    AbilityToShare = text()
    Notes = text()


class LearnerToUpdate(LearnerToRegister):
    __namespace__ = ns.LEARNER

    ULN = text()
    VersionNumber = integer(required=True)


class BatchLearner(BaseLearnerServiceRequestPart):
    __namespace__ = ns.LEARNER

    ULN = text()
    MISIdentifier = text()
    Title = text()
    GivenName = text()
    PreferredGivenName = text()
    MiddleOtherName = text()
    FamilyName = text()
    PreviousFamilyName = text()
    FamilyNameAtAge16 = text()
    SchoolAtAge16 = text()
    LastKnownAddressLine1 = text()
    LastKnownAddressLine2 = text()
    LastKnownAddressTown = text()
    LastKnownAddressCountyOrCity = text()
    LastKnownPostCode = text()
    DateOfAddressCapture = text()
    DateOfBirth = text()
    PlaceOfBirth = text()
    EmailAddress = text()
    Gender = text()
    Nationality = text()
    ScottishCandidateNumber = text()
    AbilityToShare = text()
    VerificationType = text()
    OtherVerificationDescription = text()
    Notes = text()


class OutputBatchLearner(BatchLearner):
    __namespace__ = ns.LEARNER

    ReturnCode = text()


class MIAPBatchLearnerToVerify(BaseLearnerServiceRequestPart):
    __namespace__ = ns.LEARNER

    MISIdentifier = text()
    ULN = text()
    FamilyName = text()
    GivenName = text()
    DateOfBirth = text(required=True, nillable=True)
    Gender = text(required=True, nillable=True)


class MIAPVerifiedBatchLearner(ComplexModel):
    __namespace__ = ns.LEARNER

    MISIdentifier = text()
    SearchedULN = text()
    SearchedFamilyName = text()
    SearchedGivenName = text()
    SearchedDateOfBirth = text()
    SearchedGender = text()
    ResponseCode = text()
    ULN = text()
    FamilyName = text()
    GivenName = text()
    DateOfBirth = text()
    Gender = text()
    FailureFlag = text(many=True)


class MIAPLearnerToVerify(BaseLearnerServiceRequestPart):
    __namespace__ = ns.LEARNER

    ULN = text()
    FamilyName = text()
    GivenName = text()
    DateOfBirth = text(required=True, nillable=True)
    Gender = text(required=True, nillable=True)


class MIAPVerifiedLearner(ComplexModel):
    __namespace__ = ns.LEARNER

    SearchedULN = text()
    SearchedFamilyName = text()
    SearchedGivenName = text()
    SearchedDateOfBirth = text()
    SearchedGender = text()
    ResponseCode = text()
    ULN = text()
    FamilyName = text()
    GivenName = text()
    DateOfBirth = text()
    Gender = text()
    FailureFlag = text(many=True)


class MIAPRetrievedULN(ComplexModel):
    __namespace__ = ns.LEARNER

    ULN = text()
    MasterULN = text()
    ResponseCode = text()
    FamilyName = text()
    GivenName = text()
    DateOfBirth = text()
    Gender = text()
