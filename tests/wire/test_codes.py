"""Every code of these operations, reached over the wire."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.domain.codes import ErrorCode, LearnerStatus, ResponseCode, ReturnCode, VerificationCode
from tests import factories
from tests.factories import linked_to, uln_of
from tests.serving import running_server, started_server
from tests.wire import requests
from tests.wire.conftest import Serve, fill
from tests.wire.soap import Reply, envelope, legacy, post

MAEVE = factories.learner(1)
MASTER = factories.learner(2, given_name="Tomasz", family_name="Nowak", date_of_birth=date(1999, 3, 4), gender="1")
LINKED = linked_to(MASTER, 3, given_name="Thomas", family_name="Nowack", date_of_birth=date(1999, 3, 4), gender="1")
DELETED = factories.learner(4, given_name="Gone", family_name="Away", status=LearnerStatus.DELETED)
CROWD = [
    factories.learner(100 + number, given_name="Amy", family_name="Crowd", last_known_post_code=f"LS2 {number % 10}AA")
    for number in range(10)
] + [
    factories.learner(120 + number, given_name="Amy", family_name="Crowd", last_known_post_code=f"LS3 {number}AA")
    for number in range(2)
]
PRIVATE = factories.learner(5, given_name="Priya", family_name="Shah", ability_to_share="2")
OTHERS = [MASTER, LINKED, DELETED, PRIVATE, *CROWD]
NO_MASTER = uln_of(999)

STRANGER = factories.organisation(ukprn="TEST0202", reference="TST002", grants=frozenset({"find"}))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for requests that change nothing."""
    url = f"sqlite:///{tmp_path_factory.mktemp('codes') / 'register.db'}"
    fill(url, [MAEVE, *OTHERS], [factories.event(MAEVE)], [factories.organisation(), STRANGER])
    with running_server(url) as running:
        yield running


def learner_service(address: str, message: str) -> Reply:
    return post(address, "LearnerService", message)


def r9(address: str, message: str) -> Reply:
    return post(address, "LearnerServiceR9", message)


FINDS = {
    ResponseCode.NO_MATCH: requests.by_uln(MAEVE.uln, "Somebody", "Else"),
    ResponseCode.TOO_MANY_MATCHES: requests.by_demographics(
        GivenName="Amy", FamilyName="Crowd", LastKnownPostCode="EH1 1AA"
    ),
    ResponseCode.POSSIBLE_MATCHES: requests.by_demographics(GivenName="Meave"),
    ResponseCode.EXACT_MATCH: requests.by_demographics(),
    ResponseCode.INSUFFICIENT_DATA: requests.by_demographics(GivenName="-", FamilyName="'"),
    ResponseCode.LINKED_LEARNER: requests.by_uln(LINKED.uln, "Thomas", "Nowack"),
}


@pytest.mark.parametrize("code", FINDS)
def test_finds(address: str, code: ResponseCode) -> None:
    assert learner_service(address, FINDS[code]).code == code


@pytest.mark.parametrize("code", FINDS)
def test_finds_of_the_learner_register_answer_the_same(address: str, code: ResponseCode) -> None:
    reply = post(address, "LearnerRegister", FINDS[code])
    assert reply.code == code
    assert reply.text == learner_service(address, FINDS[code]).text


def test_deleted_learners_are_never_found(address: str) -> None:
    assert learner_service(address, requests.by_uln(DELETED.uln, "Gone", "Away")).code == ResponseCode.NO_MATCH


VERIFICATIONS = {
    VerificationCode.VERIFIED: requests.verify(MAEVE.uln, DateOfBirth="2004-02-29", Gender="2"),
    VerificationCode.VERIFIED_LINKED: requests.verify(LINKED.uln, GivenName="Thomas", FamilyName="Nowack"),
    VerificationCode.SIMILAR: requests.verify(MAEVE.uln, GivenName="Meave"),
    VerificationCode.SIMILAR_LINKED: requests.verify(LINKED.uln, GivenName="Thomsa", FamilyName="Nowack"),
    VerificationCode.NO_MATCH: requests.verify(MAEVE.uln, FamilyName="Quite-Different"),
    VerificationCode.ULN_NOT_FOUND: requests.verify(NO_MASTER),
}


