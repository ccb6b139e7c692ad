"""Every entry says why it came out so, in plain words."""

from dataclasses import replace
from typing import Any

import pytest

from lrs_soap.domain.codes import ErrorCode, ResponseCode, VerificationCode
from lrs_soap.services.faults import REFUSALS
from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal import Entry, Explanation, Journal
from lrs_soap.testbench.journal.faults import RULES
from lrs_soap.testbench.journal.finds import BY_DETAILS, BY_ULN
from lrs_soap.testbench.journal.nearest import offers
from lrs_soap.testbench.journal.outcomes import OUTCOMES
from lrs_soap.testbench.journal.verifications import MEANINGS
from lrs_soap.wsdl.publishing import SERVICES, request_messages
from tests import factories
from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.journal.conftest import IDRIS, LINKED, MAEVE, TWINS
from tests.unit.testbench.journal.making import exchange
from tests.wire import requests
from tests.wire.soap import FIND, children, envelope, legacy

FIND_NS = "http://api.lrs.miap.gov.uk/findmsg"


def entry_of(journal: Journal, made: Exchange) -> Entry:
    """Return the entry of an exchange."""
    journal.record(made)
    return journal.find(after=0, limit=None)[-1]


def explained(journal: Journal, made: Exchange) -> Explanation:
    return entry_of(journal, made).explanation


@pytest.mark.parametrize(
    ("names", "code", "rule", "said"),
    [
        ((MAEVE.uln, "Maeve", "Okafor"), "WSRC0004", "find by ULN", "both names agree"),
        ((MAEVE.uln, "Maive", "Okafor"), "WSRC0003", "find by ULN", "names are only similar"),
        ((LINKED.uln, "Idris", "Price"), "WSRC0022", "linked learners", "master that stands for it"),
        ((MAEVE.uln, "John", "Smith"), "WSRC0001", "find by ULN", "but the names differ"),
        ((factories.uln_of(99), "Maeve", "Okafor"), "WSRC0001", "find by ULN", "never issued"),
        ((MAEVE.uln, "-", "Okafor"), "WSRC0015", "find by ULN", "holds no letter or digit"),
    ],
)
def test_finds_by_uln(
    journal: Journal, call: Caller, names: tuple[str, str, str], code: str, rule: str, said: str
) -> None:
    explanation = explained(journal, call(requests.by_uln(*names)))
    assert (explanation.kind, explanation.rule) == ("find", rule)
    assert explanation.sentences[0].startswith(f"{code}: ")
    assert said in explanation.sentences[0]


def test_a_find_by_uln_tells_how_the_names_differ(journal: Journal, call: Caller) -> None:
    explanation = explained(journal, call(requests.by_uln(MAEVE.uln, "John", "Okafor")))
    assert explanation.sentences[1].startswith(f"ULN {MAEVE.uln}: not shown. FamilyName agrees")
    assert "GivenName differs ('John' sent, 'Maeve / Mae / Ngozi' stored, unlike, +0)" in explanation.sentences[1]


def test_a_find_by_the_uln_of_a_linked_record_tells_of_both_records(journal: Journal, call: Caller) -> None:
    explanation = explained(journal, call(requests.by_uln(LINKED.uln, "Nobody", "Known")))
    assert {each["uln"] for each in explanation.details["compared"]} == {LINKED.uln, LINKED.master_uln}
    assert explanation.details["records_compared"] == 2


def compared(explanation: Explanation, uln: str) -> dict[str, Any]:
    """Return how a record was compared."""
    found: dict[str, Any] = next(each for each in explanation.details["compared"] if each["uln"] == uln)
    return found


def test_a_possible_match_tells_every_field_with_level_and_points(journal: Journal, call: Caller) -> None:
    changes = {"DateOfBirth": "2004-02-01", "LastKnownPostCode": "LS2 9ZZ", "Gender": "9", "PlaceOfBirth": "York"}
    explanation = explained(journal, call(requests.by_demographics(**changes)))
    assert explanation.rule == "possible matches"
    maeve = compared(explanation, MAEVE.uln)
    assert {field["field"]: (field["level"], field["points"]) for field in maeve["fields"]} == {
        "FamilyName": ("agrees", 1.0),
        "GivenName": ("agrees", 1.0),
        "DateOfBirth": ("similar", 0.5),
        "Gender": ("agrees", 1.0),
        "LastKnownPostCode": ("similar", 0.5),
        "PlaceOfBirth": ("differs", -0.2),
    }
    assert (maeve["base"], maeve["points"], maeve["came_to"]) == (4.0, 3.8, "shown")
    assert "LastKnownPostCode similar ('LS2 9ZZ' sent, 'LS2 9AB' stored, same outward part, +0.5)" in (
        " ".join(explanation.sentences)
    )


