"""The operations on learners, one function each: a request admitted, one domain command, its answer as a message.

LearnerService and LearnerRegister publish these same functions under their own names.
"""

from typing import Any

from lrs_soap.domain.codes import FindType, Operation, Service
from lrs_soap.domain.finding import FindByDemographics, FindByUln, FindResult, find_by_demographics, find_by_uln
from lrs_soap.domain.learner import DetailsKey
from lrs_soap.domain.registration import LearnerToRegister, register
from lrs_soap.domain.updating import LearnerUpdate, update
from lrs_soap.domain.verification import LearnerToVerify, RetrievedUln, Verification, retrieve, verify
from lrs_soap.services import observing
from lrs_soap.services.messages import find as find_messages
from lrs_soap.services.messages import learner as learner_messages
from lrs_soap.services.messages import register as register_messages
from lrs_soap.services.messages import report as report_messages
from lrs_soap.services.messages.members import make
from lrs_soap.services.register import Call, Register, admit
from lrs_soap.services.translate import (
    claim_of,
    given,
    learner_message,
    members,
    stated,
    to_date,
    verified_message,
)

ULN_CRITERIA = ("ULN", "FamilyName", "GivenName")
FIVE_DETAILS = ("FamilyName", "GivenName", "DateOfBirth", "Gender", "LastKnownPostCode")
DEMOGRAPHIC_CRITERIA = (*FIVE_DETAILS, "PreviousFamilyName", "SchoolAtAge16", "PlaceOfBirth", "EmailAddress")
VERIFY_CRITERIA = ("ULN", "FamilyName", "GivenName", "DateOfBirth", "Gender")


def learner_by_uln(where: Register, request: Any) -> Any:
    """Find a learner by ULN and names. Rule: "find by ULN"."""
    call = admit(where, claim_of(request), Service.FIND)
    criteria = given(members(request), ULN_CRITERIA)
    call.check_fields(criteria)
    wanted = FindByUln(request.ULN, request.GivenName, request.FamilyName)
    with where.store.reading() as work:
        result = find_by_uln(wanted, work.learners)
    observing.note(evidence=result)
    where.store.audit_later(call.entry(Operation.LEARNER_BY_ULN, result.code, result.ulns, criteria))
    return _find_answer(result, criteria, request.FindType)


def learner_by_demographics(where: Register, request: Any) -> Any:
    """Find learners by the five details and what else is known. Rule: "find by demographics"."""
    call = admit(where, claim_of(request), Service.FIND)
    criteria = given(members(request), DEMOGRAPHIC_CRITERIA)
    call.check_fields(criteria)
    wanted = _demographics(request)
    with where.store.reading() as work:
        result = find_by_demographics(wanted, work.learners)
    observing.note(evidence=result)
    _audit_find(call, result, criteria, wanted.details)
    return _find_answer(result, criteria, request.FindType)


def _demographics(request: Any) -> FindByDemographics:
    date_of_birth = to_date(request.DateOfBirth)
    assert date_of_birth is not None, "the schema demands a date of birth"
    return FindByDemographics(
        family_name=request.FamilyName,
        given_name=request.GivenName,
        date_of_birth=date_of_birth,
        gender=request.Gender,
        last_known_post_code=request.LastKnownPostCode,
        previous_family_name=request.PreviousFamilyName or None,
        school_at_age_16=request.SchoolAtAge16 or None,
        place_of_birth=request.PlaceOfBirth or None,
        email_address=request.EmailAddress or None,
    )


def _audit_find(call: Call, result: FindResult, criteria: dict[str, str], details: DetailsKey) -> None:
    entry = call.entry(Operation.LEARNER_BY_DEMOGRAPHICS, result.code, result.ulns, criteria, details)
    if not call.register.finds_must_be_kept_at_once:
        call.register.store.audit_later(entry)
        return
    with call.register.store.writing() as work:
        work.audit.record(entry)


def _find_answer(result: FindResult, criteria: dict[str, str], find_type: str) -> Any:
    learners = [learner_message(found) for found in result.learners] if find_type == FindType.FULL else []
    return make(find_messages.FindLearnerResp, ResponseCode=result.code.value, Learner=learners, **criteria)


