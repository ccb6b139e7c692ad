"""The operations of R9: wrappers in the namespace `http://tempuri.org/`."""

from lrs_soap.services import ns
from lrs_soap.services.messages import datacontract, model
from lrs_soap.services.messages.members import enumerated, integer, part, text
from lrs_soap.services.spyne_support import ComplexModel


class LearnerByUln(ComplexModel):
    __namespace__ = ns.TEMPURI

    invokingOrganisation = part(datacontract.InvokingOrganisation, ns.TEMPURI, required=True, nillable=True)
    userType = text(ns.TEMPURI, required=True, nillable=True)
    vendorId = integer(ns.TEMPURI, required=True)
    language = text(ns.TEMPURI, required=True, nillable=True)
    uln = text(ns.TEMPURI, required=True, nillable=True)
    givenName = text(ns.TEMPURI, required=True, nillable=True)
    familyName = text(ns.TEMPURI, required=True, nillable=True)
    findType = text(ns.TEMPURI, required=True, nillable=True)


class LearnerByUlnResponse(ComplexModel):
    __namespace__ = ns.TEMPURI

    LearnerByUlnResult = part(model.LearnerByUlnResponse, ns.TEMPURI, nillable=True)


class GetLearnerLearningEvents(ComplexModel):
    __namespace__ = ns.TEMPURI

    invokingOrganisation = part(datacontract.InvokingOrganisationR10, ns.TEMPURI, required=True, nillable=True)
    userType = text(ns.TEMPURI, required=True, nillable=True)
    vendorID = integer(ns.TEMPURI, required=True)
    language = text(ns.TEMPURI, required=True, nillable=True)
    uln = text(ns.TEMPURI, required=True, nillable=True)
    givenName = text(ns.TEMPURI, required=True, nillable=True)
    familyName = text(ns.TEMPURI, required=True, nillable=True)
    dateOfBirth = text(ns.TEMPURI, required=True, nillable=True)
    gender = text(ns.TEMPURI, required=True, nillable=True)
    getType = text(ns.TEMPURI, required=True, nillable=True)


class GetLearnerLearningEventsResponse(ComplexModel):
    __namespace__ = ns.TEMPURI

    GetLearnerLearningEventsResult = part(model.GetLearnerLearningEventsResponse, ns.TEMPURI, nillable=True)


class UpdateLearnerSubsetFields(ComplexModel):
    __namespace__ = ns.TEMPURI

    invokingOrganisation = part(datacontract.InvokingOrganisation, ns.TEMPURI, required=True, nillable=True)
    userType = text(ns.TEMPURI, required=True, nillable=True)
    vendorId = integer(ns.TEMPURI, required=True)
    language = text(ns.TEMPURI, required=True, nillable=True)
    uln = text(ns.TEMPURI, required=True, nillable=True)
    versionNumber = integer(ns.TEMPURI, required=True)
    emailAddress = text(ns.TEMPURI, required=True, nillable=True)
    telephoneNumber = text(ns.TEMPURI, required=True, nillable=True)
    abilityToShare = enumerated("AbilityToShare", ns.MODEL, ns.TEMPURI, required=True)
    schoolAtAge16 = text(ns.TEMPURI, required=True, nillable=True)
    preferredGivenName = text(ns.TEMPURI, required=True, nillable=True)


class UpdateLearnerSubsetFieldsResponse(ComplexModel):
    __namespace__ = ns.TEMPURI

    UpdateLearnerSubsetFieldsResult = text(ns.TEMPURI, nillable=True)


class ViewAudit(ComplexModel):
    __namespace__ = ns.TEMPURI

    invokingOrganisation = part(datacontract.InvokingOrganisation, ns.TEMPURI, required=True, nillable=True)
    userType = text(ns.TEMPURI, required=True, nillable=True)
    vendorId = integer(ns.TEMPURI, required=True)
    language = text(ns.TEMPURI, required=True, nillable=True)
    learnerUln = text(ns.TEMPURI, required=True, nillable=True)
    learnerGivenName = text(ns.TEMPURI, required=True, nillable=True)
    learnerFamilyName = text(ns.TEMPURI, required=True, nillable=True)
    page = integer(ns.TEMPURI, required=True)


class ViewAuditResponse(ComplexModel):
    __namespace__ = ns.TEMPURI

    ViewAuditResult = part(model.PagedListOfPlrAccessEntryResponseN4dIIFC_S, ns.TEMPURI, nillable=True)


class GetOrganisation(ComplexModel):
    __namespace__ = ns.TEMPURI

    invokingOrganisation = part(datacontract.InvokingOrganisation, ns.TEMPURI, required=True, nillable=True)
    userType = enumerated("UserType", ns.MODEL, ns.TEMPURI, required=True)
    vendorId = integer(ns.TEMPURI, required=True)
    language = text(ns.TEMPURI, required=True, nillable=True)
    ukPrn = text(ns.TEMPURI, required=True, nillable=True)
    orgRef = text(ns.TEMPURI, required=True, nillable=True)


class GetOrganisationResponse(ComplexModel):
    __namespace__ = ns.TEMPURI

    GetOrganisationResult = part(model.GetOrganisationResponse, ns.TEMPURI, nillable=True)