@pytest.mark.parametrize("code", VERIFICATIONS)
def test_verifications(address: str, code: VerificationCode) -> None:
    reply = learner_service(address, VERIFICATIONS[code])
    assert reply.code == code
    assert (reply.find("VerifiedLearner/ULN") is None) == (
        code in (VerificationCode.NO_MATCH, VerificationCode.ULN_NOT_FOUND)
    )


def test_failure_flags_name_each_comparison_that_failed(address: str) -> None:
    reply = learner_service(
        address, requests.verify(MAEVE.uln, FamilyName="Quite-Different", DateOfBirth="1999-01-01", Gender="1")
    )
    assert reply.all("VerifiedLearner/FailureFlag") == ["VRF4", "VRF5", "VRF6", "VRF7", "VRF8"]
    verified = learner_service(address, VERIFICATIONS[VerificationCode.VERIFIED])
    assert verified.all("VerifiedLearner/FailureFlag") == []


def test_retrieved_ulns_keep_their_order_and_name_the_master(address: str) -> None:
    reply = learner_service(address, requests.retrieve(LINKED.uln, NO_MASTER, MAEVE.uln, DELETED.uln))
    prefix = "RetrievedULNs/VerifiedULN"
    assert reply.all(f"{prefix}/ULN") == [LINKED.uln, NO_MASTER, MAEVE.uln, DELETED.uln]
    assert reply.all(f"{prefix}/ResponseCode") == ["WSRC0022", "WSRC0001", "WSRC0004", "WSRC0001"]
    assert reply.all(f"{prefix}/MasterULN") == [MASTER.uln]


RECORDS: dict[str, str] = {
    ResponseCode.EXACT_MATCH: requests.events(MAEVE.uln),
    ResponseCode.LINKED_LEARNER: requests.events(LINKED.uln, givenName="Thomas", familyName="Nowack"),
    ErrorCode.INVALID_ULN: requests.events("1234567894"),
    ErrorCode.NOT_SHARED: requests.events(PRIVATE.uln, givenName="Priya", familyName="Shah"),
    ErrorCode.NOT_VERIFIED: requests.events(MAEVE.uln, familyName="Quite-Different"),
}


@pytest.mark.parametrize("code", RECORDS)
@pytest.mark.parametrize("service", ["LearnerServiceR9", "LearnerRegister"])
def test_learning_records(address: str, code: str, service: str) -> None:
    assert post(address, service, RECORDS[code]).code == code


def test_other_answers_of_r9(address: str) -> None:
    assert r9(address, requests.by_uln_r9(MAEVE.uln)).code == "WSRC0004"
    assert r9(address, requests.by_uln_r9("1234567894")).code == "WSEC0136"
    assert r9(address, requests.by_uln_r9(MAEVE.uln, givenName="")).code == "WSRC0015"
    assert r9(address, requests.organisation(ukPrn="test0101")).code == "WSRC0004"
    assert r9(address, requests.organisation(orgRef="NOBODY")).code == "WSRC0001"
    assert r9(address, requests.view_audit(MAEVE.uln, learnerFamilyName="Other")).code == "WSEC0208"
    assert r9(address, requests.view_audit("1234567894")).code == "WSEC0136"


def test_registering(serve: Serve) -> None:
    address = serve()
    first = learner_service(address, requests.register())
    assert first.code == ResponseCode.REGISTERED
    again = learner_service(address, requests.register(FamilyName="OKAFOR ", LastKnownPostCode="ls29ab"))
    assert again.code == ResponseCode.NOT_REGISTERED
    assert again.find("ULN") is None
    uln = first.find("ULN") or ""
    found = learner_service(address, requests.by_uln(uln))
    assert (found.code, found.find("Learner/VersionNumber"), found.find("Learner/TierLevel")) == ("WSRC0004", "1", "1")


def test_a_find_may_be_demanded_before_a_registration(serve: Serve) -> None:
    address = serve(env={"LRS_SOAP_REGISTER_REQUIRES_FIND": "true"})
    assert learner_service(address, requests.register()).code == "WSRC0021"
    assert learner_service(address, requests.by_demographics()).code == "WSRC0001"
    assert learner_service(address, requests.register()).code == "WSRC0005"


