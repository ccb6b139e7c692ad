"""The operations of R9, one function each. Business outcomes are ordinary answers here, not faults."""

from datetime import date, datetime
from typing import Any

from lrs_soap.domain.codes import Channel, FindType, Operation, ResponseCode, Service, UserType
from lrs_soap.domain.finding import FindByUln, FoundLearner, find_by_uln
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_record import (
    AuditPage,
    LearningEvent,
    LearningRecordRequest,
    NotViewable,
    PlrAuditRequest,
    learning_record,
    view_audit,
)
from lrs_soap.domain.organisations import find_organisation
from lrs_soap.domain.uln import compact
from lrs_soap.domain.updating import LearnerUpdate, update
from lrs_soap.services.credentials import Claim
from lrs_soap.services.faults import RegisterFault
from lrs_soap.services.messages import datacontract, model, r9
from lrs_soap.services.messages.members import NIL, make
from lrs_soap.services.register import Call, Register, admit
from lrs_soap.services.translate import given, members, to_date
from lrs_soap.store import UnitOfWork

CHANNELS = {Channel.BATCH: 1, Channel.PORTAL: 2, Channel.WEB_SERVICES: 3}
# The enumeration has no value for a learner who saw the notice and withholds; NotProvided leaves what is stored.
ABILITY_TO_SHARE = {"FPNNotSeen": "0", "FPNSeenShareData": "1"}
SUBSET = {
    "emailAddress": "email_address",
    "telephoneNumber": "telephone_number",
    "schoolAtAge16": "school_at_age_16",
    "preferredGivenName": "preferred_given_name",
}
FIELD_NAMES = {
    "emailAddress": "EmailAddress",
    "schoolAtAge16": "SchoolAtAge16",
    "preferredGivenName": "PreferredGivenName",
}


def claim_of(organisation: Any) -> Claim:
    """Return whom an invokingOrganisation says the request comes from; it may be absent."""
    values = members(organisation) if organisation is not None else {}
    reference = values.get("Reference") or values.get("OrganisationRef")
    return Claim(values.get("Ukprn"), reference, values.get("Password"), values.get("Username"))


def _admit(where: Register, request: Any, service: Service) -> Call:
    return admit(where, claim_of(request.invokingOrganisation), service)


def learner_by_uln(where: Register, request: Any) -> Any:
    """Find a learner by ULN and names, with the R9 model of a learner. Rule: "find by ULN"."""
    call = _admit(where, request, Service.FIND)
    uln, given_name, family_name = _identity(request.uln, request.givenName, request.familyName)
    answer = {"Uln": uln, "GivenName": given_name or None, "FamilyName": family_name or None}
    with where.store.reading() as work:
        result = find_by_uln(FindByUln(uln, given_name, family_name), work.learners)
        learner = _learner(result.learners[0], work) if result.learners else None
    criteria = given(members(request), ("uln", "givenName", "familyName"))
    where.store.audit_later(call.entry(Operation.LEARNER_BY_ULN, result.code, result.ulns, criteria))
    shown = learner if request.findType != FindType.CHECK else None
    found = make(model.LearnerByUlnResponse, ResponseCode=result.code.value, Learner=shown, **answer)
    return make(r9.LearnerByUlnResponse, LearnerByUlnResult=found)


def _identity(uln: str | None, given_name: str | None, family_name: str | None) -> tuple[str, str, str]:
    return compact(uln or ""), given_name or "", family_name or ""


