"""Every rule of the schema that a request can break, in the words of Xerces."""

from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lrs_soap.wsdl.declarations import Declarations, read_declarations
from lrs_soap.wsdl.explaining import first_violation
from lrs_soap.wsdl.validation import request_schema
from tests.unit.wsdl.facts import REQUESTS
from tests.unit.wsdl.requests import (
    BATCH_LEARNER,
    VALID,
    XSI,
    check,
    check_text,
    in_envelope,
    member,
    parsed,
    service_of,
)

IFACE = '"http://schemas.datacontract.org/2004/07/Amor.Qcf.Service.Interface"'
SIMPLE = (
    "is a simple type, so it cannot have attributes, excepting those whose namespace name is identical to "
    f"'{XSI}' and whose [local name] is one of 'type', 'nil', 'schemaLocation' or 'noNamespaceSchemaLocation'. "
    "However, the attribute,"
)
EXPLAINED = [
    (
        "FindLearnerByULN",
        "<FindType>FUL</FindType>",
        "",
        (
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'OrganisationRef'. "
            "One of '{FindType}' is expected."
        ),
    ),
    (
        "FindLearnerByULN",
        "<OrganisationRef/>",
        "<x:OrganisationRef xmlns:x='urn:x'/>",
        (
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'x:OrganisationRef'. "
            "One of '{OrganisationRef, UKPRN, OrgPassword}' is expected."
        ),
    ),
    (
        "RegisterLearner",
        "<FamilyName>Okafor</FamilyName>",
        "<FamilyName>Okafor</FamilyName><FamilyName>Okafor</FamilyName>",
        (
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'FamilyName'. One of "
            "'{PreferredGivenName, PreviousFamilyName, FamilyNameAtAge16, SchoolAtAge16, LastKnownAddressLine1, "
            "LastKnownAddressLine2, LastKnownAddressTown, LastKnownAddressCountyOrCity, "
            "LastKnownPostCode}' is expected."
        ),
    ),
    (
        "FindLearnerByULN",
        "<GivenName>Maeve</GivenName>",
        "",
        (
            "cvc-complex-type.2.4.b: The content of element 'm:FindLearnerByULN' is not complete. "
            "One of '{GivenName}' is expected."
        ),
    ),
    (
        "SubmitBatch",
        f"<Learner>{BATCH_LEARNER}</Learner>",
        "",
        (
            "cvc-complex-type.2.4.b: The content of element 'm:SubmitBatch' is not complete. "
            "One of '{Learner}' is expected."
        ),
    ),
    (
        "FindLearnerByULN",
        "<GivenName>Maeve</GivenName>",
        "<GivenName>Maeve</GivenName><Trace/>",
        (
            "cvc-complex-type.2.4.d: Invalid content was found starting with element 'Trace'. "
            "No child element is expected at this point."
        ),
    ),
    (
        "SubmitBatch",
        f"<Learner>{BATCH_LEARNER}</Learner>",
        f"<Learner>{BATCH_LEARNER}</Learner>" * 201,
        (
            "cvc-complex-type.2.4.d: Invalid content was found starting with element 'Learner'. "
            "No child element is expected at this point."
        ),
    ),
    (
        "GetLearnerLearningEvents",
        "<Username>",
        "<Username>twice</Username><Username>",
        (
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'Username'. One of "
            f"'{{{IFACE}:OrganisationRef, {IFACE}:Password, {IFACE}:Ukprn}}' is expected."
        ),
    ),
    (
        "GetLearnerLearningEvents",
        "<t:vendorID>7</t:vendorID>",
        "",
        (
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 't:language'. "
            "One of '{\"http://tempuri.org/\":vendorID}' is expected."
        ),
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "text<Learner>",
        (
            "cvc-complex-type.2.3: Element 'm:RegisterLearner' cannot have character [children], "
            "because the type's content type is element-only."
        ),
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner href='#a'>",
        "cvc-complex-type.3.2.2: Attribute 'href' is not allowed to appear in element 'Learner'.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner GivenName='Maeve'>",
        "cvc-complex-type.3.2.2: Attribute 'GivenName' is not allowed to appear in element 'Learner'.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xml:lang='cy'>",
        "cvc-complex-type.3.2.2: Attribute 'xml:lang' is not allowed to appear in element 'Learner'.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xsi:none='x'>",
        "cvc-complex-type.3.2.2: Attribute 'xsi:none' is not allowed to appear in element 'Learner'.",
    ),
    (
        "RegisterLearner",
        "<UserName>",
        "<UserName href='#a'>",
        f"cvc-type.3.1.1: Element 'UserName' {SIMPLE} 'href' was found.",
    ),
    (
        "RegisterLearner",
        "<UserName>",
        "<UserName><b/>",
        "cvc-type.3.1.2: Element 'UserName' is a simple type, so it must have no element information item [children].",
    ),
    *(
        (
            "RegisterLearner",
            "<UserName>",
            f"<UserName xsi:nil='{nil}'>",
            (
                f"cvc-elt.3.1: Attribute '{XSI},nil' must not appear on element 'UserName', "
                "because the {nillable} property of 'UserName' is false."
            ),
        )
        for nil in ("true", "false", "1")
    ),
    *(
        (
            "VerifyLearner",
            '<DateOfBirth xsi:nil="true"/>',
            f'<DateOfBirth xsi:nil="1">{content}</DateOfBirth>',
            (
                "cvc-elt.3.2.1: Element 'DateOfBirth' cannot have character or element information [children], "
                f"because '{XSI},nil' is specified."
            ),
        )
        for content in ("2004-02-29", " ", "<a/>")
    ),
    (
        "VerifyLearner",
        'xsi:nil="true"',
        'xsi:nil="maybe"',
        "cvc-datatype-valid.1.2.1: 'maybe' is not a valid value for 'boolean'.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xsi:type='l:Nobody'>",
        "cvc-elt.4.2: Cannot resolve 'l:Nobody' to a type definition for element 'Learner'.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xsi:type='LearnerToRegister'>",
        "cvc-elt.4.2: Cannot resolve 'LearnerToRegister' to a type definition for element 'Learner'.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xsi:type='l:BatchLearner'>",
        (
            "cvc-elt.4.3: Type 'l:BatchLearner' is not validly derived from the type definition, 'LearnerToRegister', "
            "of element 'Learner'."
        ),
    ),
    (
        "RegisterLearner",
        "<UserName>",
        "<UserName xmlns:xs='http://www.w3.org/2001/XMLSchema' xsi:type='xs:string'>",
        (
            "cvc-elt.4.3: Type 'xs:string' is not validly derived from the type definition, 'MIAPNameNonEmpty', "
            "of element 'UserName'."
        ),
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xsi:type='q:Learner'>",
        "UndeclaredPrefix: Cannot resolve 'q:Learner' as a QName: the prefix 'q' is not declared.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xsi:type='a:b:c'>",
        "cvc-datatype-valid.1.2.1: 'a:b:c' is not a valid value for 'QName'.",
    ),
    (
        "RegisterLearner",
        "<Learner>",
        "<Learner xsi:type='l:LearnerToUpdate'>",
        "cvc-complex-type.2.4.b: The content of element 'Learner' is not complete. One of '{ULN}' is expected.",
    ),
    (
        "FindLearnerByULN",
        "<OrganisationRef/>",
        "<OrganisationRef>12</OrganisationRef>",
        (
            "cvc-pattern-valid: Value '12' is not facet-valid with respect to pattern '[0-9a-zA-Z]{6}' "
            "for type 'MIAPOrganisationRef'."
        ),
    ),
]