def test_updating(serve: Serve) -> None:
    other = factories.learner(7, family_name="Adeyemi")
    address = serve([MAEVE, MASTER, LINKED, other])

    def code(message: str) -> str | None:
        return learner_service(address, message).code

    assert code(requests.update(NO_MASTER)) == ResponseCode.NO_SUCH_ULN
    assert code(requests.update(MAEVE.uln, 2)) == ResponseCode.RECORD_CHANGED
    assert code(requests.update(MAEVE.uln, AbilityToShare="0")) == ResponseCode.SHARING_NOT_CHANGEABLE
    assert code(requests.update(MAEVE.uln, FamilyName="Adeyemi")) == ResponseCode.NOT_REGISTERED
    assert code(requests.update(MAEVE.uln)) == ResponseCode.NOTHING_TO_UPDATE
    assert code(requests.update(MAEVE.uln, FamilyName="Married", Notes="moved")) == ResponseCode.UPDATED
    found = learner_service(address, requests.by_uln(MAEVE.uln, family_name="Married"))
    assert found.find("Learner/VersionNumber") == "2"
    assert found.find("Learner/PreviousFamilyName") == "Okafor"
    assert found.find("Learner/Notes") == "moved"


def test_an_update_for_a_linked_uln_updates_the_master(serve: Serve) -> None:
    address = serve([MASTER, LINKED])
    message = requests.update(
        LINKED.uln,
        GivenName="Tomasz",
        FamilyName="Nowak",
        DateOfBirth="1999-03-04",
        Gender="1",
        EmailAddress="t.nowak@example.org",
    )
    assert learner_service(address, message).code == "WSRC0006"
    found = learner_service(address, requests.by_uln(MASTER.uln, "Tomasz", "Nowak"))
    assert (found.find("Learner/EmailAddress"), found.find("Learner/VersionNumber")) == ("t.nowak@example.org", "2")


def test_updating_the_subset_of_r9(serve: Serve) -> None:
    address = serve([MAEVE])

    def code(message: str) -> str | None:
        return r9(address, message).code

    assert code(requests.update_subset("1234567894")) == "WSEC0136"
    assert code(requests.update_subset(NO_MASTER)) == "WSRC0019"
    assert code(requests.update_subset(MAEVE.uln, 9)) == "WSRC0013"
    assert code(requests.update_subset(MAEVE.uln, abilityToShare="FPNNotSeen")) == "WSRC0014"
    assert code(requests.update_subset(MAEVE.uln)) == "WSRC0020"
    changes: dict[str, Any] = {
        "telephoneNumber": "0113 496 0000",
        "schoolAtAge16": "Mill Row",
        "preferredGivenName": "Mae",
    }
    assert code(requests.update_subset(MAEVE.uln, emailAddress="m@example.org", **changes)) == "WSRC0006"
    found = r9(address, requests.by_uln_r9(MAEVE.uln))
    path = "LearnerByUlnResult/Learner"
    assert found.find(f"{path}/TelephoneNumber") == "0113 496 0000"
    assert found.find(f"{path}/PreferredGivenName") == "Mae"
    assert found.find(f"{path}/VersionNumber") == "2"


def test_refusals_of_credentials(address: str) -> None:
    def code(**changes: Any) -> str | None:
        return learner_service(address, requests.by_uln(MAEVE.uln, **changes)).code

    assert code(UKPRN="NOBODY99") == ErrorCode.UNKNOWN_ORGANISATION
    assert code(UKPRN=None) == ErrorCode.UNKNOWN_ORGANISATION
    assert code(UKPRN="") == ErrorCode.UNKNOWN_ORGANISATION
    assert code(OrgPassword="fedcba9876543210") == ErrorCode.WRONG_PASSWORD
    message = requests.register(requests.CALLER | {"UKPRN": "TEST0202"})
    assert learner_service(address, message).code == ErrorCode.NOT_GRANTED
    assert r9(address, requests.events(MAEVE.uln, requests.R9_CALLER | {"Ukprn": "TEST0202"})).code == "WSEC0006"
    assert r9(address, requests.events(MAEVE.uln, requests.R9_CALLER | {"Password": "wrong"})).code == "WSEC0005"
    assert r9(address, requests.events(MAEVE.uln, {})).code == "WSEC0003"