def register_learner(where: Register, request: Any) -> Any:
    """Register a learner and allocate a ULN. Rule: "register"."""
    call = admit(where, claim_of(request), Service.REGISTER)
    values = members(request.Learner)
    call.check_record(values)
    wanted = LearnerToRegister(**stated(values))
    with where.store.writing() as work:
        result = register(
            wanted,
            call.actor,
            learners=work.learners,
            audit=work.audit,
            now=call.now,
            policy=where.policy,
            randbelow=where.randbelow,
        )
        criteria = given(values, FIVE_DETAILS)
        work.audit.record(call.entry(Operation.REGISTER_LEARNER, result.code, result.ulns, criteria))
    return make(register_messages.RegisterSingleLearnerResp, ResponseCode=result.code.value, ULN=result.uln)


def update_learner(where: Register, request: Any) -> Any:
    """Change a learner, read at the version given. Rule: "update"."""
    call = admit(where, claim_of(request), Service.UPDATE)
    values = members(request.Learner)
    call.check_record({name: value for name, value in values.items() if name != "VersionNumber"})
    wanted = LearnerUpdate(values["ULN"], values["VersionNumber"], stated(values))
    with where.store.writing() as work:
        result = update(wanted, call.actor, learners=work.learners, now=call.now)
        criteria = given(values, ("ULN", *FIVE_DETAILS))
        work.audit.record(call.entry(Operation.UPDATE_LEARNER, result.code, result.ulns, criteria))
    return make(register_messages.UpdateLearnerResp, ResponseCode=result.code.value)


def verify_learner(where: Register, request: Any) -> Any:
    """Tell whether a ULN belongs to a name, and date of birth and gender when given. Rule: "verify"."""
    call = admit(where, claim_of(request), Service.VERIFY)
    values = members(request.LearnerToVerify)
    criteria = given(values, VERIFY_CRITERIA)
    call.check_fields(criteria)
    wanted = LearnerToVerify(
        values["ULN"],
        values["GivenName"],
        values["FamilyName"],
        to_date(values["DateOfBirth"]),
        values["Gender"] or None,
    )
    with where.store.reading() as work:
        result = verify(wanted, work.learners)
    observing.note(evidence=result)
    where.store.audit_later(call.entry(Operation.VERIFY_LEARNER, result.code, result.ulns, criteria))
    return make(report_messages.VerifyLearnerResp, VerifiedLearner=_verified(criteria, result))


def _verified(criteria: dict[str, str], result: Verification) -> Any:
    searched = {f"Searched{name}": value for name, value in criteria.items()}
    stored = {"ULN": result.learner.uln, **verified_message(result.learner)} if result.learner else {}
    return make(
        learner_messages.MIAPVerifiedLearner,
        ResponseCode=result.code.value,
        FailureFlag=list(result.flags),
        **searched,
        **stored,
    )


def retrieve_ulns(where: Register, request: Any) -> Any:
    """Tell of up to 200 ULNs whether they exist, whose they are and which ULN stands for them. Rule: "retrieve"."""
    call = admit(where, claim_of(request), Service.FIND)
    ulns = request.ULNsToRetrieve.ULN
    for uln in ulns:
        call.check_fields({"ULN": uln})
    with where.store.reading() as work:
        results = retrieve(ulns, work.learners)
    found = [result.uln for result in results if result.learner is not None]
    outcome = f"{len(found)} of {len(ulns)}"
    where.store.audit_later(call.entry(Operation.RETRIEVE_ULNS, outcome, found, {"ULNs": " ".join(ulns)}))
    retrieved = make(report_messages.ArrayOfMIAPRetrievedULN, VerifiedULN=[_retrieved(result) for result in results])
    return make(report_messages.RetrieveULNsResp, RetrievedULNs=retrieved)


def _retrieved(result: RetrievedUln) -> Any:
    identity = verified_message(result.learner) if result.learner else {}
    return make(
        learner_messages.MIAPRetrievedULN,
        ULN=result.uln,
        MasterULN=result.master_uln,
        ResponseCode=result.code.value,
        **identity,
    )
