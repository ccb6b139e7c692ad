"""Zeep in strict mode, straight from the published WSDL: every operation, every field read back."""

from collections.abc import Iterator
from typing import Any

import pytest

from lrs_soap.domain.learner import Learner
from tests import factories
from tests.wire.college import (
    FULL,
    FULL_EVENT,
    LINKED,
    PRIVATE,
    SPARE_EVENT,
    TWINS,
    UNKNOWN_ULN,
    served_college,
)
from tests.wire.records import event_elements, filled, learner_elements, r9_elements
from tests.wire.toolkits import Services

ORGANISATION = {
    "OrganisationRef": None,
    "UKPRN": "TEST0101",
    "OrgPassword": factories.PASSWORD,
    "UserName": "zeep",
}
INVOKING = {"Ukprn": "TEST0101", "Password": factories.PASSWORD, "Username": "zeep"}
R9 = {"invokingOrganisation": INVOKING, "userType": "ORG", "vendorId": 1, "language": "ENG"}
MAEVE = {"uln": FULL.uln, "givenName": "Maeve", "familyName": "Okafor"}
FIVE = ("FamilyName", "GivenName", "DateOfBirth", "Gender", "LastKnownPostCode")
LEGACY = ["LearnerService", "LearnerRegister"]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with served_college(tmp_path_factory.mktemp("college")) as address:
        services = Services(address)
        yield services
        services.close()


def plain(learner: dict[str, Any]) -> dict[str, Any]:
    """Return a learner as answered, its linked ULNs as a list."""
    return filled(learner | {"LinkedULNs": (learner["LinkedULNs"] or {}).get("ULN")})


def stored(learner: Learner, **changes: Any) -> dict[str, Any]:
    """Return the elements that a learner of the register has."""
    return filled(learner_elements(learner) | changes)


@pytest.mark.parametrize("service", LEGACY)
def test_learner_by_uln_reads_all_32_fields(services: Services, service: str) -> None:
    names = {"GivenName": "Maeve", "FamilyName": "Okafor"}
    answer = services.call(service, "learnerByULN", FindType="FUL", ULN=FULL.uln, **names, **ORGANISATION)
    (found,) = answer.pop("Learner")
    assert filled(answer) == {"ResponseCode": "WSRC0004", "ULN": FULL.uln, **names}
    assert plain(found) == stored(FULL, LinkedULNs=[LINKED.uln])
    assert len(found) == 32


@pytest.mark.parametrize("service", LEGACY)
def test_a_linked_learner_is_answered_by_the_master(services: Services, service: str) -> None:
    names = {"GivenName": "Mauve", "FamilyName": "Okafor"}
    answer = services.call(service, "learnerByULN", FindType="FUL", ULN=LINKED.uln, **names, **ORGANISATION)
    (found,) = answer.pop("Learner")
    assert filled(answer) == {"ResponseCode": "WSRC0022", "ULN": LINKED.uln, **names}
    assert plain(found) == stored(FULL, LinkedULNs=[LINKED.uln], MasterSubstituted="Y")


@pytest.mark.parametrize("service", LEGACY)
def test_learner_by_demographics_echoes_and_finds(services: Services, service: str) -> None:
    wanted = {name: stored(FULL)[name] for name in FIVE}
    more = {
        name: stored(FULL)[name] for name in ("PreviousFamilyName", "SchoolAtAge16", "PlaceOfBirth", "EmailAddress")
    }
    answer = services.call(service, "learnerByDemographics", FindType="FUL", **wanted, **more, **ORGANISATION)
    (found,) = answer.pop("Learner")
    assert filled(answer) == {"ResponseCode": "WSRC0004", **wanted, **more}
    assert plain(found) == stored(FULL, LinkedULNs=[LINKED.uln])


def test_several_possible_learners_come_in_order(services: Services) -> None:
    wanted = {name: stored(TWINS[0])[name] for name in FIVE} | {"LastKnownPostCode": "ZZ99 9ZZ"}
    optional = dict.fromkeys(("PreviousFamilyName", "SchoolAtAge16", "PlaceOfBirth", "EmailAddress"))
    answer = services.call(
        "LearnerService", "learnerByDemographics", FindType="FUL", **wanted, **optional, **ORGANISATION
    )
    assert answer["ResponseCode"] == "WSRC0003"
    assert [plain(found) for found in answer["Learner"]] == [stored(each) for each in TWINS]