def test_a_candidate_is_told_from_one_that_is_shown(journal: Journal, call: Caller) -> None:
    twin, changes = TWINS[0], {"GivenName": "Ffion", "FamilyName": "Rees", "LastKnownPostCode": "EH1 1AA"}
    too_many = explained(journal, call(requests.by_demographics(**changes)))
    assert too_many.rule == "too many matches"
    assert compared(too_many, twin.uln)["came_to"] == "candidate, not shown"
    assert too_many.details["records_compared"] == len(TWINS)
    one = explained(journal, call(requests.by_demographics(GivenName="Idris", FamilyName="Price", Gender="1",
                                                           LastKnownPostCode="CF10 1EP")))  # fmt: skip
    assert compared(one, LINKED.uln)["came_to"] == "shown"
    assert f"ULN {LINKED.uln}, linked to {IDRIS.uln}: shown" in " ".join(one.sentences)


def test_names_that_were_swapped_are_told(journal: Journal, call: Caller) -> None:
    swapped = {"GivenName": "Okafor", "FamilyName": "Maeve", "DateOfBirth": "2004-02-28"}
    explanation = explained(journal, call(requests.by_demographics(**swapped)))
    assert compared(explanation, MAEVE.uln)["names_swapped"] is True
    assert "names swapped" in " ".join(explanation.sentences)


def test_nothing_to_compare_is_told(journal: Journal, call: Caller) -> None:
    nobody = {"GivenName": "Xqz", "FamilyName": "Vwk", "DateOfBirth": "1990-07-07", "LastKnownPostCode": "ZE1 0AA"}
    explanation = explained(journal, call(requests.by_demographics(**nobody)))
    assert explanation.sentences[0].startswith("WSRC0001")
    assert explanation.sentences[1].startswith("0 records were near enough to be compared.")


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({}, "WSVRC001", "All that was sent agrees"),
        ({"GivenName": "Maive"}, "WSVRC003", "GivenName 'Maive' does not agree with the stored given, family"),
        ({"DateOfBirth": "2001-01-01"}, "WSVRC005", "DateOfBirth '2001-01-01' does not agree with the stored date"),
        ({"Gender": "1"}, "WSVRC005", "Gender '1' does not agree with the stored gender"),
    ],
)
def test_verifications(journal: Journal, call: Caller, changes: dict[str, str], code: str, said: str) -> None:
    explanation = explained(journal, call(requests.verify(MAEVE.uln, **changes)))
    assert explanation.kind == "verification"
    assert explanation.sentences[0].startswith(f"{code}: ")
    assert said in " ".join(explanation.sentences)


def by_uln(**members: Any) -> str:
    return requests.by_uln(MAEVE.uln, **members)


PATTERN, UNEXPECTED = "cvc-pattern-valid", "cvc-complex-type.2.4.a"


