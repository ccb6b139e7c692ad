"""Every value type takes what it should, and says in the words of Xerces why it does not take the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.wsdl.declarations import SimpleType, read_declarations
from lrs_soap.wsdl.validation import Violation
from lrs_soap.wsdl.values import value_violation
from tests.unit.wsdl.facts import FACTS, REQUESTS
from tests.unit.wsdl.requests import check_value

DATE = FACTS["enforced"]["values"]["MIAPDate"]["patterns"][0]
EMAIL = FACTS["enforced"]["values"]["MIAPEmail"]["patterns"][0]
POST_CODE = "|".join(FACTS["enforced"]["values"]["MIAPPostCode"]["patterns"])
NON_EMPTY = r"[\s]*[\S][\s\S]*"


def pattern(value: str, expected: str, type_name: str) -> str:
    return (
        f"cvc-pattern-valid: Value '{value}' is not facet-valid with respect to pattern '{expected}' "
        f"for type '{type_name}'."
    )


def length(value: str, facet: str, limit: int, type_name: str) -> str:
    return (
        f"cvc-{facet}-valid: Value '{value}' with length = '{len(value)}' is not facet-valid with respect to "
        f"{facet} '{limit}' for type '{type_name}'."
    )


def bound(value: str, facet: str, limit: int, type_name: str) -> str:
    return (
        f"cvc-{facet}-valid: Value '{value}' is not facet-valid with respect to {facet} '{limit}' "
        f"for type '{type_name}'."
    )


def not_a(value: str, type_name: str) -> str:
    return f"cvc-datatype-valid.1.2.1: '{value}' is not a valid value for '{type_name}'."


MEMBERS = {
    "MIAPFindType": ("FindLearnerByULN", "FindType"),
    "MIAPOrganisationRef": ("FindLearnerByULN", "OrganisationRef"),
    "MIAPUKPRN": ("FindLearnerByULN", "UKPRN"),
    "MIAPOrgPassword": ("FindLearnerByULN", "OrgPassword"),
    "MIAPNameNonEmpty": ("FindLearnerByULN", "UserName"),
    "MIAPULN": ("FindLearnerByULN", "ULN"),
    "MIAPULNNillable": ("SubmitBatch", "ULN"),
    "MIAPName": ("RegisterLearner", "Title"),
    "MIAPDate": ("RegisterLearner", "DateOfBirth"),
    "MIAPDateNillable": ("RegisterLearner", "DateOfAddressCapture"),
    "MIAPGender": ("RegisterLearner", "Gender"),
    "MIAPGenderNillable": ("SubmitBatch", "Gender"),
    "MIAPSchoolName": ("RegisterLearner", "SchoolAtAge16"),
    "MIAPAddress": ("RegisterLearner", "LastKnownAddressLine1"),
    "MIAPPostCode": ("RegisterLearner", "LastKnownPostCode"),
    "MIAPPostCodeNillable": ("SubmitBatch", "LastKnownPostCode"),
    "MIAPEmail": ("RegisterLearner", "EmailAddress"),
    "MIAPNationality": ("RegisterLearner", "Nationality"),
    "MIAPScottishCandidateNumber": ("RegisterLearner", "ScottishCandidateNumber"),
    "MIAPVerificationType": ("RegisterLearner", "VerificationType"),
    "MIAPOtherVerificationDescription": ("RegisterLearner", "OtherVerificationDescription"),
    "MIAPAbilityToShare": ("RegisterLearner", "AbilityToShare"),
    "MIAPNotes": ("RegisterLearner", "Notes"),
    "MIAPMISIdentifier": ("SubmitBatch", "MISIdentifier"),
    "MIAPBatchJobType": ("SubmitBatch", "JobType"),
    "MIAPLearnerRecordCount": ("SubmitBatch", "LearnerRecordCount"),
    "int": ("UpdateLearner", "VersionNumber"),
    "long": ("GetSubmitBatchOutput", "JobID"),
    "dateTime": ("SubmitAchievementBatchJob", "ActionDate"),
    "MIAPUserType": ("GetLearnerLearningEvents", "userType"),
    "MIAPGetType": ("GetLearnerLearningEvents", "getType"),
    "MIAPLanguage": ("GetLearnerLearningEvents", "language"),
    "MIAPTelephoneNumber": ("UpdateLearnerSubsetFields", "telephoneNumber"),
    "AbilityToShare": ("UpdateLearnerSubsetFields", "abilityToShare"),
    "UserType": ("GetOrganisation", "userType"),
    "ChannelCode": ("LearnerByUln", "ChannelCode"),
}
IN_NO_REQUEST = ("MIAPContactType", "MIAPDateTime", "MIAPFindDate", "MIAPTierLevel", "MIAPLearnerStatus")

GOOD = {
    "MIAPFindType": ["FUL", "CHK"],
    "MIAPOrganisationRef": ["", "LRB001", "abc123"],
    "MIAPUKPRN": ["", "10099901", "TESTabcd"],
    "MIAPOrgPassword": ["0123456789abcdef", " 23456789abcde é"],
    "MIAPNameNonEmpty": ["x", "  x", "x" * 35, "\u00a0", "\U0001f600" * 35, "a\nb"],
    "MIAPULN": ["9276308686", "1026893096"],
    "MIAPULNNillable": ["", "9276308686"],
    "MIAPName": ["", " ", "x" * 35, "O'Neil-Śmith"],
    "MIAPDate": ["2004-02-29", "1896-12-31", "2099-04-30", "2000-02-29"],
    "MIAPDateNillable": ["", "2023-10-31"],
    "MIAPGender": ["0", "1", "2", "9"],
    "MIAPGenderNillable": ["", "0", "9"],
    "MIAPSchoolName": ["", "x" * 254],
    "MIAPAddress": ["", "x" * 50],
    "MIAPPostCode": [
        "LS2 9AB",
        "ls29ab",
        "ZZ99 9ZZ",
        "W1A 1AA",
        "EC1A1BB",
        "BFPO 1234",
        "bfpo1",
        "M1 1AE  ",
        "LS2 9AB  ",
    ],
    "MIAPPostCodeNillable": ["", "LS2 9AB"],
    "MIAPEmail": ["", "a@bc.de", "o'neil+x.y@mill-row.example.org", "a@" + "b" * 63 + ".museum", "a{|}~@bc.de"],
    "MIAPNationality": ["", "GBR"],
    "MIAPScottishCandidateNumber": ["", "123456789"],
    "MIAPVerificationType": ["0", "7", "999"],
    "MIAPOtherVerificationDescription": ["", "x" * 255],
    "MIAPAbilityToShare": ["0", "1", "2"],
    "MIAPNotes": ["", "x" * 4000],
    "MIAPMISIdentifier": ["", "x" * 128],
    "MIAPBatchJobType": ["FUL", "CHK"],
    "MIAPLearnerRecordCount": ["1", "200", " 7 ", "+7", "007"],
    "int": ["0", "-5", "2147483647"],
    "long": ["0", "9223372036854775807", "-9223372036854775808"],
    "dateTime": ["2020-02-29T00:00:00", "2020-01-01T24:00:00", "2020-01-01T00:00:00.123+01:00", "2020-01-01T00:00:00Z"],
    "MIAPUserType": ["LNR", "ORG", "SER"],
    "MIAPGetType": ["FULL", "BRIEF"],
    "MIAPLanguage": ["", "ENG", "en", "Cym", "cY"],
    "MIAPTelephoneNumber": ["", "x" * 35],
    "AbilityToShare": ["NotProvided", "FPNNotSeen", "FPNSeenShareData"],
    "UserType": ["Unknown", "LNR", "ORG", "SER"],
    "ChannelCode": ["None", "Batch", "Portal", "WebServices", "LegacyAPI", "Legacy"],
    "MIAPContactType": ["FTF", "NKN"],
    "MIAPDateTime": ["2000-02-29 23:59:59"],
    "MIAPFindDate": ["2000-02-29"],
    "MIAPTierLevel": ["0", "2"],
    "MIAPLearnerStatus": ["0", "2"],
}


def refused(type_name: str, values: list[str], expected: str) -> list[tuple[str, str, str]]:
    return [(type_name, value, pattern(value, expected, type_name)) for value in values]


BAD = [
    *refused("MIAPFindType", ["", "ful", "FULL", " FUL"], "FUL|CHK"),
    *refused("MIAPOrganisationRef", ["12345", "1234567", "12 456", " "], "[0-9a-zA-Z]{6}"),
    *refused("MIAPUKPRN", ["1009990", "100999011", "1009990\u0661", " "], "[0-9a-zA-Z]{8}"),
    *refused("MIAPOrgPassword", [""], NON_EMPTY),
    ("MIAPOrgPassword", " " * 16, pattern("*" * 16, NON_EMPTY, "MIAPOrgPassword")),
    ("MIAPOrgPassword", "short", length("*" * 5, "minLength", 16, "MIAPOrgPassword")),
    ("MIAPOrgPassword", "x" * 17, length("*" * 17, "maxLength", 16, "MIAPOrgPassword")),
    *refused("MIAPNameNonEmpty", ["", " ", " \n\t "], NON_EMPTY),
    ("MIAPNameNonEmpty", "é" * 36, length("é" * 36, "maxLength", 35, "MIAPNameNonEmpty")),
    *refused("MIAPULN", ["", "927630868", "92763086866", "0276308686", "927630868x", "9276308686 "], "[1-9][0-9]{9}"),
    *refused("MIAPULNNillable", [" ", "1", "92763086866"], "[1-9][0-9]{9}|"),
    ("MIAPName", "x" * 36, length("x" * 36, "maxLength", 35, "MIAPName")),
    *refused("MIAPDate", ["", "2003-02-29", "1900-02-30", "29/02/2004", "2004-13-01", "2004-2-9", "2104-01-01"], DATE),
    *refused("MIAPDateNillable", [" ", "2003-02-29"], f"{DATE}|"),
    *refused("MIAPGender", ["", "3", "12", "M"], "0|1|2|9"),
    *refused("MIAPGenderNillable", ["3", " "], "0|1|2|9|"),
    *refused("MIAPPostCode", ["", "LS2", "LS2  9AB", "LS2 9CB", "12345", "BFPO", "BFPO 12345", " LS2 9AB"], POST_CODE),
    ("MIAPPostCode", "LS22 9AB  ", length("LS22 9AB  ", "maxLength", 9, "MIAPPostCode")),
    *refused("MIAPPostCodeNillable", [" ", "LS2"], f"{POST_CODE}|"),
    *refused(
        "MIAPEmail", ["none", "a@b", "a@b.cd", "@bc.de", "a b@bc.de", "a@bc.d", "a@-bc.de", ".a@bc.de"], f"{EMAIL}|"
    ),
    ("MIAPNationality", "GBRX", length("GBRX", "maxLength", 3, "MIAPNationality")),
    *refused("MIAPScottishCandidateNumber", ["12345678", "1234567890", "12345678x"], "[0-9]{9}|"),
    *refused("MIAPVerificationType", ["", "8", "99", "9999"], "0|1|2|3|4|5|6|7|999"),
    *refused("MIAPAbilityToShare", ["", "3", "01"], "0|1|2"),
    ("MIAPAddress", "x" * 51, length("x" * 51, "maxLength", 50, "MIAPAddress")),
    *refused("MIAPBatchJobType", ["", "UPD"], "FUL|CHK"),
    ("MIAPLearnerRecordCount", "0", bound("0", "minInclusive", 1, "MIAPLearnerRecordCount")),
    ("MIAPLearnerRecordCount", "201", bound("201", "maxInclusive", 200, "MIAPLearnerRecordCount")),
    ("MIAPLearnerRecordCount", "9" * 30, bound("9" * 30, "maxInclusive", 200, "MIAPLearnerRecordCount")),
    *(("MIAPLearnerRecordCount", value, not_a(value, "integer")) for value in ("", "x", "1.0", "1e2", "\u0661")),
    ("int", "2147483648", bound("2147483648", "maxInclusive", 2147483647, "int")),
    ("int", "-2147483649", bound("-2147483649", "minInclusive", -2147483648, "int")),
    ("int", "three", not_a("three", "integer")),
    ("long", "9223372036854775808", bound("9223372036854775808", "maxInclusive", 9223372036854775807, "long")),
    ("long", "", not_a("", "integer")),
    *(("dateTime", v, not_a(v, "dateTime")) for v in ("", "2020-08-20", "2020-02-30T00:00:00", "2020-01-01T25:00:00")),
    *refused("MIAPUserType", ["", "org", "XXX"], "LNR|ORG|SER"),
    *refused("MIAPGetType", ["", "Full"], "FULL|BRIEF"),
    *refused("MIAPLanguage", [" ", "fr", "english"], "[eE][nN][gG]?|[cC][yY][mM]?|"),
    ("MIAPTelephoneNumber", "1" * 36, length("1" * 36, "maxLength", 35, "MIAPTelephoneNumber")),
    *refused("MIAPContactType", ["", "XXX"], "FTF|TEL|PST|WEB|EML|NKN"),
    *refused("MIAPFindDate", ["", "2003-02-29"], DATE),
    *refused("MIAPTierLevel", ["", "3"], "0|1|2"),
    *refused("MIAPLearnerStatus", ["", "3"], "0|1|2"),
]
LONG = [
    ("MIAPSchoolName", 255, 254),
    ("MIAPOtherVerificationDescription", 256, 255),
    ("MIAPNotes", 4001, 4000),
    ("MIAPMISIdentifier", 129, 128),
]
ENUMERATIONS = [
    ("AbilityToShare", "FPNSeenNoShare", "NotProvided, FPNNotSeen, FPNSeenShareData"),
    ("UserType", "lnr", "Unknown, LNR, ORG, SER"),
    ("ChannelCode", "", "None, Batch, Portal, WebServices, LegacyAPI, Legacy"),
]


def text_of(violation: Violation | None) -> str | None:
    return violation.text if violation else None


def judged(type_name: str, value: str) -> str | None:
    """Judge the value where a request carries its type, or by itself when no request does."""
    if type_name not in IN_NO_REQUEST:
        return text_of(check_value(*MEMBERS[type_name], value))
    declarations = read_declarations(REQUESTS / "value-types.xsd")
    simple = declarations.types[f"{{urn:lrs-soap:value-types}}{type_name}"]
    assert isinstance(simple, SimpleType)
    return value_violation(value, simple, declarations)


@pytest.mark.parametrize(("type_name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_taken(type_name: str, value: str) -> None:
    assert judged(type_name, value) is None


@pytest.mark.parametrize(("type_name", "value", "text"), BAD)
def test_refused(type_name: str, value: str, text: str) -> None:
    assert judged(type_name, value) == text


@pytest.mark.parametrize(("type_name", "length", "limit"), LONG)
def test_a_long_value_is_cut_in_the_text(type_name: str, length: int, limit: int) -> None:
    assert judged(type_name, "x" * length) == (
        f"cvc-maxLength-valid: Value '{'x' * 100}…' with length = '{length}' is not facet-valid with respect to "
        f"maxLength '{limit}' for type '{type_name}'."
    )


@pytest.mark.parametrize(("type_name", "value", "known"), ENUMERATIONS)
def test_a_value_outside_an_enumeration(type_name: str, value: str, known: str) -> None:
    assert judged(type_name, value) == (
        f"cvc-enumeration-valid: Value '{value}' is not facet-valid with respect to enumeration '[{known}]'. "
        "It must be a value from the enumeration."
    )


def test_every_value_type_is_judged_here() -> None:
    assert set(FACTS["enforced"]["values"]) - {"MIAPFailureFlag"} <= set(GOOD)


@given(
    st.sampled_from(sorted(MEMBERS)),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")),
)
def test_any_text_is_taken_or_refused_with_a_bounded_reason(type_name: str, value: str) -> None:
    text = judged(type_name, value)
    assert text is None or (text.startswith("cvc-") and len(text) < 1000)