@pytest.mark.parametrize(("request_name", "old", "new", "text"), EXPLAINED)
def test_explained(request_name: str, old: str, new: str, text: str) -> None:
    violation = check_text(request_name, old, new)
    assert violation is not None
    assert violation.text == text


@pytest.mark.parametrize(
    ("request_name", "old", "new"),
    [
        ("FindLearnerByULN", "<OrganisationRef/>", ""),
        ("FindLearnerByULN", "<OrganisationRef/>", "<OrganisationRef xsi:nil='true'/>"),
        ("FindLearnerByULN", "<OrganisationRef/>", "<OrganisationRef xsi:nil='false'></OrganisationRef>"),
        ("FindLearnerByULN", "<UKPRN>TEST0101</UKPRN>", "<UKPRN xsi:nil=' 1 '/>"),
        ("FindLearnerByULN", "<UKPRN>TEST0101</UKPRN>", "<UKPRN/>"),
        ("FindLearnerByDemographics", "<PreviousFamilyName/>", ""),
        ("FindLearnerByDemographics", "<PreviousFamilyName/>", "<PreviousFamilyName xsi:nil='true'/>"),
        ("FindLearnerByDemographics", "<EmailAddress/>", '<EmailAddress xsi:nil="true"/>'),
        ("RegisterLearner", "<Learner>", "<Learner xsi:type='l:LearnerToRegister'>"),
        ("RegisterLearner", "<Learner>", "<Learner xsi:type='far:LearnerToRegister'>"),
        ("RegisterLearner", "<Learner>", "\n <!-- a comment --> <Learner xsi:schemaLocation='a b'>"),
        ("FindLearnerByULN", "mis.user", "<![CDATA[mis]]><!-- not in the name -->.user<?pi?>"),
        ("GetLearnerLearningEvents", "<Password>0123456789abcdef</Password>", ""),
        ("GetLearnerLearningEvents", "<t:gender/>", '<t:gender xsi:nil="true"/>'),
        ("GetLearnerLearningEvents", "<t:userType>ORG</t:userType>", ""),
        ("GetLearnerLearningEvents", "<t:dateOfBirth/><t:gender/><t:getType>FULL</t:getType>", ""),
    ],
)
def test_taken(request_name: str, old: str, new: str) -> None:
    assert check_text(request_name, old, new) is None