def _learner(found: FoundLearner, work: UnitOfWork) -> Any:
    learner = found.learner
    registered_by = work.organisations.by_ukprn(learner.registered_by) if learner.registered_by else None
    linked = make(datacontract.ArrayOfstring, string=list(learner.linked_ulns)) if learner.linked_ulns else None
    return make(
        datacontract.Learner,
        **_coded(learner),
        **_dated(learner),
        EmailAddress=learner.email_address,
        FamilyName=learner.family_name,
        FamilyNameAt16=learner.family_name_at_age_16,
        GivenName=learner.given_name,
        LastKnownAddressCountyOrCity=learner.last_known_address_county_or_city,
        LastKnownAddressLine1=learner.last_known_address_line_1,
        LastKnownAddressLine2=learner.last_known_address_line_2,
        LastKnownAddressTown=learner.last_known_address_town,
        LastKnownPostCode=learner.last_known_post_code,
        LinkedUlns=linked,
        MasterUln=learner.uln if found.substituted else None,
        MiddleOtherName=learner.middle_other_name,
        Nationality=learner.nationality,
        Notes=learner.notes,
        OtherVerificationDescription=learner.other_verification_description,
        PlaceOfBirth=learner.place_of_birth,
        PreferredGivenName=learner.preferred_given_name,
        PreviousFamilyName=learner.previous_family_name,
        RegisteredByOrganisationRef=registered_by.reference if registered_by else None,
        SchoolAtAge16=learner.school_at_age_16,
        ScottishCandidateNumber=learner.scottish_candidate_number,
        TelephoneNumber=learner.telephone_number,
        Title=learner.title,
        Uln=learner.uln,
        VersionNumber=learner.version,
    )


def _coded(learner: Learner) -> dict[str, int]:
    return {
        "AbilityToShare": int(learner.ability_to_share),
        "CreatedViaChannel": CHANNELS[Channel(learner.created_via)],
        "Gender": int(learner.gender),
        "LastUpdatedViaChannel": CHANNELS[Channel(learner.updated_via)],
        "RecordStatus": int(learner.status),
        "TierLevel": int(learner.tier_level),
        "VerificationType": int(learner.verification_type),
    }


def _dated(learner: Learner) -> dict[str, datetime | None]:
    captured = learner.date_of_address_capture
    return {
        "CreatedDate": learner.created_at,
        "DateOfAddressCapture": _midnight(captured) if captured else None,
        "DateOfBirth": _midnight(learner.date_of_birth),
        "LastUpdatedDate": learner.updated_at,
    }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the contract's dates carry no zone


def get_learning_events(where: Register, request: Any) -> Any:
    """Show a learner's Personal Learning Record. Rule: "learning record checks"."""
    call = _admit(where, request, Service.LEARNING_EVENTS)
    uln, given_name, family_name = _identity(request.uln, request.givenName, request.familyName)
    wanted = LearningRecordRequest(
        uln,
        given_name,
        family_name,
        to_date(request.dateOfBirth),
        request.gender or None,
        UserType(request.userType or UserType.ORGANISATION),
        brief=request.getType == "BRIEF",
    )
    criteria = given(members(request), ("uln", "givenName", "familyName", "userType", "getType"))
    # Who looked is part of the record that ViewAudit shows, so it is written before the answer leaves.
    with where.store.writing() as work:
        result = learning_record(wanted, work.learners, work.events)
        seen = (result.found_uln,) if result.found_uln else ()
        work.audit.record(call.entry(Operation.GET_LEARNING_EVENTS, result.code, seen, criteria))
    events = [_event(event, brief=wanted.brief) for event in result.events]
    record = make(model.ArrayOfLearningEvent, **({"LearningEvent": events} if events else {}))
    answer = make(
        model.GetLearnerLearningEventsResponse,
        ResponseCode=str(result.code),
        FoundULN=result.found_uln or "",
        IncomingULN=request.uln or "",
        LearnerRecord=record,
    )
    return make(r9.GetLearnerLearningEventsResponse, GetLearnerLearningEventsResult=answer)


def _event(event: LearningEvent, *, brief: bool) -> Any:
    basics = {
        "AchievementAwardDate": _day(event.award_date),
        "AchievementProviderUkprn": event.provider_ukprn,
        "Credits": event.credits,
        "Grade": event.grade,
        "ID": event.event_id,
        "Level": event.level or NIL,
        "Source": event.source,
        "Subject": event.subject,
        "SubjectCode": event.subject_code,
    }
    return make(model.LearningEvent, **basics, **({} if brief else _full(event)))


