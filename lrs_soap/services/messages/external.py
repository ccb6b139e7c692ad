"""The operations of ExternalService and the achievements they carry: namespace `http://api.lrs.qcf.gov.uk/services`."""

from lrs_soap.services import ns
from lrs_soap.services.messages import model
from lrs_soap.services.messages.members import integer, moment, part, text
from lrs_soap.services.spyne_support import ComplexModel


class Achievement(ComplexModel):
    __namespace__ = ns.EXTERNAL

    AchievementAwardDate = moment(ns.EXTERNAL, required=True)
    Action = integer(ns.EXTERNAL, required=True)
    ActionDate = moment(ns.EXTERNAL, required=True)
    ActionReason = text(ns.EXTERNAL, nillable=True)
    DateofBirth = moment(ns.EXTERNAL, nillable=True)
    FamilyName = text(ns.EXTERNAL, required=True, nillable=True)
    Gender = integer(ns.EXTERNAL, nillable=True)
    GivenName = text(ns.EXTERNAL, required=True, nillable=True)
    Grade = text(ns.EXTERNAL, nillable=True)
    LanguageForAssessment = text(ns.EXTERNAL, nillable=True)
    LearnerPostcode = text(ns.EXTERNAL, nillable=True)
    MisIdentifier = text(ns.EXTERNAL, nillable=True)
    ProviderUkprn = text(ns.EXTERNAL, required=True, nillable=True)
    Uln = text(ns.EXTERNAL, required=True, nillable=True)
    UnitOrQualificationReferenceNumber = text(ns.EXTERNAL, required=True, nillable=True)


class ArrayOfAchievement(ComplexModel):
    __namespace__ = ns.EXTERNAL

    Achievement = part(Achievement, ns.EXTERNAL, nillable=True, many=True)


class SubmitAchievementBatchJob(ComplexModel):
    __namespace__ = ns.EXTERNAL

    invokingUser = part(model.User, ns.EXTERNAL, nillable=True)
    emailAddress = text(ns.EXTERNAL, nillable=True)
    submissionType = text(ns.EXTERNAL, nillable=True)
    achievements = part(ArrayOfAchievement, ns.EXTERNAL, nillable=True)


class SubmitAchievementBatchJobResponse(ComplexModel):
    __namespace__ = ns.EXTERNAL

    SubmitAchievementBatchJobResult = part(model.SubmitAchievementBatchJobResponse, ns.EXTERNAL, nillable=True)


class GetAchievementBatchJob(ComplexModel):
    __namespace__ = ns.EXTERNAL

    invokingUser = part(model.User, ns.EXTERNAL, nillable=True)
    jobId = integer(ns.EXTERNAL, nillable=True)


class GetAchievementBatchJobResponse(ComplexModel):
    __namespace__ = ns.EXTERNAL

    GetAchievementBatchJobResult = part(model.AchievementBatchJobResponse, ns.EXTERNAL, nillable=True)