@pytest.mark.parametrize(("service", "number"), list(zip(LEGACY, (50, 51), strict=True)))
def test_a_registered_learner_is_read_back_and_updated(services: Services, service: str, number: int) -> None:
    sent = stored(factories.full_learner(number, given_name=f"Bronwen{number * 'a'}"[:20]))
    for unsent in ("ULN", "VersionNumber", "CreatedDate", "LastUpdatedDate", "TierLevel", "LearnerStatus"):
        sent.pop(unsent)
    sent["LastKnownPostCode"] = f"YO{number} 7QQ"
    answer = services.call(service, "registerSingleLearner", Learner=sent, **ORGANISATION)
    assert answer["ResponseCode"] == "WSRC0005"
    identity = {"ULN": answer["ULN"], "GivenName": sent["GivenName"], "FamilyName": sent["FamilyName"]}
    assert read_back(services, service, identity) == sent | {"ULN": answer["ULN"], "VersionNumber": 1}

    changed = sent | {"Title": "Dr", "Notes": "", "ULN": answer["ULN"], "VersionNumber": 1}
    assert services.call(service, "updateSingleLearner", Learner=changed, **ORGANISATION) == "WSRC0006"
    assert services.call(service, "updateSingleLearner", Learner=changed, **ORGANISATION) == "WSRC0013"
    after = read_back(services, service, identity)
    assert after == filled(changed) | {"VersionNumber": 2}


def read_back(services: Services, service: str, identity: dict[str, str]) -> dict[str, Any]:
    """Return a learner as the register has it now, without what the register adds by itself."""
    answer = services.call(service, "learnerByULN", FindType="FUL", **identity, **ORGANISATION)
    (found,) = answer["Learner"]
    return {name: value for name, value in plain(found).items() if name not in ADDED}


ADDED = ("CreatedDate", "LastUpdatedDate", "TierLevel", "LearnerStatus")


@pytest.mark.parametrize("service", LEGACY)
def test_verify_learner_reads_every_field(services: Services, service: str) -> None:
    right = {"FamilyName": "Okafor", "GivenName": "Maeve", "DateOfBirth": "2004-02-29", "Gender": "2"}
    answer = services.call(service, "verifyLearner", LearnerToVerify={"ULN": FULL.uln, **right}, **ORGANISATION)
    searched = {f"Searched{name}": value for name, value in right.items()} | {"SearchedULN": FULL.uln}
    assert filled(answer) == {**searched, "ResponseCode": "WSVRC001", "ULN": FULL.uln, **right}

    wrong = right | {"GivenName": "Zbigniew", "DateOfBirth": "1999-01-01", "Gender": "1"}
    answer = services.call(service, "verifyLearner", LearnerToVerify={"ULN": FULL.uln, **wrong}, **ORGANISATION)
    searched = {f"Searched{name}": value for name, value in wrong.items()} | {"SearchedULN": FULL.uln}
    flags = ["VRF1", "VRF2", "VRF3", "VRF7", "VRF8"]
    assert filled(answer) == {**searched, "ResponseCode": "WSVRC005", "FailureFlag": flags}


def test_retrieve_ulns_reads_every_field(services: Services) -> None:
    ulns = [FULL.uln, LINKED.uln, UNKNOWN_ULN]
    answer = services.call("LearnerService", "retrieveULNs", ULNsToRetrieve={"ULN": ulns}, **ORGANISATION)
    identity = {name: stored(FULL)[name] for name in ("FamilyName", "GivenName", "DateOfBirth", "Gender")}
    found, linked, unknown = (filled(each) for each in answer)
    assert found == {"ULN": FULL.uln, "ResponseCode": "WSRC0004", **identity}
    assert linked["MasterULN"] == FULL.uln
    assert linked["ResponseCode"] == "WSRC0022"
    assert unknown == {"ULN": UNKNOWN_ULN, "ResponseCode": "WSRC0001"}


def test_learner_by_uln_of_r9_reads_every_field(services: Services) -> None:
    answer = services.call("LearnerServiceR9", "LearnerByUln", **R9, **MAEVE, findType="FUL")
    found = answer.pop("Learner")
    assert answer == {"ResponseCode": "WSRC0004", "FamilyName": "Okafor", "GivenName": "Maeve", "Uln": FULL.uln}
    assert len(found) == 87
    assert found.pop("LinkedUlns") == {"string": [LINKED.uln]}
    assert filled(found) == filled(r9_elements(FULL))


