"""Structures of the data contracts that R9 messages carry: callers and whole learners."""

from lrs_soap.services import ns
from lrs_soap.services.messages.members import boolean, enumerated, integer, moment, part, text
from lrs_soap.services.spyne_support import ComplexModel


class InvokingOrganisation(ComplexModel):
    __namespace__ = ns.COMMON

    ChannelCode = enumerated("ChannelCode", ns.MODEL, ns.COMMON)
    Estab = integer(ns.COMMON, nillable=True)
    LaNumber = integer(ns.COMMON, nillable=True)
    Password = text(ns.COMMON, nillable=True)
    Reference = text(ns.COMMON, nillable=True)
    Ukprn = text(ns.COMMON, nillable=True)
    Username = text(ns.COMMON, nillable=True)


class InvokingOrganisationR10(ComplexModel):
    __namespace__ = ns.INTERFACE

    OrganisationRef = text(ns.INTERFACE, nillable=True)
    Password = text(ns.INTERFACE, nillable=True)
    Ukprn = text(ns.INTERFACE, nillable=True)
    Username = text(ns.INTERFACE, nillable=True)


class ArrayOfstring(ComplexModel):
    __namespace__ = ns.ARRAYS

    string = text(ns.ARRAYS, nillable=True, many=True)


class BusinessObject(ComplexModel):
    __namespace__ = ns.ENTITIES