@pytest.mark.parametrize("request_name", sorted(VALID))
def test_the_valid_requests_are_valid(request_name: str) -> None:
    message = parsed(request_name)
    assert check(message) is None
    assert first_violation(message, declarations(request_name)) is None


def test_a_violation_names_the_element_and_its_line() -> None:
    message = in_envelope(VALID["RegisterLearner"].replace("<Gender>2", "\n\n<Gender>3"))
    violation = check(message)
    assert violation is not None
    assert (violation.element, violation.line) == ("Gender", 3)


def test_an_unknown_element() -> None:
    violation = request_schema("LearnerService").check(in_envelope("<x:Nobody xmlns:x='urn:x'/>"))
    assert violation is not None
    assert violation.text == "cvc-elt.1: Cannot find the declaration of element 'x:Nobody'."


def test_an_element_that_is_declared_nowhere_is_no_message() -> None:
    violation = first_violation(in_envelope("<Nobody/>"), read_declarations(REQUESTS / "LearnerService.xsd"))
    assert violation is not None
    assert violation.text == "cvc-elt.1: Cannot find the declaration of element 'Nobody'."


def test_an_abstract_type_takes_no_element(tmp_path: Path) -> None:
    schema = tmp_path / "abstract.xsd"
    schema.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t">'
        '<xs:element name="Message" type="t:Base"/>'
        '<xs:complexType name="Base" abstract="true"/></xs:schema>',
        encoding="utf-8",
    )
    violation = first_violation(etree.fromstring("<Message xmlns='urn:t'/>"), read_declarations(schema))
    assert violation is not None
    assert violation.text == "cvc-type.2: The type definition cannot be abstract for element Message."


@pytest.mark.parametrize("name", ["x" * 5000, "UserName"])
def test_texts_stay_short(name: str) -> None:
    message = parsed("FindLearnerByULN")
    etree.SubElement(message, name).text = "y" * 5000
    member(message, "UserName").set(f"{{{XSI}}}type", "z" * 5000)
    violation = check(message)
    assert violation is not None
    assert len(violation.text) < 2000
    assert len(violation.element) <= 101


def declarations(request_name: str) -> Declarations:
    return read_declarations(REQUESTS / f"{service_of(request_name)}.xsd")


VALUES = ["", "x", " ", "1", "12", "9276308686", "2004-02-30", "LS2 9AB", "a@bc.de", "FUL", "u" * 36, "+5", "é", "true"]
ATTRIBUTES = [f"{{{XSI}}}nil", f"{{{XSI}}}type", f"{{{XSI}}}schemaLocation", "href", "GivenName", "{urn:q}a"]
TYPES = ["l:LearnerToUpdate", "l:BatchLearner", "l:Nobody", "q:x", "m:User", "true", "0", ""]
STRANGERS = ["x", "{urn:x}y", "ULN", "{http://tempuri.org/}uln", "Learner"]


def change(message: etree._Element, draw: st.DataObject) -> None:
    """Make one random change somewhere in the message."""
    element = draw.draw(st.sampled_from([node for node in message.iter() if node is not message]))
    parent = element.getparent()
    assert parent is not None
    kind = draw.draw(st.sampled_from(["value", "remove", "repeat", "move", "attribute", "stranger", "text", "rename"]))
    match kind:
        case "value":
            element.text = draw.draw(st.sampled_from(VALUES))
        case "remove":
            parent.remove(element)
        case "repeat":
            element.addnext(deepcopy(element))
        case "move":
            parent.insert(0, element)
        case "attribute":
            element.set(draw.draw(st.sampled_from(ATTRIBUTES)), draw.draw(st.sampled_from(TYPES)))
        case "stranger":
            etree.SubElement(element, draw.draw(st.sampled_from(STRANGERS)))
        case "text":
            element.tail = "text"
        case _:
            element.tag = draw.draw(st.sampled_from(STRANGERS))


@given(st.sampled_from(sorted(VALID)), st.data())
def test_what_libxml2_refuses_is_explained_and_nothing_else(request_name: str, draw: st.DataObject) -> None:
    message = parsed(request_name)
    change(message, draw)
    alone = etree.fromstring(etree.tostring(message, with_tail=False))
    valid = etree.XMLSchema(etree.parse(REQUESTS / f"{service_of(request_name)}.xsd")).validate(alone)
    assert (check(message) is None) == valid
    assert (first_violation(message, declarations(request_name)) is None) == valid