@pytest.mark.parametrize("service", ["LearnerServiceR9", "LearnerRegister"])
def test_learning_events_read_every_field(services: Services, service: str) -> None:
    answer = learning_events(services, service, **MAEVE, getType="FULL")
    assert {name: answer[name] for name in ("ResponseCode", "FoundULN", "IncomingULN")} == {
        "ResponseCode": "WSRC0004",
        "FoundULN": FULL.uln,
        "IncomingULN": FULL.uln,
    }
    events = answer["LearnerRecord"]["LearningEvent"]
    assert all(isinstance(each.pop("ID"), int) for each in events)
    assert list(map(filled, events)) == [filled(event_elements(each)) for each in (FULL_EVENT, SPARE_EVENT)]
    assert {len(each) for each in events} == {21}


def test_a_brief_record_has_only_the_main_fields(services: Services) -> None:
    answer = learning_events(services, "LearnerServiceR9", **MAEVE, getType="BRIEF")
    assert filled(answer["LearnerRecord"]["LearningEvent"][0]).keys() == {
        "ID",
        "AchievementAwardDate",
        "AchievementProviderUkprn",
        "Credits",
        "Grade",
        "Level",
        "Source",
        "Subject",
        "SubjectCode",
    }


def test_a_learner_who_does_not_share_has_no_record(services: Services) -> None:
    names = {"givenName": PRIVATE.given_name, "familyName": PRIVATE.family_name}
    answer = learning_events(services, "LearnerServiceR9", uln=PRIVATE.uln, **names, getType="FULL")
    assert answer["ResponseCode"] == "WSEC0206"
    assert answer["FoundULN"] == PRIVATE.uln
    assert not answer["LearnerRecord"]


def learning_events(services: Services, service: str, **wanted: str) -> Any:
    return services.call(
        service,
        "GetLearnerLearningEvents",
        invokingOrganisation=INVOKING,
        userType="ORG",
        vendorID=1,
        language="ENG",
        dateOfBirth=None,
        gender="",
        **wanted,
    )


def test_a_subset_of_fields_is_updated(services: Services) -> None:
    learner = factories.learner(60, given_name="Rhys", last_known_post_code="SA1 1AA")
    sent = {name: stored(learner)[name] for name in (*FIVE, "VerificationType", "AbilityToShare")}
    uln = services.call("LearnerService", "registerSingleLearner", Learner=sent, **ORGANISATION)["ULN"]
    changes = {"emailAddress": "rhys@example.org", "telephoneNumber": "029 2018 0000", "schoolAtAge16": None}
    share = {"abilityToShare": "FPNSeenShareData", "preferredGivenName": ""}
    call = {"uln": uln, "versionNumber": 1, **changes, **share, **R9}
    assert services.call("LearnerServiceR9", "UpdateLearnerSubsetFields", **call) == "WSRC0006"
    assert services.call("LearnerServiceR9", "UpdateLearnerSubsetFields", **call) == "WSRC0013"
    names = {"givenName": "Rhys", "familyName": learner.family_name}
    found = services.call("LearnerServiceR9", "LearnerByUln", **R9, uln=uln, **names, findType="FUL")["Learner"]
    assert found["EmailAddress"] == "rhys@example.org"
    assert found["TelephoneNumber"] == "029 2018 0000"
    assert (found["AbilityToShare"], found["VersionNumber"]) == (1, 2)


def test_view_audit_reads_every_field(services: Services) -> None:
    learning_events(services, "LearnerServiceR9", **MAEVE, getType="FULL")
    learner = {"learnerUln": FULL.uln, "learnerGivenName": "Maeve", "learnerFamilyName": "Okafor"}
    page = services.call("LearnerServiceR9", "ViewAudit", **R9, **learner, page=1)
    entries = page["List"]["PlrAccessEntryResponse"]
    assert (page["PageIndex"], page["PageCount"], page["PageSize"]) == (1, 1, 20)
    assert page["TotalItems"] == len(entries) > 0
    assert {(each["Action"], each["User"]) for each in entries} == {("GetLearnerLearningEvents", "zeep")}
    assert [each["DateTime"] for each in entries] == sorted((each["DateTime"] for each in entries), reverse=True)
    assert all(each["Organisation"] for each in entries)


@pytest.mark.parametrize("identity", [{"ukPrn": "TEST0101", "orgRef": ""}, {"ukPrn": None, "orgRef": "TST001"}])
def test_get_organisation_reads_every_field(services: Services, identity: dict[str, str | None]) -> None:
    assert services.call("LearnerServiceR9", "GetOrganisation", **R9, **identity) == {
        "ResponseCode": "WSRC0004",
        "DisplayName": "Test College",
        "OrgRef": "TST001",
        "Status": "Active",
        "Ukprn": "TEST0101",
    }