class Learner(BusinessObject):
    __namespace__ = ns.MIAP_MODEL

    AbilityToShare = integer(ns.MIAP_MODEL)
    AtsLearnerPreference = enumerated("char", ns.SERIALIZATION, ns.MIAP_MODEL, nillable=True)
    BirthDateVerification = integer(ns.MIAP_MODEL)
    CountryOfAddress = text(ns.MIAP_MODEL, nillable=True)
    CountryOfBirth = text(ns.MIAP_MODEL, nillable=True)
    CountryOfDomicle = text(ns.MIAP_MODEL, nillable=True)
    CountryOfLastKnownAddress = text(ns.MIAP_MODEL, nillable=True)
    CreatedDate = moment(ns.MIAP_MODEL)
    CreatedViaChannel = integer(ns.MIAP_MODEL)
    DateOfAddressCapture = moment(ns.MIAP_MODEL, nillable=True)
    DateOfBirth = moment(ns.MIAP_MODEL)
    DateOfDeath = moment(ns.MIAP_MODEL, nillable=True)
    DeathDateVerification = integer(ns.MIAP_MODEL)
    Deceased = integer(ns.MIAP_MODEL)
    DeceasedDate = moment(ns.MIAP_MODEL, nillable=True)
    DisabilityCode = integer(ns.MIAP_MODEL)
    EmailAddress = text(ns.MIAP_MODEL, nillable=True)
    EthnicityCode = text(ns.MIAP_MODEL, nillable=True)
    EthnicityVerification = integer(ns.MIAP_MODEL)
    EtlLoadId = integer(ns.MIAP_MODEL, nillable=True)
    FamilyName = text(ns.MIAP_MODEL, nillable=True)
    FamilyNameAt16 = text(ns.MIAP_MODEL, nillable=True)
    FamilyNameFirst = boolean(ns.MIAP_MODEL, nillable=True)
    FirstEstablismentId = integer(ns.MIAP_MODEL)
    Gender = integer(ns.MIAP_MODEL)
    GivenName = text(ns.MIAP_MODEL, nillable=True)
    InReceiptOfDsa = integer(ns.MIAP_MODEL)
    Initials = text(ns.MIAP_MODEL, nillable=True)
    LastCompiledLearnerPlanReport = moment(ns.MIAP_MODEL, nillable=True)
    LastCompiledLearnerRecordReport = moment(ns.MIAP_MODEL, nillable=True)
    LastKnownAddressChanged = boolean(ns.MIAP_MODEL)
    LastKnownAddressCountyOrCity = text(ns.MIAP_MODEL, nillable=True)
    LastKnownAddressLine1 = text(ns.MIAP_MODEL, nillable=True)
    LastKnownAddressLine2 = text(ns.MIAP_MODEL, nillable=True)
    LastKnownAddressQualififer = integer(ns.MIAP_MODEL)
    LastKnownAddressTown = text(ns.MIAP_MODEL, nillable=True)
    LastKnownGender = integer(ns.MIAP_MODEL)
    LastKnownPostCode = text(ns.MIAP_MODEL, nillable=True)
    LastUpdatedAction = text(ns.MIAP_MODEL, nillable=True)
    LastUpdatedDate = moment(ns.MIAP_MODEL)
    LastUpdatedLrbUsername = text(ns.MIAP_MODEL, nillable=True)
    LastUpdatedLrsUsername = text(ns.MIAP_MODEL, nillable=True)
    LastUpdatedSearchKey = integer(ns.MIAP_MODEL, nillable=True)
    LastUpdatedViaChannel = integer(ns.MIAP_MODEL)
    LearningDifficultyCode = integer(ns.MIAP_MODEL)
    LinkedUlns = part(ArrayOfstring, ns.MIAP_MODEL, nillable=True)
    ManualUpdate = boolean(ns.MIAP_MODEL)
    MaritalStatus = integer(ns.MIAP_MODEL)
    MaritalStatusVerification = integer(ns.MIAP_MODEL)
    MasterUln = text(ns.MIAP_MODEL, nillable=True)
    MiddleOtherName = text(ns.MIAP_MODEL, nillable=True)
    NameSuffix = text(ns.MIAP_MODEL, nillable=True)
    NationalInsuranceNumber = text(ns.MIAP_MODEL, nillable=True)
    Nationality = text(ns.MIAP_MODEL, nillable=True)
    NextDataChallengeNo = integer(ns.MIAP_MODEL, nillable=True)
    NormalisedFamilyName = text(ns.MIAP_MODEL, nillable=True)
    NormalisedGivenName = text(ns.MIAP_MODEL, nillable=True)
    NormalisedOtherNames = text(ns.MIAP_MODEL, nillable=True)
    NormalisedPerferredGivenName = text(ns.MIAP_MODEL, nillable=True)
    NormalisedPreviousFamilyName = text(ns.MIAP_MODEL, nillable=True)
    Notes = text(ns.MIAP_MODEL, nillable=True)
    OtherVerificationDescription = text(ns.MIAP_MODEL, nillable=True)
    PlaceOfBirth = text(ns.MIAP_MODEL, nillable=True)
    PotentialDuplicateSearchKey = integer(ns.MIAP_MODEL, nillable=True)
    PreferredFamilyFirstNameFirst = boolean(ns.MIAP_MODEL, nillable=True)
    PreferredFamilyName = text(ns.MIAP_MODEL, nillable=True)
    PreferredGivenName = text(ns.MIAP_MODEL, nillable=True)
    PreviousFamilyName = text(ns.MIAP_MODEL, nillable=True)
    ReasonForDeletion = text(ns.MIAP_MODEL, nillable=True)
    RecordStatus = integer(ns.MIAP_MODEL)
    ReferenceNumber = text(ns.MIAP_MODEL, nillable=True)
    RegisteredByOrganisationRef = text(ns.MIAP_MODEL, nillable=True)
    RestrictedUse = boolean(ns.MIAP_MODEL, nillable=True)
    SchoolAtAge16 = text(ns.MIAP_MODEL, nillable=True)
    ScottishCandidateNumber = text(ns.MIAP_MODEL, nillable=True)
    SecretQuestionId = integer(ns.MIAP_MODEL, nillable=True)
    SecurityAnswer = text(ns.MIAP_MODEL, nillable=True)
    SenType = integer(ns.MIAP_MODEL)
    SequentialVersionNumber = integer(ns.MIAP_MODEL)
    TelephoneNumber = text(ns.MIAP_MODEL, nillable=True)
    TierLevel = integer(ns.MIAP_MODEL)
    Title = text(ns.MIAP_MODEL, nillable=True)
    Uln = text(ns.MIAP_MODEL, nillable=True)
    UniqueCandidateIdentifier = text(ns.MIAP_MODEL, nillable=True)
    UniquePupilNumber = text(ns.MIAP_MODEL, nillable=True)
    VerificationType = integer(ns.MIAP_MODEL)
    VersionNumber = integer(ns.MIAP_MODEL)
