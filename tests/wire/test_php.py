"""PHP's own SoapClient, from the published WSDL: every operation, every field read back, faults included."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from lrs_soap.domain.learner import Learner
from tests import factories
from tests.wire.college import FULL, FULL_EVENT, LINKED, PRIVATE, SPARE_EVENT, UNKNOWN_ULN, served_college
from tests.wire.records import event_elements, filled, learner_elements, r9_elements
from tests.wire.toolkits import answered, called, need_php

ORGANISATION = {
    "OrganisationRef": "TST001",
    "UKPRN": None,
    "OrgPassword": factories.PASSWORD,
    "UserName": "php",
}
INVOKING = {"Ukprn": "TEST0101", "Password": factories.PASSWORD, "Username": "php"}
R9 = {"invokingOrganisation": INVOKING, "userType": "ORG", "vendorId": 1, "language": "ENG"}
RECORD = {"invokingOrganisation": INVOKING, "userType": "ORG", "vendorID": 1, "language": "CYM"}
MAEVE = {"uln": FULL.uln, "givenName": "Maeve", "familyName": "Okafor"}
FIVE = ("FamilyName", "GivenName", "DateOfBirth", "Gender", "LastKnownPostCode")
ADDED = ("CreatedDate", "LastUpdatedDate", "TierLevel", "LearnerStatus", "LinkedULNs", "MasterSubstituted")
NAMES = {
    "LearnerService": {
        "by_uln": "learnerByULN",
        "by_demographics": "learnerByDemographics",
        "register": "registerSingleLearner",
        "update": "updateSingleLearner",
        "verify": "verifyLearner",
    },
    "LearnerRegister": {
        "by_uln": "LearnerByULN",
        "by_demographics": "LearnerByDemographics",
        "register": "RegisterLearner",
        "update": "UpdateLearner",
        "verify": "VerifyLearner",
    },
}


@pytest.fixture(scope="module", autouse=True)
def php() -> None:
    """Skip without PHP, except where all that a developer needs must be there."""
    need_php()


@pytest.fixture(scope="module")
def address(php: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_college(tmp_path_factory.mktemp("college")) as address:
        yield address


def stored(learner: Learner, **changes: Any) -> dict[str, Any]:
    return filled(learner_elements(learner) | changes)


def plain(learner: dict[str, Any]) -> dict[str, Any]:
    """Return a learner as PHP has it, its linked ULNs as a list."""
    return filled(learner | {"LinkedULNs": learner["LinkedULNs"].get("ULN")})


@pytest.mark.parametrize("service", NAMES)
def test_learner_by_uln_reads_all_32_fields(address: str, service: str) -> None:
    names = {"GivenName": "Maeve", "FamilyName": "Okafor"}
    answer = answered(address, service, NAMES[service]["by_uln"], FindType="FUL", ULN=FULL.uln, **names, **ORGANISATION)
    (found,) = answer.pop("Learner")
    assert answer == {"ResponseCode": "WSRC0004", "ULN": FULL.uln, **names}
    assert plain(found) == stored(FULL, LinkedULNs=[LINKED.uln])
    assert len(found) == 31, "all but MasterSubstituted"


@pytest.mark.parametrize("service", NAMES)
def test_a_linked_learner_is_answered_by_the_master(address: str, service: str) -> None:
    wanted = {name: stored(LINKED)[name] for name in FIVE}
    empty = dict.fromkeys(("PreviousFamilyName", "SchoolAtAge16", "PlaceOfBirth", "EmailAddress"), "")
    by_demographics = NAMES[service]["by_demographics"]
    answer = answered(address, service, by_demographics, FindType="FUL", **wanted, **empty, **ORGANISATION)
    (found,) = answer.pop("Learner")
    assert answer == {"ResponseCode": "WSRC0022", **wanted}
    assert plain(found) == stored(FULL, LinkedULNs=[LINKED.uln], MasterSubstituted="Y")


@pytest.mark.parametrize("service", NAMES)
def test_a_learner_is_registered_updated_and_read_back(address: str, service: str) -> None:
    names = NAMES[service]
    sent = stored(factories.full_learner(1, given_name=f"Php{service[7:]}", notes="Zoë, £5 & <more>"))
    sent = {name: value for name, value in sent.items() if name not in (*ADDED, "ULN", "VersionNumber")}
    registered = answered(address, service, names["register"], Learner=sent, **ORGANISATION)
    assert registered["ResponseCode"] == "WSRC0005"
    changed = sent | {"Title": "Dr", "ULN": registered["ULN"], "VersionNumber": 1}
    identity = {name: changed[name] for name in ("ULN", "GivenName", "FamilyName")}
    updates = [(names["update"], {"Learner": changed, **ORGANISATION})] * 2
    read = (names["by_uln"], {"FindType": "FUL", **identity, **ORGANISATION})
    first, second, found = called(address, service, *updates, read)
    assert first["answer"] == {"ResponseCode": "WSRC0006"}
    assert second["answer"] == {"ResponseCode": "WSRC0013"}
    (learner,) = found["answer"]["Learner"]
    after = {name: value for name, value in plain(learner).items() if name not in ADDED}
    assert after == changed | {"VersionNumber": 2}


@pytest.mark.parametrize("service", NAMES)
def test_verify_learner_reads_every_field(address: str, service: str) -> None:
    right = {"FamilyName": "Okafor", "GivenName": "Maeve", "DateOfBirth": "2004-02-29", "Gender": "2"}
    wrong = right | {"GivenName": "Zbigniew", "DateOfBirth": None, "Gender": None}
    calls = [
        (NAMES[service]["verify"], {"LearnerToVerify": {"ULN": FULL.uln, **values}, **ORGANISATION})
        for values in (right, wrong)
    ]
    verified, failed = (result["answer"]["VerifiedLearner"] for result in called(address, service, *calls))
    searched = {f"Searched{name}": value for name, value in right.items()} | {"SearchedULN": FULL.uln}
    assert verified == {**searched, "ResponseCode": "WSVRC001", "ULN": FULL.uln, **right}
    assert failed == {
        "SearchedULN": FULL.uln,
        "SearchedFamilyName": "Okafor",
        "SearchedGivenName": "Zbigniew",
        "ResponseCode": "WSVRC005",
        "FailureFlag": ["VRF1", "VRF2", "VRF3"],
    }


def test_retrieve_ulns_reads_every_field(address: str) -> None:
    ulns = [FULL.uln, LINKED.uln, UNKNOWN_ULN]
    answer = answered(address, "LearnerService", "retrieveULNs", ULNsToRetrieve={"ULN": ulns}, **ORGANISATION)
    identity = {name: stored(FULL)[name] for name in ("FamilyName", "GivenName", "DateOfBirth", "Gender")}
    found, linked, unknown = answer["RetrievedULNs"]["VerifiedULN"]
    assert found == {"ULN": FULL.uln, "ResponseCode": "WSRC0004", **identity}
    assert linked == {"ULN": LINKED.uln, "MasterULN": FULL.uln, "ResponseCode": "WSRC0022", **identity}
    assert unknown == {"ULN": UNKNOWN_ULN, "ResponseCode": "WSRC0001"}


def test_learner_by_uln_of_r9_reads_every_field(address: str) -> None:
    result = answered(address, "LearnerServiceR9", "LearnerByUln", **R9, **MAEVE, findType="FUL")
    answer = result["LearnerByUlnResult"]
    found = answer.pop("Learner")
    assert answer == {"ResponseCode": "WSRC0004", "FamilyName": "Okafor", "GivenName": "Maeve", "Uln": FULL.uln}
    assert found.pop("LinkedUlns") == {"string": [LINKED.uln]}
    expected = filled(r9_elements(FULL))
    assert found == {name: getattr(value, "isoformat", lambda value=value: value)() for name, value in expected.items()}


@pytest.mark.parametrize("service", ["LearnerServiceR9", "LearnerRegister"])
def test_learning_events_read_every_field(address: str, service: str) -> None:
    nothing = {"dateOfBirth": None, "gender": ""}
    result = answered(address, service, "GetLearnerLearningEvents", **RECORD, **MAEVE, **nothing, getType="FULL")
    answer = result["GetLearnerLearningEventsResult"]
    events = answer.pop("LearnerRecord")["LearningEvent"]
    assert answer == {"ResponseCode": "WSRC0004", "FoundULN": FULL.uln, "IncomingULN": FULL.uln}
    assert all(isinstance(event.pop("ID"), int) for event in events)
    full, spare = events
    assert full == event_elements(FULL_EVENT)
    assert filled(spare) == filled(event_elements(SPARE_EVENT))
    assert (spare["Level"], spare["ParticipationStartDate"], spare["ParticipationEndDate"]) == (None, "", "")


def test_a_learner_who_does_not_share_is_an_answer(address: str) -> None:
    who = {"uln": PRIVATE.uln, "givenName": PRIVATE.given_name, "familyName": PRIVATE.family_name}
    details = {"dateOfBirth": "2004-02-29", "gender": "1", "getType": "BRIEF"}
    result = answered(address, "LearnerServiceR9", "GetLearnerLearningEvents", **RECORD, **who, **details)
    answer = result["GetLearnerLearningEventsResult"]
    assert (answer["ResponseCode"], answer["FoundULN"]) == ("WSEC0206", PRIVATE.uln)
    assert not answer["LearnerRecord"]


def test_update_view_audit_and_organisation_of_r9(address: str) -> None:
    nothing = dict.fromkeys(("emailAddress", "telephoneNumber", "schoolAtAge16", "preferredGivenName"))
    stale = {"uln": FULL.uln, "versionNumber": 1, "abilityToShare": "NotProvided", **nothing}
    looked = {**RECORD, **MAEVE, "dateOfBirth": "", "gender": "", "getType": "FULL"}
    audited = {"learnerUln": FULL.uln, "learnerGivenName": "Maeve", "learnerFamilyName": "Okafor", "page": 1}
    update, _, audit, organisation = called(
        address,
        "LearnerServiceR9",
        ("UpdateLearnerSubsetFields", {**R9, **stale}),
        ("GetLearnerLearningEvents", looked),
        ("ViewAudit", {**R9, **audited}),
        ("GetOrganisation", {**R9, "ukPrn": "TEST0101", "orgRef": None}),
    )
    assert update["answer"] == {"UpdateLearnerSubsetFieldsResult": "WSRC0013"}
    page = audit["answer"]["ViewAuditResult"]
    entries = page.pop("List")["PlrAccessEntryResponse"]
    assert page == {"PageCount": 1, "PageIndex": 1, "PageSize": 20, "SortIndex": 0, "SortOrder": 0} | {
        "TotalItems": len(entries)
    }
    assert entries[0].keys() == {"Action", "DateTime", "Organisation", "User"}
    assert (entries[0]["Action"], entries[0]["User"]) == ("GetLearnerLearningEvents", "php")
    assert organisation["answer"]["GetOrganisationResult"] == {
        "ResponseCode": "WSRC0004",
        "DisplayName": "Test College",
        "OrgRef": "TST001",
        "Status": "Active",
        "Ukprn": "TEST0101",
    }


@pytest.mark.parametrize("service", NAMES)
def test_a_fault_of_learner_service_has_its_five_details(address: str, service: str) -> None:
    wrong = ORGANISATION | {"OrgPassword": "wrong-wrong-wron"}
    members = {"FindType": "FUL", "ULN": FULL.uln, "GivenName": "Maeve", "FamilyName": "Okafor", **wrong}
    (result,) = called(address, service, (NAMES[service]["by_uln"], members))
    fault = result["fault"]
    assert fault["code"].endswith("Server")
    assert fault["string"] == "uk.gov.miap.lrs.api.exceptions.MIAPAPIException"
    exception = fault["detail"]["MIAPAPIException"]
    assert exception.keys() == {"ErrorCode", "ErrorActor", "Description", "FurtherDetails", "ErrorTimestamp"}
    assert exception["ErrorCode"] == "WSEC0005"
    assert all(exception.values())


@pytest.mark.parametrize("service", ["LearnerServiceR9", "LearnerRegister"])
def test_a_fault_of_r9_has_code_and_detail(address: str, service: str) -> None:
    wrong = {"invokingOrganisation": INVOKING | {"Password": "wrong-wrong-wron"}}
    members = {**RECORD, **wrong, **MAEVE, "dateOfBirth": "", "gender": "", "getType": "FULL"}
    (result,) = called(address, service, ("GetLearnerLearningEvents", members))
    detail = result["fault"]["detail"]["DomainFault"]
    assert detail["ErrorCode"] == "WSEC0005"
    assert "Password" in base64.b64decode(detail["ErrorDetail"]).decode(), "PHP leaves the decoding to its caller"
