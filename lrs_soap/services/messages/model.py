"""Answers of R9 and ExternalService and their parts: namespace `http://api.lrs.qcf.gov.uk/model`."""

from lrs_soap.services import ns
from lrs_soap.services.messages import datacontract
from lrs_soap.services.messages.members import enumerated, integer, long, moment, number, part, text
from lrs_soap.services.spyne_support import ComplexModel


class ServiceResponseR9(ComplexModel):
    __namespace__ = ns.MODEL

    ResponseCode = text(ns.MODEL, nillable=True)


class LearningEvent(ComplexModel):
    __namespace__ = ns.MODEL

    AchievementAwardDate = text(ns.MODEL, nillable=True)
    AchievementProviderName = text(ns.MODEL, nillable=True)
    AchievementProviderUkprn = text(ns.MODEL, nillable=True)
    AwardingOrganisationName = text(ns.MODEL, nillable=True)
    AwardingOrganisationUkprn = text(ns.MODEL, nillable=True)
    CollectionType = text(ns.MODEL, nillable=True)
    Credits = long(ns.MODEL)
    DateLoaded = text(ns.MODEL, nillable=True)
    Grade = text(ns.MODEL, nillable=True)
    ID = integer(ns.MODEL)
    LanguageForAssessment = text(ns.MODEL, nillable=True)
    Level = text(ns.MODEL, nillable=True)
    ParticipationEndDate = text(ns.MODEL, nillable=True)
    ParticipationStartDate = text(ns.MODEL, nillable=True)
    QualificationType = text(ns.MODEL, nillable=True)
    Restriction = text(ns.MODEL, nillable=True)
    ReturnNumber = text(ns.MODEL, nillable=True)
    Source = text(ns.MODEL, nillable=True)
    Status = text(ns.MODEL, nillable=True)
    Subject = text(ns.MODEL, nillable=True)
    SubjectCode = text(ns.MODEL, nillable=True)
    UnderDataChallenge = text(ns.MODEL, nillable=True)


class ArrayOfLearningEvent(ComplexModel):
    __namespace__ = ns.MODEL

    LearningEvent = part(LearningEvent, ns.MODEL, nillable=True, many=True)


class GetLearnerLearningEventsResponse(ServiceResponseR9):
    __namespace__ = ns.MODEL

    FoundULN = text(ns.MODEL, nillable=True)
    IncomingULN = text(ns.MODEL, nillable=True)
    LearnerRecord = part(ArrayOfLearningEvent, ns.MODEL, nillable=True)


class LearnerByUlnResponse(ServiceResponseR9):
    __namespace__ = ns.MODEL

    FamilyName = text(ns.MODEL, nillable=True)
    GivenName = text(ns.MODEL, nillable=True)
    Learner = part(datacontract.Learner, ns.MODEL, nillable=True)
    Uln = text(ns.MODEL, nillable=True)


class PlrAccessEntryResponse(ComplexModel):
    __namespace__ = ns.MODEL

    Action = text(ns.MODEL, nillable=True)
    DateTime = moment(ns.MODEL)
    Organisation = text(ns.MODEL, nillable=True)
    User = text(ns.MODEL, nillable=True)


class ArrayOfPlrAccessEntryResponse(ComplexModel):
    __namespace__ = ns.MODEL

    PlrAccessEntryResponse = part(PlrAccessEntryResponse, ns.MODEL, nillable=True, many=True)


class PagedListOfPlrAccessEntryResponseN4dIIFC_S(ComplexModel):  # noqa: N801 - the contract's own name
    __namespace__ = ns.MODEL

    List = part(ArrayOfPlrAccessEntryResponse, ns.MODEL, nillable=True)
    PageCount = integer(ns.MODEL)
    PageIndex = integer(ns.MODEL)
    PageSize = integer(ns.MODEL)
    SortIndex = integer(ns.MODEL)
    SortOrder = integer(ns.MODEL)
    TotalItems = integer(ns.MODEL)


class GetOrganisationResponse(ServiceResponseR9):
    __namespace__ = ns.MODEL

    DisplayName = text(ns.MODEL, nillable=True)
    OrgRef = text(ns.MODEL, nillable=True)
    Status = text(ns.MODEL, nillable=True)
    Ukprn = text(ns.MODEL, nillable=True)


class BusinessObject(ComplexModel):
    __namespace__ = ns.MODEL


class User(BusinessObject):
    __namespace__ = ns.MODEL

    OrgPassword = text(ns.MODEL, nillable=True)
    OrganisationRef = text(ns.MODEL, nillable=True)
    UserName = text(ns.MODEL, nillable=True)


class SubmitAchievementBatchJobResponse(ServiceResponseR9):
    __namespace__ = ns.MODEL

    JobId = integer(ns.MODEL)


class AchievementBatchJobResponse(ServiceResponseR9):
    __namespace__ = ns.MODEL

    AchievementBatchErrorFile = text(ns.MODEL, nillable=True)
    AchievementsCreated = integer(ns.MODEL, nillable=True)
    AchievementsPromotedToFinal = integer(ns.MODEL, nillable=True)
    AchievementsReinstated = integer(ns.MODEL, nillable=True)
    AchievementsUpdated = integer(ns.MODEL, nillable=True)
    AchievementsWithdrawn = integer(ns.MODEL, nillable=True)
    BusinessRuleErrors = integer(ns.MODEL, nillable=True)
    Duration = text(ns.MODEL, nillable=True)
    EndDate = moment(ns.MODEL, nillable=True)
    FieldDataErrors = integer(ns.MODEL, nillable=True)
    Filename = text(ns.MODEL, nillable=True)
    JobID = integer(ns.MODEL)
    LearnerDataErrors = integer(ns.MODEL, nillable=True)
    NumberOfRecords = integer(ns.MODEL, nillable=True)
    PercentageSuccessfulRecords = number(ns.MODEL, nillable=True)
    RejectionReason = text(ns.MODEL, nillable=True)
    StartDate = moment(ns.MODEL, nillable=True)
    Status = enumerated("AchievementBatchJobStatus", ns.MODEL, ns.MODEL)
    SubmittedDate = moment(ns.MODEL, nillable=True)
    SuccessfulFinalAchievements = integer(ns.MODEL, nillable=True)
    SuccessfulProvisionalAchievements = integer(ns.MODEL, nillable=True)
    Type = text(ns.MODEL, nillable=True)
    User = text(ns.MODEL, nillable=True)