@pytest.mark.parametrize(
    ("message", "rule", "tag", "said"),
    [
        (by_uln(ULN="123"), PATTERN, "<ULN>", "holds '123', and it takes ten digits, the first of them not 0."),
        (by_uln(FindType="ALL"), PATTERN, "<FindType>", "holds 'ALL', and it takes FUL or CHK."),
        (by_uln(FamilyName="x" * 36), "cvc-maxLength-valid", "<FamilyName>", "holds 36 characters, and it takes 35 at"),
        (by_uln(OrgPassword="short"), "cvc-minLength-valid", "<OrgPassword>", "holds 5 characters, and it takes 16 at"),
        (by_uln(FamilyName=None), UNEXPECTED, "<GivenName>", "Expected here: FamilyName."),
        (by_uln(GivenName=None), "cvc-complex-type.2.4.b", "<x:FindLearnerByULN", "ends before it is complete."),
        (by_uln(Extra="x"), "cvc-complex-type.2.4.d", "<Extra>", "stands where nothing more may follow."),
        (by_uln(ULN=None), UNEXPECTED, "<FamilyName>", "Expected here: ULN."),
        (
            by_uln().replace("<ULN>", "<uln>").replace("</ULN>", "</uln>"),
            UNEXPECTED,
            "<uln>",
            "letter case of 'uln' is not that of 'ULN'.",
        ),
        (
            by_uln().replace("<ULN>", "<x:ULN>").replace("</ULN>", "</x:ULN>"),
            UNEXPECTED,
            "<x:ULN>",
            "'ULN' belongs in no namespace.",
        ),
        (by_uln().replace("GivenName", "GivnName"), UNEXPECTED, "<GivnName>", "Perhaps 'GivenName' was meant"),
        (by_uln().replace("<ULN>", "<ULN a='1'>"), "cvc-type.3.1.1", "<ULN a", "has the attribute 'a'"),
        (by_uln(ULN="9999999999"), "uln-check-digit", "<ULN>", "its check digit is wrong"),
        (requests.register(GivenName="Prisoner"), "prohibited-text", "<GivenName>", "'prisoner' may not stand in"),
        (requests.register(DateOfBirth="1890-01-01"), "permitted-age", "<DateOfBirth>", "outside the permitted age"),
    ],
)
def test_faults_name_rule_element_and_place(
    journal: Journal, call: Caller, message: str, rule: str, tag: str, said: str
) -> None:
    explanation = explained(journal, call(message))
    assert (explanation.kind, explanation.rule) == ("fault", rule)
    details, column = explanation.details, message.index(tag) + 1
    assert (details["line"], details["column"]) == (1, column)
    assert f"The element '{details['element']}' (line 1, column {column}) " in explanation.sentences[1]
    assert said in " ".join(explanation.sentences)


def test_what_is_not_well_formed_tells_the_place(journal: Journal, call: Caller) -> None:
    explanation = explained(journal, call("<a>\n<b></c></a>"))
    assert explanation.rule == "well-formed XML"
    assert (explanation.details["line"], explanation.details["column"]) == (2, 8)


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"UKPRN": "99999999"}, "WSEC0003", "not known, or not active"),
        ({"OrgPassword": "fedcba9876543210"}, "WSEC0005", "this is not its password"),
        ({"UKPRN": "TEST0303"}, "WSEC0006", "may not use the service"),
    ],
)
def test_who_may_not_call_is_told_so(
    journal: Journal, call: Caller, changes: dict[str, str], code: str, said: str
) -> None:
    entry = entry_of(journal, call(by_uln(**changes)))
    assert (entry.outcome, entry.organisation) == (code, changes.get("UKPRN", "TEST0101"))
    assert (entry.explanation.kind, entry.explanation.rule) == ("fault", "who may call")
    assert said in entry.explanation.sentences[0]


def unknown(name: str, namespace: str = FIND_NS) -> str:
    return envelope(f'<x:{name} xmlns:x="{namespace}">{children({"UKPRN": "TEST0101"})}</x:{name}>')


@pytest.mark.parametrize(
    ("message", "to", "operation", "said"),
    [
        (unknown("FindLearnerByUln"), "LearnerService", "learnerByULN",
         "the letter case of 'FindLearnerByUln' is not that of 'FindLearnerByULN'"),
        (unknown("FindLearnerByULN", "urn:x"), "LearnerService", "learnerByULN",
         f"it was sent in the namespace 'urn:x' instead of '{FIND_NS}'"),
        (envelope("<FindLearnerByULN/>"), "LearnerService", "learnerByULN",
         f"it was sent in no namespace instead of '{FIND_NS}'"),
        (unknown("FindLearnerByUNL"), "LearnerService", "learnerByULN",
         "the element is called 'FindLearnerByUNL' instead of 'FindLearnerByULN'"),
        (unknown("learnerByULN"), "LearnerService", "learnerByULN",
         "'learnerByULN' is the operation's name; its message is the element 'FindLearnerByULN'"),
        (by_uln(), "LearnerServiceR9", "learnerByULN",
         "it was sent to /LearnerServiceR9.svc, and /LearnerService.svc takes it"),
    ],
)  # fmt: skip
def test_an_unknown_message_is_told_the_nearest_operation(
    journal: Journal, call: Caller, message: str, to: str, operation: str, said: str
) -> None:
    explanation = explained(journal, call(message, to))
    assert (explanation.kind, explanation.rule) == ("fault", "transport")
    assert explanation.details["nearest"]["operation"] == operation
    assert said in explanation.details["nearest"]["differs"]
    assert said in explanation.sentences[1]


