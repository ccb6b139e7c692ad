"""Requests as existing clients send them, with members that a test may change or leave out (None)."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.factories import PASSWORD
from tests.wire.soap import BATCH, COMMON, FIND, INTERFACE, REGISTER, REPORT, VERIFY_BATCH, external, legacy, wrapped

CALLER: dict[str, Any] = {"UKPRN": "TEST0101", "OrgPassword": PASSWORD, "UserName": "mis.user"}
R9_CALLER: dict[str, Any] = {"Password": PASSWORD, "Ukprn": "TEST0101", "Username": "mis.user"}
AO_USER: dict[str, Any] = {"OrgPassword": PASSWORD, "OrganisationRef": "TST001", "UserName": "ao.user"}
R9_START: dict[str, Any] = {"userType": "ORG", "vendorId": 7, "language": "ENG"}

MAEVE: dict[str, Any] = {
    "GivenName": "Maeve",
    "FamilyName": "Okafor",
    "LastKnownPostCode": "LS2 9AB",
    "DateOfBirth": "2004-02-29",
    "Gender": "2",
    "VerificationType": "1",
    "AbilityToShare": "1",
}
LEARNER_ORDER = (
    "Title GivenName MiddleOtherName FamilyName PreferredGivenName PreviousFamilyName FamilyNameAtAge16 SchoolAtAge16 "
    "LastKnownAddressLine1 LastKnownAddressLine2 LastKnownAddressTown LastKnownAddressCountyOrCity LastKnownPostCode "
    "DateOfAddressCapture DateOfBirth PlaceOfBirth Gender EmailAddress Nationality ScottishCandidateNumber "
    "VerificationType OtherVerificationDescription AbilityToShare Notes ULN VersionNumber"
).split()

BATCH_ORDER = (
    "ULN MISIdentifier Title GivenName PreferredGivenName MiddleOtherName FamilyName PreviousFamilyName "
    "FamilyNameAtAge16 SchoolAtAge16 LastKnownAddressLine1 LastKnownAddressLine2 LastKnownAddressTown "
    "LastKnownAddressCountyOrCity LastKnownPostCode DateOfAddressCapture DateOfBirth PlaceOfBirth EmailAddress Gender "
    "Nationality ScottishCandidateNumber AbilityToShare VerificationType OtherVerificationDescription Notes"
).split()
VERIFY_ORDER = "MISIdentifier ULN FamilyName GivenName DateOfBirth Gender".split()
ACHIEVEMENT_ORDER = (
    "AchievementAwardDate Action ActionDate ActionReason DateofBirth FamilyName Gender GivenName Grade "
    "LanguageForAssessment LearnerPostcode MisIdentifier ProviderUkprn Uln UnitOrQualificationReferenceNumber"
).split()

Values = Mapping[str, Any]


def by_uln(uln: str, given_name: str = "Maeve", family_name: str = "Okafor", **changes: Any) -> str:
    """FindLearnerByULN."""
    start = {"FindType": changes.pop("FindType", "FUL")} | CALLER
    return legacy(
        "FindLearnerByULN",
        FIND,
        start | {"ULN": uln, "FamilyName": family_name, "GivenName": given_name} | changes,
    )


def by_demographics(**changes: Any) -> str:
    """FindLearnerByDemographics for Maeve, as changed."""
    start = {"FindType": changes.pop("FindType", "FUL")} | CALLER
    five = {name: MAEVE[name] for name in ("FamilyName", "GivenName", "DateOfBirth", "Gender", "LastKnownPostCode")}
    optional = {"PreviousFamilyName": "", "SchoolAtAge16": "", "PlaceOfBirth": "", "EmailAddress": ""}
    return legacy("FindLearnerByDemographics", FIND, start | five | optional | changes)


def ordered(values: Values, order: Iterable[str] = LEARNER_ORDER) -> dict[str, Any]:
    """Put the members of a learner into the contract's order."""
    return {name: values[name] for name in order if name in values}


def register(caller: dict[str, Any] = CALLER, **changes: Any) -> str:
    """RegisterLearner for Maeve, as changed."""
    return legacy("RegisterLearner", REGISTER, caller | {"Learner": ordered(MAEVE | changes)})


def update(uln: str, version: int = 1, **changes: Any) -> str:
    """UpdateLearner for Maeve, as changed."""
    learner = ordered(MAEVE | changes | {"ULN": uln, "VersionNumber": version})
    return legacy("UpdateLearner", REGISTER, CALLER | {"Learner": learner})