def test_the_organisation_may_be_named_by_its_reference(address: str) -> None:
    caller = {"OrganisationRef": "TST001", **{name: requests.CALLER[name] for name in ("OrgPassword", "UserName")}}
    names = {"ULN": MAEVE.uln, "FamilyName": "Okafor", "GivenName": "Maeve"}
    message = legacy("FindLearnerByULN", "http://api.lrs.miap.gov.uk/findmsg", {"FindType": "CHK"} | caller | names)
    assert learner_service(address, message).code == "WSRC0004"


def test_unknown_operations(address: str) -> None:
    message = envelope('<x:Unheard xmlns:x="urn:of"/>')
    for service in ("LearnerService", "LearnerServiceR9", "ExternalService", "LearnerRegister"):
        assert post(address, service, message).code == ErrorCode.UNKNOWN_OPERATION


TESTS = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))


@pytest.mark.parametrize("code", [*ResponseCode, *VerificationCode, *ReturnCode, *ErrorCode])
def test_no_code_is_forgotten_here(code: ResponseCode | VerificationCode | ReturnCode | ErrorCode) -> None:
    assert code.value in TESTS or re.search(rf"\b{type(code).__name__}\.{code.name}\b", TESTS)


def test_outside_operating_hours(serve: Serve) -> None:
    address = serve(
        [MAEVE], env={"LRS_SOAP_OPERATING_HOURS": "Mon-Fri 07:00-23:00", "LRS_SOAP_FIXED_TIME": "2026-03-01T12:00:00"}
    )
    reply = learner_service(address, requests.by_uln(MAEVE.uln))
    assert reply.code == ErrorCode.OUT_OF_HOURS
    assert reply.further == "The service is open Mon-Fri 07:00-23:00."
    assert "<ErrorTimestamp>2026-03-01 12:00:00</ErrorTimestamp>" in reply.text
    assert r9(address, requests.events(MAEVE.uln)).find("faultcode") == "s:Server"


def test_something_unforeseen_is_answered_with_a_reference_that_stands_in_the_log(tmp_path: Path) -> None:
    file = tmp_path / "register.db"
    fill(f"sqlite:///{file}", [MAEVE])
    with started_server(f"sqlite:///{file}") as server:
        connection = sqlite3.connect(file)
        connection.execute("ALTER TABLE learner RENAME TO lost")
        connection.commit()
        connection.close()
        reply = learner_service(server.address, requests.by_uln(MAEVE.uln))
        assert reply.code == ErrorCode.UNFORESEEN
        reference = reply.further.split("reference ")[1].split(";")[0]
        assert "learner" not in reply.further
        assert post(server.address, "LearnerServiceR9", requests.by_uln_r9(MAEVE.uln)).code == ErrorCode.UNFORESEEN
    assert reference in server.output
    assert factories.PASSWORD not in server.output


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (requests.register(GivenName="---"), "name-without-letters: GivenName: "),
        (requests.update(MAEVE.uln, FamilyName="'"), "name-without-letters: FamilyName: "),
        (requests.register(FamilyName="Old Prisoner"), "prohibited-text: FamilyName: 'prisoner' "),
        (requests.register(DateOfBirth="2020-01-01"), "permitted-age: DateOfBirth: "),
        (requests.register(VerificationType="999"), "other-verification-description: OtherVerificationDescription: "),
        (requests.register(EmailAddress="none@example.org"), "email-none: EmailAddress: "),
        (requests.by_uln("1234567894"), "uln-check-digit: ULN: "),
        (requests.verify("1234567894"), "uln-check-digit: ULN: "),
        (requests.retrieve(MAEVE.uln, "1234567894"), "uln-check-digit: ULN: "),
    ],
)
def test_rules_on_single_values_name_the_rule_and_the_element(address: str, message: str, text: str) -> None:
    reply = learner_service(address, message)
    assert reply.code == ErrorCode.INVALID_REQUEST
    assert reply.further.startswith(text)