def test_a_message_like_no_other_is_told_so(journal: Journal, call: Caller) -> None:
    explanation = explained(journal, call(unknown("Zzz")))
    assert "nearest" not in explanation.details
    assert explanation.sentences[1] == "No operation of any service has a name like 'Zzz'."


def test_the_nearest_are_those_of_the_wsdls() -> None:
    offered = {(offer.service, f"{{{offer.namespace}}}{offer.name}") for offer in offers()}
    assert offered == {(service, name) for service in SERVICES for name in request_messages(service)}


@pytest.mark.parametrize(
    ("to", "sent", "status", "nearest", "said"),
    [
        ("LearnerServic", {}, 404, {"path": "/LearnerService.svc"}, "Nearest is /LearnerService.svc"),
        ("x", {}, 404, None, "The services are at /LearnerService.svc"),
        ("LearnerService", {"method": "PUT"}, 405, None, "It was sent by PUT; a SOAP request is sent by POST"),
        ("LearnerService", {"content_type": "application/json"}, 415, {"content_type": "text/xml"},
         "the content type is 'application/json' instead of 'text/xml'"),
        ("LearnerService", {"content_type": ""}, 415, {"content_type": "text/xml"}, "there is no Content-Type at all"),
        ("LearnerService", {"content_type": "text/xml; charset=x-none"}, 415, None, "The charset 'x-none' cannot be"),
    ],
)  # fmt: skip
def test_a_refusal_tells_what_differs(
    journal: Journal,
    call: Caller,
    to: str,
    sent: dict[str, Any],
    status: int,
    nearest: dict[str, str] | None,
    said: str,
) -> None:
    entry = entry_of(journal, call(by_uln(), to, **sent))
    assert entry.status == entry.explanation.details["status"] == status
    assert entry.explanation.kind == "refusal"
    told = entry.explanation.details.get("nearest")
    assert nearest is None if told is None else nearest is not None and nearest.items() <= told.items()
    assert said in " ".join(entry.explanation.sentences)


def test_the_path_of_a_world_is_told_apart_from_the_service(journal: Journal, call: Caller) -> None:
    made = replace(call(by_uln(), "LearnerServices"), path="/w/mine/LearnerServices.svc", world="mine")
    assert explained(journal, made).details["nearest"]["path"] == "/LearnerService.svc"


def test_other_envelopes_are_told_so(journal: Journal, call: Caller) -> None:
    other = by_uln().replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope")
    assert explained(journal, call(other)).sentences[0] == "VersionMismatch: The message is not a SOAP 1.1 envelope."


def test_looking_at_the_description_needs_no_reason(journal: Journal, call: Caller) -> None:
    made = replace(call("", method="GET"), query="wsdl")
    assert explained(journal, made).sentences == ("The WSDL was asked for.",)


def test_a_scenario_that_interfered_is_told_first(journal: Journal) -> None:
    explanation = explained(journal, exchange(scenario="busy", status=503, answer=b"Busy\n", operation="", outcome=""))
    assert explanation.sentences[0] == "The scenario 'busy' interfered."
    assert explanation.sentences[1] == "HTTP 503: Busy"


def test_other_answers_tell_what_their_code_means(journal: Journal, call: Caller) -> None:
    explanation = explained(journal, call(requests.update(MAEVE.uln, version=99)))
    assert explanation.kind == "answer"
    assert explanation.sentences[0].startswith("WSRC0013: VersionNumber is not that of the stored record")


def test_every_code_has_its_words() -> None:
    assert {*OUTCOMES, *RULES} >= {*ResponseCode, *REFUSALS} - {
        ErrorCode.INVALID_EMAIL,
        ErrorCode.INVALID_SUBMISSION_TYPE,
        ErrorCode.TOO_MANY_ACHIEVEMENTS,
        ErrorCode.NO_ACHIEVEMENTS,
    }
    assert set(MEANINGS) == set(VerificationCode)
    assert set(BY_ULN) | set(BY_DETAILS) <= {*ResponseCode, *ErrorCode}


def test_an_organisation_that_was_not_admitted_is_as_it_says_of_itself(journal: Journal, call: Caller) -> None:
    entry = entry_of(journal, call(legacy("FindLearnerByULN", FIND, {"OrganisationRef": "ABC123", "UserName": "me"})))
    assert (entry.outcome, entry.organisation, entry.user_name) == ("WSEC0001", "ABC123", "me")