def verify(uln: str, **changes: Any) -> str:
    """VerifyLearner for Maeve, as changed."""
    learner = {"ULN": uln, "FamilyName": "Okafor", "GivenName": "Maeve", "DateOfBirth": "", "Gender": ""} | changes
    return legacy("VerifyLearner", REPORT, CALLER | {"LearnerToVerify": learner})


def retrieve(*ulns: str) -> str:
    """RetrieveULNs."""
    return legacy("RetrieveULNs", REPORT, CALLER | {"ULNsToRetrieve": {"ULN": list(ulns)}})


def events(uln: str, organisation: dict[str, Any] = R9_CALLER, **changes: Any) -> str:
    """GetLearnerLearningEvents for Maeve, as changed."""
    fields = {
        "userType": "ORG",
        "vendorID": 7,
        "language": "ENG",
        "uln": uln,
        "givenName": "Maeve",
        "familyName": "Okafor",
        "dateOfBirth": "",
        "gender": "",
        "getType": "FULL",
    }
    return wrapped("GetLearnerLearningEvents", organisation, fields | changes, INTERFACE)


def by_uln_r9(uln: str, **changes: Any) -> str:
    """LearnerByUln for Maeve, as changed."""
    names = {"uln": uln, "givenName": "Maeve", "familyName": "Okafor", "findType": "FUL"}
    return wrapped("LearnerByUln", R9_CALLER, R9_START | names | changes, COMMON)


def update_subset(uln: str, version: int = 1, **changes: Any) -> str:
    """UpdateLearnerSubsetFields."""
    fields = {
        "uln": uln,
        "versionNumber": version,
        "emailAddress": None,
        "telephoneNumber": None,
        "abilityToShare": "NotProvided",
        "schoolAtAge16": None,
        "preferredGivenName": None,
    }
    return wrapped("UpdateLearnerSubsetFields", R9_CALLER, R9_START | fields | changes, COMMON)


def view_audit(uln: str, page: int = 1, **changes: Any) -> str:
    """ViewAudit for Maeve, as changed."""
    fields = {"learnerUln": uln, "learnerGivenName": "Maeve", "learnerFamilyName": "Okafor"} | changes
    return wrapped("ViewAudit", R9_CALLER, R9_START | fields | {"page": page}, COMMON)


def organisation(**changes: Any) -> str:
    """GetOrganisation."""
    return wrapped("GetOrganisation", R9_CALLER, R9_START | {"ukPrn": "", "orgRef": ""} | changes, COMMON)


def submit_batch(*learners: Values, caller: Values = CALLER, count: int | None = None, job_type: str = "FUL") -> str:
    """SubmitBatch, by default with the right count."""
    job = {"JobType": job_type, "LearnerRecordCount": len(learners) if count is None else count}
    return legacy("SubmitBatch", BATCH, {**caller, **job, "Learner": [ordered(each, BATCH_ORDER) for each in learners]})


def batch_output(job_id: int | str, caller: Values = CALLER) -> str:
    """GetSubmitBatchOutput."""
    return legacy("GetSubmitBatchOutput", BATCH, {**caller, "JobID": job_id})


def submit_verify_batch(
    *learners: Values, caller: Values = CALLER, count: int | None = None, email: str | None = ""
) -> str:
    """SubmitVerifyBatch, by default with the right count."""
    job = {"LearnerRecordCount": len(learners) if count is None else count, "OrgEmail": email}
    members = {**caller, **job, "Learner": [ordered(each, VERIFY_ORDER) for each in learners]}
    return legacy("SubmitVerifyBatch", VERIFY_BATCH, members)


def verify_batch_output(job_id: int | str, caller: Values = CALLER) -> str:
    """GetVerifyBatchOutput."""
    return legacy("GetVerifyBatchOutput", VERIFY_BATCH, {**caller, "JobID": job_id})


def submit_achievements(*achievements: Values, user: Values | None = AO_USER, **changes: Any) -> str:
    """SubmitAchievementBatchJob of final achievements, as changed."""
    held = {"Achievement": [ordered(each, ACHIEVEMENT_ORDER) for each in achievements]}
    members = {"emailAddress": "results@example.org", "submissionType": "Final", "achievements": held}
    return external("SubmitAchievementBatchJob", user, members | changes)


def achievement_job(job_id: int | str | None, user: Values | None = AO_USER) -> str:
    """GetAchievementBatchJob."""
    return external("GetAchievementBatchJob", user, {"jobId": job_id})