def _full(event: LearningEvent) -> dict[str, str | None]:
    return {
        "AchievementProviderName": event.provider_name,
        "AwardingOrganisationName": event.awarding_organisation_name,
        "AwardingOrganisationUkprn": event.awarding_organisation,
        "CollectionType": event.collection_type,
        "DateLoaded": f"{event.date_loaded:%Y-%m-%d %H:%M:%S}" if event.date_loaded else None,
        "LanguageForAssessment": event.language,
        "ParticipationEndDate": _day(event.participation_end) or "",
        "ParticipationStartDate": _day(event.participation_start) or "",
        "QualificationType": event.qualification_type,
        "Restriction": event.restriction,
        "ReturnNumber": event.return_number,
        "Status": event.status,
        "UnderDataChallenge": "Y" if event.under_data_challenge else "N",
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def update_subset(where: Register, request: Any) -> Any:
    """Change up to five fields of a learner, read at the version given. Rule: "update"."""
    call = _admit(where, request, Service.UPDATE)
    values = members(request)
    call.check_fields({FIELD_NAMES[name]: values[name] for name in FIELD_NAMES})
    uln = compact(request.uln or "")
    changes: dict[str, str | date | None] = {
        name: values[wire] or None for wire, name in SUBSET.items() if values[wire] is not None
    }
    if request.abilityToShare in ABILITY_TO_SHARE:
        changes["ability_to_share"] = ABILITY_TO_SHARE[request.abilityToShare]
    with where.store.writing() as work:
        wanted = LearnerUpdate(uln, request.versionNumber, changes)
        result = update(wanted, call.actor, learners=work.learners, now=call.now)
        work.audit.record(call.entry(Operation.UPDATE_SUBSET, result.code, result.ulns, {"uln": uln}))
    return make(r9.UpdateLearnerSubsetFieldsResponse, UpdateLearnerSubsetFieldsResult=result.code.value)


def view_learning_audit(where: Register, request: Any) -> Any:
    """Show who looked at a learner's record. Rule: "viewing the audit"."""
    call = _admit(where, request, Service.LEARNING_EVENTS)
    uln, given_name, family_name = _identity(request.learnerUln, request.learnerGivenName, request.learnerFamilyName)
    try:
        with where.store.reading() as work:
            page = view_audit(PlrAuditRequest(uln, given_name, family_name, request.page), work.learners, work.audit)
    except NotViewable as refusal:
        raise RegisterFault(refusal.code, f"No audit is shown for ULN '{uln[:20]}' and these names.") from None
    where.store.audit_later(call.entry(Operation.VIEW_AUDIT, ResponseCode.EXACT_MATCH, (uln,)))
    return make(r9.ViewAuditResponse, ViewAuditResult=_audit_page(page))


def _audit_page(page: AuditPage) -> Any:
    entries = [
        make(
            model.PlrAccessEntryResponse,
            Action=entry.operation,
            DateTime=entry.at,
            Organisation=entry.organisation,
            User=entry.user_name,
        )
        for entry in page.entries
    ]
    return make(
        model.PagedListOfPlrAccessEntryResponseN4dIIFC_S,
        List=make(model.ArrayOfPlrAccessEntryResponse, **({"PlrAccessEntryResponse": entries} if entries else {})),
        PageCount=page.page_count,
        PageIndex=page.page,
        PageSize=page.page_size,
        SortIndex=0,
        SortOrder=0,
        TotalItems=page.total,
    )


def get_organisation(where: Register, request: Any) -> Any:
    """Tell the name, reference, status and UKPRN of an organisation. Rule: "get organisation"."""
    call = _admit(where, request, Service.ORGANISATIONS)
    ukprn, reference = (request.ukPrn or "").strip(), (request.orgRef or "").strip()
    with where.store.reading() as work:
        found = find_organisation(work.organisations, ukprn, reference)
    code = ResponseCode.EXACT_MATCH if found else ResponseCode.NO_MATCH
    where.store.audit_later(call.entry(Operation.GET_ORGANISATION, code, (), {"ukPrn": ukprn, "orgRef": reference}))
    answer = {"ResponseCode": code.value}
    if found is not None:
        answer |= {
            "DisplayName": found.name,
            "OrgRef": found.reference,
            "Status": found.status,
            "Ukprn": found.ukprn,
        }
    return make(r9.GetOrganisationResponse, GetOrganisationResult=make(model.GetOrganisationResponse, **answer))
